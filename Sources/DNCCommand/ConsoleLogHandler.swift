import Logging

/// Shows what the library has to say, from warnings on, among the command's own remarks.
struct ConsoleLogHandler: LogHandler {
  let console: Console
  var logLevel = Logger.Level.warning
  var metadata: Logger.Metadata = [:]

  init(_ console: Console) { self.console = console }

  func log(event: LogEvent) { console.warn("\(event.message)") }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }
}

extension Console {
  /// A logger for a part of the library.
  func logger(_ name: String) -> Logger {
    Logger(label: "swift-dnc.\(name)") { _ in ConsoleLogHandler(self) }
  }
}
