import Foundation

/// The metrics of a run: one JSON object per line and iteration, in `metrics.jsonl`.
///
/// Lines are appended as they come and forced to the disk by `synchronize()`, which a run does before
/// each checkpoint. After a crash the file may therefore hold lines past the last checkpoint, the last
/// one perhaps in part; `truncate(after:)` removes those, and a resumed run writes them again.
public final class MetricsLog {
  private let handle: FileHandle
  private let path: String

  /// Opens the log for appending, making the file if it is not there.
  /// - Throws: `RunFolderError.inaccessible`.
  init(url: URL) throws {
    path = url.path
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_APPEND, 0o644)
    guard descriptor >= 0 else {
      throw RunFolderError.inaccessible(path: path, reason: systemErrorText())
    }
    handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
  }

  /// Adds the line of one iteration.
  /// - Throws: `RunFolderError.inaccessible`, for instance on a full disk.
  public func append(_ report: IterationReport) throws {
    try reportingPath { try handle.write(contentsOf: Data((Self.line(report) + "\n").utf8)) }
  }

  /// Forces everything to the disk.
  public func synchronize() throws {
    try reportingPath { try handle.synchronize() }
  }

  /// The time that the iterations of a run took, in seconds, as its metrics say.
  ///
  /// - Parameters:
  ///   - url: the run's folder.
  ///   - sequences: of an iteration.
  /// - Throws: `RunFolderError` if there are no metrics.
  /// - Complexity: O(size of the file).
  public static func seconds(at url: URL, sequences: Int) throws -> Double {
    let file = url.appendingPathComponent(RunFolder.metricsName)
    guard let text = try? String(contentsOf: file, encoding: .utf8) else {
      throw RunFolderError.inaccessible(path: file.path, reason: "it is not a readable file")
    }
    struct Line: Decodable {
      let speed: Double

      enum CodingKeys: String, CodingKey { case speed = "items_per_second" }
    }
    let decoder = JSONDecoder()
    return text.split(separator: "\n").reduce(0) { sum, line in
      let speed = (try? decoder.decode(Line.self, from: Data(line.utf8)))?.speed ?? 0
      return speed > 0 ? sum + Double(sequences) / speed : sum
    }
  }

  /// Removes the lines of iterations after the given one, and an incomplete last line.
  ///
  /// Complexity: O(size of the file).
  func truncate(after iteration: Int) throws {
    try reportingPath {
      try handle.seek(toOffset: 0)
      let data = try handle.readToEnd() ?? Data()
      var end = (data.lastIndex(of: UInt8(ascii: "\n")) ?? -1) + 1
      while end > 0 {
        let start = (data[..<(end - 1)].lastIndex(of: UInt8(ascii: "\n")) ?? -1) + 1
        guard let found = Self.iteration(ofLine: data[start..<end]), found > iteration else {
          break
        }
        end = start
      }
      if end < data.count { try handle.truncate(atOffset: UInt64(end)) }
    }
  }

  /// One line, without the line break. Numbers are finite: a run stops at the first that is not.
  static func line(_ report: IterationReport) -> String {
    let speed = (report.itemsPerSecond * 10).rounded() / 10
    return """
      {"iteration":\(report.iteration),"loss":\(report.loss),"error_rate":\(report.errorRate),\
      "gradient_norm":\(report.gradientNorm),"items_per_second":\(speed),\
      "length":\(report.length),"maximum_length":\(report.maximumLength)}
      """
  }

  private static func iteration(ofLine line: Data) -> Int? {
    let prefix = Data(#"{"iteration":"#.utf8)
    guard line.starts(with: prefix) else { return nil }
    let digits = line.dropFirst(prefix.count).prefix { (48...57).contains($0) }
    return Int(String(decoding: digits, as: UTF8.self))
  }

  private func reportingPath<R>(_ body: () throws -> R) throws -> R {
    do { return try body() } catch {
      throw RunFolderError.inaccessible(path: path, reason: error.localizedDescription)
    }
  }
}
