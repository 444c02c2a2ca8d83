import Logging

/// Where the library's messages go.
///
/// A program decides with `LoggingSystem.bootstrap` of swift-log, at its start, what becomes of
/// messages; a library must not write to the standard error by itself. Messages are rare: something
/// that was asked for cannot be done, and what is done instead.
package enum Log {
  /// A logger of the handler that the program has chosen by now.
  package static var logger: Logger { Logger(label: "swift-dnc") }
}
