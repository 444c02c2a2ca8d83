import Foundation

/// Turns Ctrl-C (SIGINT) and SIGTERM into a question that a training loop can ask.
///
/// The first signal sets the flag. The second one ends the process at once, which is safe: run folders
/// hold nothing half-written.
public enum InterruptFlag {
  // Written by the signal handler, read by the loop: one machine word without a lock, as a handler may
  // take none.
  nonisolated(unsafe) private static var signalNumber: sig_atomic_t = 0

  /// Starts to catch the signals.
  public static func install() {
    signalNumber = 0  // Also makes sure that the variable exists before a handler needs it.
    // Whoever started this process may have had the signals blocked, as threads of a pool do.
    var set = sigset_t()
    sigemptyset(&set)
    for number in [SIGINT, SIGTERM] { sigaddset(&set, number) }
    pthread_sigmask(SIG_UNBLOCK, &set, nil)
    for number in [SIGINT, SIGTERM] {
      signal(number) { received in
        InterruptFlag.signalNumber = sig_atomic_t(received)
        signal(received, SIG_DFL)
      }
    }
  }

  /// Whether a signal came.
  public static var isSet: Bool { signalNumber != 0 }

  /// The exit code a shell expects after the signal: 130 for Ctrl-C, 143 for SIGTERM.
  public static var exitCode: Int32 { 128 + Int32(signalNumber) }
}
