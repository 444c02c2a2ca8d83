import Foundation

/// Why a run folder cannot be used.
public enum RunFolderError: Error, Equatable, CustomStringConvertible {
  /// A new run was to start where something is already.
  case notEmpty(folder: String, found: String)
  /// There is no run to go on with.
  case noRun(folder: String)
  /// Another process uses the folder.
  case inUse(folder: String, process: String?)
  /// Something cannot be made, read or written.
  case inaccessible(path: String, reason: String)
  /// A file is there but does not hold what it should.
  case unreadable(path: String, reason: String)

  public var description: String {
    switch self {
    case .notEmpty(let folder, let found):
      "The folder \(folder) is not empty (it holds \(found)). A new run needs a new or an empty "
        + "folder; to go on with the run in it, add --resume."
    case .noRun(let folder):
      "There is no run in \(folder): no \(RunFolder.configurationName) was found. "
        + "Give the folder of a run; `dnc train` without --resume starts one."
    case .inUse(let folder, let process):
      "The run folder \(folder) is in use by another process"
        + (process.map { " (\($0))" } ?? "") + ". Wait until it ends, or choose another folder."
    case .inaccessible(let path, let reason): "Cannot use \(path): \(reason)."
    case .unreadable(let path, let reason): "\(path) cannot be read: \(reason)"
    }
  }
}

/// The text of the last failed system call.
func systemErrorText() -> String {
  String(cString: strerror(errno))
}
