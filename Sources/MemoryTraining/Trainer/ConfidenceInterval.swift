/// A range that probably holds a rate, judged by a sample.
public struct ConfidenceInterval: Sendable, Equatable, Codable {
  /// The lower end.
  public let low: Double
  /// The upper end.
  public let high: Double

  /// Wilson's interval of the rate behind `count` out of `total` independent trials (E. B. Wilson
  /// 1927, J. Am. Stat. Assoc. 22): it stays within 0 and 1, and is of use at a count of 0 too.
  /// With no trials it is all of 0 to 1.
  ///
  /// - Parameters:
  ///   - count: trials that count.
  ///   - total: all trials.
  ///   - z: half the width in standard deviations of a normal distribution; the default is that of
  ///     95 %.
  public static func wilson(
    _ count: Int, of total: Int, deviations z: Double = 1.959963984540054
  ) -> ConfidenceInterval {
    guard total > 0 else { return ConfidenceInterval(low: 0, high: 1) }
    let n = Double(total)
    let rate = Double(count) / n
    let scale = 1 + z * z / n
    let middle = (rate + z * z / (2 * n)) / scale
    let half = z / scale * (rate * (1 - rate) / n + z * z / (4 * n * n)).squareRoot()
    return ConfidenceInterval(
      low: count == 0 ? 0 : max(0, middle - half), high: count == total ? 1 : min(1, middle + half))
  }
}

extension TaskScore {
  /// The 95 % interval of the error rate, as if all answers were independent of each other.
  public var errorInterval: ConfidenceInterval { .wilson(wrong, of: total) }

  /// The share of sequences with at least one wrong answer, 0 if there are none at all.
  public var sequenceErrorRate: Double {
    sequences == 0 ? 0 : Double(wrongSequences) / Double(sequences)
  }

  /// The 95 % interval of `sequenceErrorRate`.
  public var sequenceErrorInterval: ConfidenceInterval { .wilson(wrongSequences, of: sequences) }
}
