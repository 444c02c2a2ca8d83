/// Counts of numbers in buckets of equal width between the smallest and the largest.
struct Histogram: Equatable {
  let minimum: Double
  let maximum: Double
  let count: Double
  let sum: Double
  let sumOfSquares: Double
  /// Upper ends of the buckets.
  let limits: [Double]
  let counts: [Double]

  /// - Complexity: O(number of values).
  init(_ values: some Sequence<Float>, buckets: Int = 30) {
    var finite: [Double] = []
    for value in values where value.isFinite { finite.append(Double(value)) }
    let low = finite.min() ?? 0
    let high = finite.max() ?? 0
    minimum = low
    maximum = high
    count = Double(finite.count)
    sum = finite.reduce(0, +)
    sumOfSquares = finite.reduce(0) { $0 + $1 * $1 }
    guard high > low else {
      limits = [high]
      counts = [count]
      return
    }
    let width = (high - low) / Double(buckets)
    var counts = [Double](repeating: 0, count: buckets)
    for value in finite { counts[min(buckets - 1, Int((value - low) / width))] += 1 }
    self.counts = counts
    limits = (1...buckets).map { $0 == buckets ? high : low + Double($0) * width }
  }
}
