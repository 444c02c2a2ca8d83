import Foundation

/// How the user called this program, for advice on what to type next: the launcher says how itself
/// was called.
var programName: String {
  guard let name = ProcessInfo.processInfo.environment["DNC_PROGRAM"], !name.isEmpty else {
    return "dnc"
  }
  return name.quotedForShell
}

extension String {
  /// As a shell takes it for one word: a path with a space, say, in quotation marks.
  var quotedForShell: String {
    let plain = unicodeScalars.allSatisfy {
      $0.properties.isAlphabetic || ("0"..."9").contains($0)
        || "-_./,:+@%=".unicodeScalars.contains($0)
    }
    return plain && !isEmpty ? self : "'" + replacing("'", with: "'\\''") + "'"
  }
}
