import Foundation
import MemoryTasks
import MemoryTraining

/// What one line of a run's metrics says.
public struct MetricsPoint: Sendable, Equatable {
  public var iteration: Int
  public var loss: Float
  public var errorRate: Float
  public var gradientNorm: Float

  public init(iteration: Int, loss: Float, errorRate: Float, gradientNorm: Float) {
    (self.iteration, self.loss) = (iteration, loss)
    (self.errorRate, self.gradientNorm) = (errorRate, gradientNorm)
  }

  /// Reads a line of `metrics.jsonl`; nil for what is none, such as a line cut short by a crash. The error
  /// rate of older runs is called `bit_error`.
  init?(line: some StringProtocol) {
    guard line.hasSuffix("}"), let iteration = Self.number("iteration", line),
      let loss = Self.number("loss", line), let norm = Self.number("gradient_norm", line),
      let error = Self.number("error_rate", line) ?? Self.number("bit_error", line)
    else { return nil }
    self.init(
      iteration: Int(iteration), loss: Float(loss), errorRate: Float(error),
      gradientNorm: Float(norm))
  }

  /// The number under a key: lines are flat and written by us, so no parser of all of JSON is needed.
  private static func number(_ key: String, _ line: some StringProtocol) -> Double? {
    guard let start = line.utf8.firstRange(of: "\"\(key)\":".utf8)?.upperBound else { return nil }
    let rest = line.utf8[start...]
    let digits = rest.prefix { $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: "}") }
    return Double(String(decoding: digits, as: UTF8.self))
  }
}

/// Reads the metrics of a run that may still be going on, from where it last stopped reading.
public struct MetricsReader {
  private let url: URL
  private var offset: UInt64 = 0
  /// The last line's bytes as long as it is not complete.
  private var rest = Data()

  /// - Parameter folder: of the run.
  public init(folder: URL) { url = folder.appendingPathComponent(RunFolder.metricsName) }

  /// The lines that were added since the last call; nothing if the file cannot be read.
  ///
  /// A file that became shorter (a resumed run removes what came after its checkpoint) is read again from the start.
  /// - Returns: the points, and whether they replace all earlier ones.
  public mutating func next() -> (points: [MetricsPoint], isFromStart: Bool) {
    guard let handle = try? FileHandle(forReadingFrom: url) else { return ([], false) }
    defer { try? handle.close() }
    guard let end = try? handle.seekToEnd() else { return ([], false) }
    var isFromStart = offset == 0
    if end < offset {
      offset = 0
      rest = Data()
      isFromStart = true
    }
    guard (try? handle.seek(toOffset: offset)) != nil, let added = try? handle.readToEnd() else {
      return ([], isFromStart)
    }
    offset += UInt64(added.count)
    rest.append(added)
    guard let last = rest.lastIndex(of: UInt8(ascii: "\n")) else { return ([], isFromStart) }
    let text = String(decoding: rest[...last], as: UTF8.self)
    rest = Data(rest[(last + 1)...])
    return (text.split(separator: "\n").compactMap { MetricsPoint(line: $0) }, isFromStart)
  }

  /// What a training that goes on has behind it; nothing for one that begins.
  public static func points(upTo start: TrainingStart) -> [MetricsPoint] {
    guard start.doneIterations > 0 else { return [] }
    var reader = MetricsReader(folder: start.folder)
    return reader.next().points.filter { $0.iteration <= start.doneIterations }
  }

  /// The number of the last iteration in a run's metrics.
  static func lastIteration(at folder: URL) -> Int? {
    var reader = MetricsReader(folder: folder)
    return reader.next().points.last?.iteration
  }
}
