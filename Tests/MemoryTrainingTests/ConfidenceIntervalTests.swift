import MemoryTraining
import Testing

struct ConfidenceIntervalTests {
  /// The ends are the rates p whose distance from the sample's is z deviations:
  /// (k/n - p)² = z² p (1 - p) / n.
  @Test(arguments: [(1, 10), (5, 10), (9, 10), (1, 1000), (37, 100), (999, 1000)])
  func solvesItsEquation(_ count: Int, _ total: Int) {
    let interval = ConfidenceInterval.wilson(count, of: total)
    let (rate, z) = (Double(count) / Double(total), 1.959963984540054)
    for p in [interval.low, interval.high] {
      let (left, right) = ((rate - p) * (rate - p), z * z * p * (1 - p) / Double(total))
      #expect(abs(left - right) < 1e-12)
    }
    #expect(interval.low < rate && rate < interval.high)
  }

  /// Published: 0 of 10 gives 0 to 0.2775, 10 of 10 the mirror image.
  @Test func staysWithinItsBounds() {
    let (none, all) = (ConfidenceInterval.wilson(0, of: 10), ConfidenceInterval.wilson(10, of: 10))
    #expect(none.low == 0 && abs(none.high - 0.2775) < 1e-4)
    #expect(all.high == 1 && abs(all.low - 0.7225) < 1e-4)
    let unknown = ConfidenceInterval.wilson(0, of: 0)
    #expect(unknown.low == 0 && unknown.high == 1)
  }

  @Test func ofAScore() {
    let score = TaskScore(wrong: 3, total: 200, wrongSequences: 2, sequences: 8)
    #expect(score.errorInterval == .wilson(3, of: 200))
    #expect(score.sequenceErrorInterval == .wilson(2, of: 8))
    #expect(score.sequenceErrorRate == 0.25)
    #expect(TaskScore().sequenceErrorRate == 0)
  }
}
