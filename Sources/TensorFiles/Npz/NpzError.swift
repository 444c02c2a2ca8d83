/// Why a file is no `.npz` archive that can be read, or tables are none that can be written.
public enum NpzError: Error, Equatable, CustomStringConvertible {
  /// The file does not end as ZIP archives do.
  case notAnArchive(path: String)
  /// Something in the archive is not as it should be.
  case damaged(path: String, reason: String)
  /// The archive is well formed but uses what is not read here.
  case unsupported(path: String, reason: String)
  /// Larger than the format's plain form holds.
  case tooLarge(path: String, bytes: Int)

  public var description: String {
    switch self {
    case .notAnArchive(let path):
      "\(path) is not an .npz file: it does not end with a ZIP archive's directory."
    case .damaged(let path, let reason): "\(path) is damaged: \(reason)."
    case .unsupported(let path, let reason):
      "\(path) cannot be read here: \(reason). Archives written by numpy.savez, "
        + "numpy.savez_compressed and --trace can."
    case .tooLarge(let path, let bytes):
      "\(path) would take \(bytes) bytes; an .npz file written here holds less than 4 GiB."
    }
  }
}
