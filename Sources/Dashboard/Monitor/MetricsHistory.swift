import MemoryInspection
import MemoryTraining

/// The course of a run as a list of points of bounded length.
struct MetricsHistory {
  /// Points at most; then neighbors are merged in pairs.
  static let limit = 200_000

  private(set) var points: [MetricsPoint] = []
  /// Iterations in one point.
  private var merged = 1
  private var open: [MetricsPoint] = []

  var count: Int { points.count }
  var last: MetricsPoint? { open.last ?? points.last }

  mutating func append(_ point: MetricsPoint) {
    open.append(point)
    guard open.count >= merged else { return }
    points.append(Self.mean(open[...]))
    open.removeAll(keepingCapacity: true)
    guard points.count >= Self.limit else { return }
    points = stride(from: 0, to: points.count, by: 2).map {
      Self.mean(points[$0..<min($0 + 2, points.count)])
    }
    merged *= 2
  }

  mutating func removeAll() { self = MetricsHistory() }

  /// The points from one iteration to another, merged to at most so many.
  ///
  /// - Complexity: O(points in the range + log(points)).
  func series(from: Int, to: Int, points maximum: Int) -> [MetricsPoint] {
    let start = firstIndex(at: from)
    let end = to == .max ? points.count : firstIndex(at: to + 1)
    guard start < end else { return [] }
    let step = (end - start + maximum - 1) / maximum
    if step == 1 { return Array(points[start..<end]) }
    return stride(from: start, to: end, by: step).map {
      Self.mean(points[$0..<min($0 + step, end)])
    }
  }

  private func firstIndex(at iteration: Int) -> Int {
    var (low, high) = (0, points.count)
    while low < high {
      let middle = (low + high) / 2
      if points[middle].iteration < iteration { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The mean of neighbors, at the last one's iteration.
  private static func mean(_ part: ArraySlice<MetricsPoint>) -> MetricsPoint {
    var sum = part[part.startIndex]
    for point in part.dropFirst() {
      sum.loss += point.loss
      sum.errorRate += point.errorRate
      sum.gradientNorm += point.gradientNorm
    }
    let count = Float(part.count)
    return MetricsPoint(
      iteration: part[part.endIndex - 1].iteration, loss: sum.loss / count,
      errorRate: sum.errorRate / count, gradientNorm: sum.gradientNorm / count)
  }
}
