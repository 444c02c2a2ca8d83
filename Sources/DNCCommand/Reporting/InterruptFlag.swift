import Foundation

/// Turns Ctrl-C (SIGINT), SIGTERM and the end of the terminal (SIGHUP) into a question that a
/// training loop can ask.
///
/// The first signal sets the flag. The second one ends the process at once, which is safe: run
/// folders hold nothing half-written.
enum InterruptFlag {
  // Written by the signal handler, read by the loop: one machine word without a lock, as a handler
  // may take none.
  nonisolated(unsafe) private static var signalNumber: sig_atomic_t = 0

  /// Starts to catch the signals, except those that the parent process wants ignored
  /// (`nohup`, a shell's background jobs). A reader of the output that goes away does not end the
  /// process.
  static func install() {
    signalNumber = 0
    signal(SIGPIPE, SIG_IGN)
    let numbers = [SIGINT, SIGTERM, SIGHUP]
    // The parent process may have had the signals blocked, as threads of a pool do.
    var set = sigset_t()
    sigemptyset(&set)
    for number in numbers { sigaddset(&set, number) }
    pthread_sigmask(SIG_UNBLOCK, &set, nil)
    for number in numbers {
      let earlier = signal(number) { received in
        InterruptFlag.signalNumber = sig_atomic_t(received)
        signal(received, SIG_DFL)
      }
      if isIgnored(earlier) { signal(number, SIG_IGN) }
    }
  }

  /// Whether a signal came.
  static var isSet: Bool { signalNumber != 0 }

  /// The exit code a shell expects after the signal: 130 for Ctrl-C, 143 for SIGTERM.
  static var exitCode: Int32 { 128 + Int32(signalNumber) }

  /// Handlers cannot be compared as functions.
  private static func isIgnored<Handler>(_ handler: Handler) -> Bool {
    MemoryLayout<Handler>.size == MemoryLayout<Int>.size
      && unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }
}
