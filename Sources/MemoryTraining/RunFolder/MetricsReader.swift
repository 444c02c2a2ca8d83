import Foundation

/// What one line of a run's metrics says.
public struct MetricsPoint: Sendable, Equatable {
  /// The number of the iteration, from 1.
  public var iteration: Int
  /// The loss of the iteration's batches.
  public var loss: Float
  /// The share of wrong answers, 0 to 1.
  public var errorRate: Float
  /// The gradient's global norm before clipping.
  public var gradientNorm: Float

  /// Makes a point.
  public init(iteration: Int, loss: Float, errorRate: Float, gradientNorm: Float) {
    (self.iteration, self.loss) = (iteration, loss)
    (self.errorRate, self.gradientNorm) = (errorRate, gradientNorm)
  }

  /// Reads a line; nil if a value is missing. The error rate of older runs is called `bit_error`.
  init?(_ line: MetricsLine) {
    guard let loss = line["loss"], let norm = line["gradient_norm"],
      let error = line["error_rate"] ?? line["bit_error"]
    else { return nil }
    self.init(
      iteration: line.iteration, loss: Float(loss), errorRate: Float(error),
      gradientNorm: Float(norm))
  }
}

/// Reads the metrics of a run that may still be going on, from where it last stopped reading.
public struct MetricsReader {
  private let url: URL
  private var offset: UInt64 = 0
  /// The last line's bytes as long as it is not complete.
  private var rest = Data()

  /// Makes a reader that starts at the first iteration.
  ///
  /// - Parameter folder: of the run.
  public init(folder: URL) { url = folder.appendingPathComponent(RunFolder.metricsName) }

  /// The points that were added since the last call; none if the file cannot be read.
  ///
  /// A file that became shorter (a resumed run removes what came after its checkpoint) is read
  /// again from the start.
  ///
  /// - Returns: the points, and whether they replace all earlier ones.
  /// - Complexity: O(bytes added).
  public mutating func next() -> (points: [MetricsPoint], isFromStart: Bool) {
    let (lines, isFromStart) = nextLines()
    return (lines.compactMap { MetricsPoint($0) }, isFromStart)
  }

  /// The lines that were added since the last call; see `next()`.
  mutating func nextLines() -> (lines: [MetricsLine], isFromStart: Bool) {
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
    return (text.split(separator: "\n").compactMap { MetricsLine($0) }, isFromStart)
  }

  /// The number of the last iteration in a run's metrics.
  package static func lastIteration(at folder: URL) -> Int? {
    var reader = MetricsReader(folder: folder)
    return reader.nextLines().lines.last?.iteration
  }
}
