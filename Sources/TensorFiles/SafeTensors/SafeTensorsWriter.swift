import Foundation
import TensorCore

extension SafeTensors {
  /// Writes the file; it is there in full or not at all (see `AtomicFile`).
  ///
  /// Equal contents give equal bytes. Python's `safetensors` reads the file.
  /// - Throws: `FileError` if the file cannot be written, `SafeTensorsError.headerTooLong` if there
  ///   are so many names that no reader would accept the header.
  public func write(to url: URL) throws {
    let (header, order) = try encodedHeader()
    try AtomicFile.write(to: url) { file in
      try file.write(header)
      for position in order { try file.write(entries[position].bytes) }
    }
  }

  /// The bytes of the file.
  ///
  /// - Throws: `SafeTensorsError.headerTooLong`.
  public func encoded() throws -> Data {
    let (header, order) = try encodedHeader()
    return order.reduce(into: header) { $0 += entries[$1].bytes }
  }

  /// The header with its length before it, and the order of the tensors in the payload.
  private func encodedHeader() throws -> (Data, order: [Int]) {
    // Wider numbers first: every tensor then starts at a multiple of the size of its numbers.
    let order = entries.indices.sorted { a, b in
      (-entries[a].dtype.byteCount, a) < (-entries[b].dtype.byteCount, b)
    }
    var offsets = [Range<Int>](repeating: 0..<0, count: entries.count)
    var end = 0
    for position in order {
      let start = end
      end += entries[position].bytes.count
      offsets[position] = start..<end
    }

    var members: [String] = []
    if !metadata.isEmpty {
      let pairs = metadata.sorted { $0.key < $1.key }.map { key, value in
        "\(key.quotedForJSON):\(value.quotedForJSON)"
      }
      members.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
    }
    for (entry, range) in zip(entries, offsets) {
      let shape = entry.shape.map(String.init).joined(separator: ",")
      members.append(
        "\(entry.name.quotedForJSON):{\"dtype\":\"\(entry.dtype.rawValue)\",\"shape\":[\(shape)],"
          + "\"data_offsets\":[\(range.lowerBound),\(range.upperBound)]}")
    }
    var text = Data("{\(members.joined(separator: ","))}".utf8)
    text += Data(repeating: UInt8(ascii: " "), count: (8 - text.count % 8) % 8)
    guard text.count <= SafeTensorsHeader.limit else {
      throw SafeTensorsError.headerTooLong(
        length: UInt64(text.count), limit: SafeTensorsHeader.limit)
    }
    let length = UInt64(text.count)
    let prefix = (0..<8).map { UInt8(truncatingIfNeeded: length >> ($0 * 8)) }
    return (Data(prefix) + text, order)
  }
}
