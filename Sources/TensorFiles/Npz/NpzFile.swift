import Foundation
import TensorCore

/// NumPy's archive of named arrays: a ZIP file whose members are `NAME.npy`, compressed or not.
///
/// `numpy.load` reads what is written here; read here is what `numpy.savez` and
/// `numpy.savez_compressed` write. Equal tables give equal bytes (compressed ones with one version
/// of zlib): members are in the order of their names and carry no times.
public enum NpzFile {
  /// The bytes of an archive.
  ///
  /// - Parameters:
  ///   - tables: the arrays by their names.
  ///   - compressed: whether members are compressed, as by `numpy.savez_compressed`.
  ///   - path: what errors call the archive.
  /// - Throws: `NpzError.tooLarge` from 4 GiB on.
  /// - Complexity: O(number of values); about twice the archive's size in memory.
  public static func data(
    _ tables: [String: Tensor], compressed: Bool = false, path: String = "the archive"
  ) throws -> Data {
    var archive = Data()
    var directory = Data()
    for (name, table) in tables.sorted(by: { $0.key < $1.key }) {
      let member = Array("\(name).npy".utf8)
      let content = try table.npyData()
      let stored = compressed ? Zlib.compress(content, .raw) : content
      let offset = archive.count
      let end = offset + max(stored.count, content.count)
      guard end + 1024 < Int(UInt32.max) else {
        throw NpzError.tooLarge(path: path, bytes: end)
      }
      // What a member's own header and its entry in the directory share: version 2.0, no flags, the
      // method, the earliest date the format knows.
      var common = Data()
      for field in [20, 0, compressed ? 8 : 0, 0, 0x21] as [UInt16] {
        common.append(littleEndian: field)
      }
      common.append(littleEndian: Zlib.check(content))
      common.append(littleEndian: UInt32(stored.count))
      common.append(littleEndian: UInt32(content.count))
      common.append(littleEndian: UInt16(member.count))
      common.append(littleEndian: 0 as UInt16)

      archive.append(littleEndian: 0x0403_4B50 as UInt32)
      archive.append(common)
      archive.append(contentsOf: member)
      archive.append(stored)

      directory.append(littleEndian: 0x0201_4B50 as UInt32)
      directory.append(littleEndian: 20 as UInt16)
      directory.append(common)
      for field in [0, 0, 0] as [UInt16] { directory.append(littleEndian: field) }
      directory.append(littleEndian: 0 as UInt32)
      directory.append(littleEndian: UInt32(offset))
      directory.append(contentsOf: member)
    }
    let end = archive.count
    archive.append(directory)
    archive.append(littleEndian: 0x0605_4B50 as UInt32)
    for field in [0, 0, UInt16(tables.count), UInt16(tables.count)] {
      archive.append(littleEndian: field)
    }
    archive.append(littleEndian: UInt32(directory.count))
    archive.append(littleEndian: UInt32(end))
    archive.append(littleEndian: 0 as UInt16)
    return archive
  }

  /// Writes an archive; it is there in full or not at all.
  ///
  /// - Parameters:
  ///   - tables: the arrays by their names.
  ///   - url: the file.
  ///   - compressed: whether members are compressed, as by `numpy.savez_compressed`.
  /// - Throws: `FileError` or `NpzError.tooLarge`.
  public static func write(
    _ tables: [String: Tensor], to url: URL, compressed: Bool = false
  ) throws {
    try AtomicFile.write(data(tables, compressed: compressed, path: url.path), to: url)
  }
}
