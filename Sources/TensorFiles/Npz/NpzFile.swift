import Foundation
import TensorCore

/// NumPy's archive of named arrays: a ZIP file whose members are `NAME.npy`, not compressed.
///
/// `numpy.load` reads what is written here; read here is what `numpy.savez` writes. Equal tables give equal bytes: members are in the order of their names
/// and carry no times.
public enum NpzFile {
  /// The bytes of an archive.
  ///
  /// - Throws: `NpzError.tooLarge` from 4 GiB on.
  /// - Complexity: O(number of values); about twice the archive's size in memory.
  public static func data(_ tables: [String: Tensor], path: String = "the archive") throws -> Data {
    var archive = Data()
    var directory = Data()
    for (name, table) in tables.sorted(by: { $0.key < $1.key }) {
      let member = Array("\(name).npy".utf8)
      let content = try table.npyData()
      let offset = archive.count
      guard offset + content.count + 1024 < Int(UInt32.max) else {
        throw NpzError.tooLarge(path: path, bytes: offset + content.count)
      }
      let check = CyclicCheck.ieee(content)
      archive.append(littleEndian: 0x0403_4B50 as UInt32)
      let common = header(check: check, size: content.count, name: member.count)
      archive.append(common)
      archive.append(contentsOf: member)
      archive.append(content)

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
  /// - Throws: `FileError` or `NpzError.tooLarge`.
  public static func write(_ tables: [String: Tensor], to url: URL) throws {
    try AtomicFile.write(data(tables, path: url.path), to: url)
  }

  /// What a member's own header and its entry in the directory share: version 2.0, no flags, stored, the earliest date the format knows.
  private static func header(check: UInt32, size: Int, name: Int) -> Data {
    var data = Data()
    for field in [20, 0, 0, 0, 0x21] as [UInt16] { data.append(littleEndian: field) }
    data.append(littleEndian: check)
    data.append(littleEndian: UInt32(size))
    data.append(littleEndian: UInt32(size))
    data.append(littleEndian: UInt16(name))
    data.append(littleEndian: 0 as UInt16)
    return data
  }
}
