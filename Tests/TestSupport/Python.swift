import Foundation

/// Python as a witness of formats that Python programs read.
public enum Python {
  /// The interpreter: what the variable `DNC_TEST_PYTHON` names, or `python3`.
  private static let interpreter =
    ProcessInfo.processInfo.environment["DNC_TEST_PYTHON"] ?? "python3"

  /// A script that ended with an error.
  public struct Failed: Error, CustomStringConvertible {
    public let description: String
  }

  /// Whether NumPy can be imported.
  public static let hasNumPy = hasModule("numpy")

  /// Whether a module can be imported.
  public static func hasModule(_ name: String) -> Bool { (try? run("import \(name)")) != nil }

  /// What a script prints.
  public static func run(_ script: String, _ arguments: String...) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [interpreter, "-c", script] + arguments
    let (output, errors) = (Pipe(), Pipe())
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    let message = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Failed(description: String(decoding: message, as: UTF8.self))
    }
    return String(decoding: text, as: UTF8.self)
  }
}
