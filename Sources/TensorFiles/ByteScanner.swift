/// Walks through the text of a file's header, byte by byte, and says where it is not as expected.
package struct ByteScanner {
  /// Something else than expected was found, `offset` bytes after the start.
  package struct Mismatch: Error {
    package let offset: Int
    package let expected: String
    package let found: String
  }

  package let bytes: UnsafeRawBufferPointer
  package var position = 0

  /// Starts at the first byte; `bytes` must stay valid while the scanner is used.
  package init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  /// The byte at the position, or nil at the end.
  package var current: UInt8? { position < bytes.count ? bytes[position] : nil }

  /// Moves past spaces and line ends.
  package mutating func skipSpace() {
    while let byte = current, byte == 0x20 || (0x09...0x0d ~= byte && byte != 0x0b && byte != 0x0c)
    {
      position += 1
    }
  }

  /// Moves past a character if it comes next.
  package mutating func accept(_ character: UnicodeScalar) -> Bool {
    guard current == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  /// Moves past a character.
  ///
  /// - Throws: `Mismatch` if another comes next.
  package mutating func expect(_ character: UnicodeScalar) throws {
    if !accept(character) { throw unexpected("\"\(character)\"") }
  }

  /// Moves past a word if it comes next.
  package mutating func accept(word: String) -> Bool {
    guard bytes[position...].starts(with: word.utf8) else { return false }
    position += word.utf8.count
    return true
  }

  /// Moves past an integer from 0 to `Int.max` without sign, leading zeros, fraction or exponent.
  ///
  /// - Throws: `Mismatch` at its first digit if it is none.
  package mutating func integer() throws -> Int {
    let start = position
    var value = 0
    while let byte = current, 0x30...0x39 ~= byte {
      let (tenfold, overflow) = value.multipliedReportingOverflow(by: 10)
      let (next, carry) = tenfold.addingReportingOverflow(Int(byte) - 0x30)
      if overflow || carry {
        position = start
        throw unexpected("an integer up to \(Int.max)")
      }
      value = next
      position += 1
    }
    let hasLeadingZero = position - start > 1 && bytes[start] == 0x30
    let goesOn = current.map { ".eE".utf8.contains($0) } ?? false
    if position == start || hasLeadingZero || goesOn {
      position = start
      throw unexpected("an integer, 0 or positive")
    }
    return value
  }

  /// The error that something else stands at the position.
  package func unexpected(_ expected: String) -> Mismatch {
    let found: String
    if let byte = current {
      found =
        0x20..<0x7f ~= byte
        ? "\"\(UnicodeScalar(byte))\"" : "byte 0x" + String(byte, radix: 16)
    } else {
      found = "the end of the header"
    }
    return Mismatch(offset: position, expected: expected, found: found)
  }
}
