/// When a thread that may take a share of a processor has rested long enough from what it took.
///
/// Whatever it takes at once is rested off in full before it goes on, so in the long run the share
/// holds.
struct Allowance {
  /// From 0 (exclusive) to 1.
  let share: Double
  /// The thread rests until then.
  private(set) var restUntil = -Double.infinity

  init(share: Double) { self.share = share }

  /// Notes seconds of the processor.
  mutating func spend(_ seconds: Double, at now: Double) {
    restUntil = max(restUntil, now) + seconds * (1 / share - 1)
  }
}
