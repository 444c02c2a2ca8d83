import Foundation

/// Where text goes: results and progress to the standard output, remarks and errors to the standard
/// error.
struct Console {
  /// Whether the standard output is a terminal that can draw a line over again.
  let isTerminal: Bool

  init() {
    let dumb = ProcessInfo.processInfo.environment["TERM"] == "dumb"
    isTerminal = isatty(STDOUT_FILENO) != 0 && !dumb
  }

  /// Columns of the terminal.
  var width: Int {
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  func print(_ text: String = "") { write(text + "\n", to: .standardOutput) }

  func warn(_ text: String) { write("Warning: \(text)\n", to: .standardError) }

  /// Draws over the terminal's current line.
  func redraw(_ text: String) { write("\r\u{1B}[2K" + text, to: .standardOutput) }

  /// Removes a line that was drawn with `redraw`.
  func clearLine() { if isTerminal { redraw("") } }

  /// Unbuffered: progress must be seen as it happens, in a pipe too. A reader that has gone is no
  /// reason to stop.
  private func write(_ text: String, to handle: FileHandle) {
    try? handle.write(contentsOf: Data(text.utf8))
  }
}
