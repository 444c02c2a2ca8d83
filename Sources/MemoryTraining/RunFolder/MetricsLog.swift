import Foundation

/// The metrics of a run: one JSON object per line and iteration, in `metrics.jsonl`.
///
/// Lines are appended as they come and forced to the disk by `synchronize()`, which a run does
/// before each checkpoint. After a crash the file may therefore hold lines past the last
/// checkpoint, the last one perhaps in part; `truncate(after:)` removes those, and a resumed run
/// writes them again.
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
    try reportingPath {
      try handle.write(contentsOf: Data((MetricsLine.text(of: report) + "\n").utf8))
    }
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
    guard FileManager.default.isReadableFile(atPath: file.path) else {
      throw RunFolderError.inaccessible(path: file.path, reason: "it is not a readable file")
    }
    var reader = MetricsReader(folder: url)
    return reader.nextLines().lines.reduce(0) { sum, line in
      let speed = line["items_per_second"] ?? 0
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
        let line = MetricsLine(String(decoding: data[start..<(end - 1)], as: UTF8.self))
        guard let line, line.iteration > iteration else { break }
        end = start
      }
      if end < data.count { try handle.truncate(atOffset: UInt64(end)) }
    }
  }

  private func reportingPath<R>(_ body: () throws -> R) throws -> R {
    do { return try body() } catch {
      throw RunFolderError.inaccessible(path: path, reason: error.localizedDescription)
    }
  }
}
