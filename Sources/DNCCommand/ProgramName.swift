import Foundation

/// How the user called this program, for advice on what to type next: the launcher says how itself was called.
var programName: String {
  guard let name = ProcessInfo.processInfo.environment["DNC_PROGRAM"], !name.isEmpty else {
    return "dnc"
  }
  return name
}
