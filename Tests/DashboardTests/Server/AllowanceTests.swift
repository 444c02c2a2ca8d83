import Testing

@testable import Dashboard

@Suite struct AllowanceTests {
  /// Whatever was taken of the processor is rested off before more is, however long that is.
  @Test func restsAreAsLongAsTheyMustBe() {
    for busy in [0.001, 0.004, 0.05, 2] {
      var allowance = Allowance(share: 0.02)
      var (now, spent) = (100.0, 0.0)
      for _ in 0..<50 {
        now += busy
        spent += busy
        allowance.spend(busy, at: now)
        now = allowance.restUntil
      }
      #expect(abs(spent / (now - 100) - 0.02) < 1e-9, "\(busy)")
    }
    // with all of a processor there is no rest
    var all = Allowance(share: 1)
    all.spend(3, at: 7)
    #expect(all.restUntil == 7)
  }
}
