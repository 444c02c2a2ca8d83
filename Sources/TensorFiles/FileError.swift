import Foundation

/// The system refused an operation on a file.
public struct FileError: Error, Equatable, CustomStringConvertible {
  /// The file concerned.
  public let path: String
  /// What was tried, in words that follow "could not": `open`, `write to`, `rename`.
  public let action: String
  /// The system's error number (`errno`).
  public let code: Int32
  /// What the system says about it.
  public let reason: String

  package init(path: String, action: String, code: Int32, reason: String? = nil) {
    self.path = path
    self.action = action
    self.code = code
    self.reason = reason ?? String(cString: strerror(code))
  }

  public var description: String { "could not \(action) \(path): \(reason)" }
}

/// Repeats a system call that a signal interrupted.
func retryingInterrupts(_ call: () -> Int) -> Int {
  while true {
    let result = call()
    if result != -1 || errno != EINTR { return result }
  }
}
