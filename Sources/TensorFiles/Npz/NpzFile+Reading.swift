import Foundation
import TensorCore

extension NpzFile {
  /// Reads an archive of arrays.
  ///
  /// - Throws: `FileError` if the system cannot read the file; `NpzError` if it is no such archive; `NpyError` if an array in it is damaged or of another
  ///   kind.
  public static func read(_ url: URL) throws -> [String: Tensor] {
    let file = try FileReader(url)
    return try read(file.read(file.size), path: url.path)
  }

  /// Reads the bytes of an archive; `path` is what errors call it.
  ///
  /// - Throws: `NpzError` or `NpyError`.
  public static func read(_ data: Data, path: String) throws -> [String: Tensor] {
    let archive = ArchiveReader(bytes: [UInt8](data), path: path)
    var tables: [String: Tensor] = [:]
    for member in try archive.members() {
      guard member.name.hasSuffix(".npy") else {
        throw NpzError.unsupported(path: path, reason: "its member \(member.name) is no .npy file")
      }
      let content = Data(archive.bytes[member.content])
      guard CyclicCheck.ieee(content) == member.check else {
        throw NpzError.damaged(path: path, reason: "the check of \(member.name) does not match")
      }
      let name = String(member.name.dropLast(4))
      guard tables.updateValue(try Tensor(npy: content), forKey: name) == nil else {
        throw NpzError.damaged(path: path, reason: "\(member.name) is in it twice")
      }
    }
    return tables
  }
}

/// Finds the members of a ZIP archive, and checks every position before it is used.
private struct ArchiveReader {
  let bytes: [UInt8]
  let path: String

  struct Member {
    let name: String
    let check: UInt32
    let content: Range<Int>
  }

  func members() throws -> [Member] {
    guard let end = endRecord() else { throw NpzError.notAnArchive(path: path) }
    let count = try number(end + 10, 2)
    var position = try number(end + 16, 4)
    guard count != 0xFFFF, position != 0xFFFF_FFFF else {
      throw NpzError.unsupported(path: path, reason: "it is in ZIP's 64-bit form")
    }
    var members: [Member] = []
    for _ in 0..<count {
      guard try number(position, 4) == 0x0201_4B50 else {
        throw NpzError.damaged(path: path, reason: "its directory has no entry at \(position)")
      }
      let member = try self.member(position)
      members.append(member)
      position +=
        46 + (try number(position + 28, 2)) + (try number(position + 30, 2))
        + (try number(position + 32, 2))
    }
    return members
  }

  private func member(_ entry: Int) throws -> Member {
    let nameRange = try range(entry + 46, try number(entry + 28, 2))
    let name = String(decoding: bytes[nameRange], as: UTF8.self)
    guard try number(entry + 8, 2) & 1 == 0 else {
      throw NpzError.unsupported(path: path, reason: "\(name) is encrypted")
    }
    guard try number(entry + 10, 2) == 0 else {
      throw NpzError.unsupported(path: path, reason: "\(name) is compressed")
    }
    let size = try number(entry + 20, 4)
    let local = try number(entry + 42, 4)
    guard size != 0xFFFF_FFFF, local != 0xFFFF_FFFF else {
      throw NpzError.unsupported(path: path, reason: "\(name) is in ZIP's 64-bit form")
    }
    guard try number(local, 4) == 0x0403_4B50 else {
      throw NpzError.damaged(path: path, reason: "\(name) does not begin at \(local)")
    }
    let start = local + 30 + (try number(local + 26, 2)) + (try number(local + 28, 2))
    return Member(
      name: name, check: UInt32(try number(entry + 16, 4)), content: try range(start, size))
  }

  /// The last place where the archive's end record can stand: at most 64 KiB of comment follow it.
  private func endRecord() -> Int? {
    let first = max(0, bytes.count - 22 - 65_535)
    var position = bytes.count - 22
    while position >= first {
      if (try? number(position, 4)) == 0x0605_4B50 { return position }
      position -= 1
    }
    return nil
  }

  private func range(_ start: Int, _ count: Int) throws -> Range<Int> {
    guard start >= 0, count >= 0, start <= bytes.count, count <= bytes.count - start else {
      throw NpzError.damaged(path: path, reason: "it ends before byte \(start) + \(count)")
    }
    return start..<start + count
  }

  private func number(_ start: Int, _ count: Int) throws -> Int {
    bytes[try range(start, count)].reversed().reduce(0) { $0 << 8 | Int($1) }
  }
}
