import Foundation
import TensorCore

extension NpzFile {
  /// Reads an archive of arrays, compressed or not.
  ///
  /// No memory is taken for sizes that the archive's bytes cannot hold.
  ///
  /// - Throws: `FileError` if the system cannot read the file; `NpzError` if it is no such archive;
  ///   `NpyError` if an array in it is damaged or of another kind.
  public static func read(_ url: URL) throws -> [String: Tensor] {
    let file = try FileReader(url)
    return try read(file.read(file.size), path: url.path)
  }

  /// Reads the bytes of an archive; `path` is what errors call it.
  ///
  /// - Throws: `NpzError` or `NpyError`.
  public static func read(_ data: Data, path: String) throws -> [String: Tensor] {
    let archive = ArchiveReader(data, path: path)
    var tables: [String: Tensor] = [:]
    for member in try archive.members() {
      guard member.name.hasSuffix(".npy") else {
        throw NpzError.unsupported(path: path, reason: "its member \(member.name) is no .npy file")
      }
      let name = String(member.name.dropLast(4))
      let table = try Tensor(npy: archive.content(of: member))
      guard tables.updateValue(table, forKey: name) == nil else {
        throw NpzError.damaged(path: path, reason: "\(member.name) is in it twice")
      }
    }
    return tables
  }
}
