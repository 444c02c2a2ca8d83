import Foundation

/// Finds the members of a ZIP archive, and checks every position and size before it is used.
struct ArchiveReader {
  private let bytes: Data
  private let path: String

  /// - Parameter path: what errors call the archive.
  init(_ data: Data, path: String) {
    bytes = data.startIndex == 0 ? data : Data(data)  // positions count from the first byte
    self.path = path
  }

  /// A file in the archive.
  struct Member {
    let name: String
    let isCompressed: Bool
    /// The CRC-32 of the content.
    let check: UInt32
    /// The size of the content in bytes.
    let size: Int
    /// Where the stored bytes lie.
    let stored: Range<Int>
  }

  /// All members, in the order of the directory.
  ///
  /// - Throws: `NpzError`. Members that share bytes are refused: a small archive could otherwise
  ///   become a very large one.
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
      members.append(try member(position))
      position +=
        46 + (try number(position + 28, 2)) + (try number(position + 30, 2))
        + (try number(position + 32, 2))
    }
    var last = 0
    for member in members.sorted(by: { $0.stored.lowerBound < $1.stored.lowerBound }) {
      guard member.stored.lowerBound >= last else {
        throw NpzError.damaged(path: path, reason: "\(member.name) overlaps another member")
      }
      last = member.stored.upperBound
    }
    return members
  }

  /// What a member holds.
  ///
  /// - Throws: `NpzError.damaged` if it is not what the directory says.
  func content(of member: Member) throws -> Data {
    var content = bytes[member.stored]
    if member.isCompressed {
      do { content = try Zlib.decompress(content, size: member.size, .raw) } catch {
        throw NpzError.damaged(
          path: path, reason: "\(member.name) cannot be decompressed: \(error)")
      }
    }
    guard content.count == member.size, Zlib.check(content) == member.check else {
      throw NpzError.damaged(path: path, reason: "the check of \(member.name) does not match")
    }
    return content
  }

  private func member(_ entry: Int) throws -> Member {
    let nameRange = try range(entry + 46, try number(entry + 28, 2))
    let name = String(decoding: bytes[nameRange], as: UTF8.self)
    guard try number(entry + 8, 2) & 1 == 0 else {
      throw NpzError.unsupported(path: path, reason: "\(name) is encrypted")
    }
    let method = try number(entry + 10, 2)
    guard method == 0 || method == 8 else {
      throw NpzError.unsupported(path: path, reason: "\(name) is compressed by method \(method)")
    }
    let stored = try number(entry + 20, 4)
    let size = try number(entry + 24, 4)
    let local = try number(entry + 42, 4)
    guard stored != 0xFFFF_FFFF, size != 0xFFFF_FFFF, local != 0xFFFF_FFFF else {
      throw NpzError.unsupported(path: path, reason: "\(name) is in ZIP's 64-bit form")
    }
    guard try number(local, 4) == 0x0403_4B50 else {
      throw NpzError.damaged(path: path, reason: "\(name) does not begin at \(local)")
    }
    let start = local + 30 + (try number(local + 26, 2)) + (try number(local + 28, 2))
    return Member(
      name: name, isCompressed: method == 8, check: UInt32(try number(entry + 16, 4)), size: size,
      stored: try range(start, stored))
  }

  /// The last place where the archive's end record can be: at most 64 KiB of comment follow it.
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
