/// When a thread that may take a share of a processor has rested long enough from what it took.
///
/// Whatever it takes at once is rested off in full before it goes on, so in the long run the share holds.
struct Allowance {
  /// From 0 (exclusive) to 1.
  let share: Double
  /// The thread rests until then.
  private(set) var restUntil = -Double.infinity
  /// Seconds by which rests were longer than `short` each.
  private(set) var longRests = 0.0

  /// Seconds of rest that are nothing out of the ordinary.
  static let short = 0.25

  init(share: Double) { self.share = share }

  /// Notes seconds of the processor.
  mutating func spend(_ seconds: Double, at now: Double) {
    let rest = seconds * (1 / share - 1)
    restUntil = max(restUntil, now) + rest
    longRests += max(0, rest - Self.short)
  }
}
