import Foundation
import TensorCore

/// What the header of an `.npy` file says, checked.
///
///     {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }
struct NpyHeader: Equatable {
  var type: ScalarType
  var isFortranOrder: Bool
  var shape: [Int]

  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  /// The size of what is before the header: magic bytes, version, length of the header.
  static func prefixLength(version: UInt8) -> Int { version == 1 ? 10 : 12 }

  /// The longest header that is read, in bytes; NumPy writes a few hundred at most.
  static let limit = 65536

  /// NumPy's codes of the kinds of numbers that are read.
  static let types: [(code: String, type: ScalarType)] = [
    ("<f4", .f32), ("<f8", .f64), ("<f2", .f16), ("<i4", .i32), ("<i8", .i64), ("<i2", .i16),
    ("|i1", .i8), ("<u4", .u32), ("<u8", .u64), ("<u2", .u16), ("|u1", .u8), ("|b1", .bool),
  ]

  /// Where the header lies, from the first bytes of a file of `fileSize` bytes.
  ///
  /// - Throws: `NpyError` if the file cannot hold such a header.
  static func range(prefix: [UInt8], fileSize: Int) throws -> Range<Int> {
    let start = Array(prefix.prefix(magic.count))
    guard start == magic else {
      if magic.starts(with: start) {
        throw NpyError.truncated(part: "the start", expected: magic.count, found: start.count)
      }
      throw NpyError.notNpy(found: start)
    }
    guard prefix.count >= 8 else {
      throw NpyError.truncated(part: "the version", expected: 8, found: prefix.count)
    }
    guard 1...3 ~= prefix[6] else { throw NpyError.unsupportedVersion(Int(prefix[6])) }
    let begin = prefixLength(version: prefix[6])
    guard prefix.count >= begin else {
      throw NpyError.truncated(
        part: "the length of the header", expected: begin, found: prefix.count)
    }
    let length = prefix[8..<begin].reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= limit else { throw NpyError.headerTooLong(length: length, limit: limit) }
    guard length <= fileSize - begin else {
      throw NpyError.truncated(part: "the header", expected: length, found: fileSize - begin)
    }
    return begin..<(begin + length)
  }

  init(type: ScalarType, isFortranOrder: Bool, shape: [Int]) {
    self.type = type
    self.isFortranOrder = isFortranOrder
    self.shape = shape
  }

  /// Parses a header and checks that the array fills a payload of `payloadSize` bytes exactly.
  ///
  /// - Throws: `NpyError`.
  init(_ bytes: UnsafeRawBufferPointer, payloadSize: Int) throws {
    do {
      try self.init(parsing: bytes)
    } catch let error as ByteScanner.Mismatch {
      throw NpyError.badHeader(
        offset: error.offset, expected: error.expected, found: error.found)
    }
    // The bytes are counted as one more axis, so that their number cannot overflow either.
    guard let size = Tensor.checkedElementCount(of: shape + [type.byteCount]) else {
      throw NpyError.shapeTooLarge(shape)
    }
    guard size <= payloadSize else {
      throw NpyError.truncated(
        part: "the array of shape \(shape)", expected: size, found: payloadSize)
    }
    guard size == payloadSize else { throw NpyError.surplus(payloadSize - size) }
  }

  private init(parsing bytes: UnsafeRawBufferPointer) throws {
    var scanner = ByteScanner(bytes)
    var code: String?
    var order: Bool?
    var axes: [Int]?
    try scanner.expect("{")
    scanner.skipSpace()
    while !scanner.accept("}") {
      let start = scanner.position
      let key = try Self.string(&scanner)
      scanner.skipSpace()
      try scanner.expect(":")
      scanner.skipSpace()
      switch key {
      case "descr" where code == nil: code = try Self.descriptor(&scanner)
      case "fortran_order" where order == nil: order = try Self.truth(&scanner)
      case "shape" where axes == nil: axes = try Self.tuple(&scanner)
      default:
        throw ByteScanner.Mismatch(
          offset: start, expected: "'descr', 'fortran_order' and 'shape', once each",
          found: "'\(key)'")
      }
      scanner.skipSpace()
      if !scanner.accept(",") {
        try scanner.expect("}")
        break
      }
      scanner.skipSpace()
    }
    scanner.skipSpace()
    if scanner.current != nil { throw scanner.unexpected("the end of the header") }
    guard let code, let order, let axes else {
      throw scanner.unexpected("'descr', 'fortran_order' and 'shape'")
    }
    guard let type = Self.types.first(where: { $0.code == code })?.type else {
      throw NpyError.unsupportedType("'\(code)'")
    }
    self.init(type: type, isFortranOrder: order, shape: axes)
  }

  private static func descriptor(_ scanner: inout ByteScanner) throws -> String {
    // A list describes records of several numbers.
    if scanner.current == UInt8(ascii: "[") { throw NpyError.unsupportedType("record") }
    return try string(&scanner)
  }

  private static func string(_ scanner: inout ByteScanner) throws -> String {
    guard scanner.accept("'") || scanner.accept("\"") else { throw scanner.unexpected("a string") }
    let start = scanner.position
    let quote = scanner.bytes[start - 1]
    while let byte = scanner.current, byte != quote {
      // No string in such a header needs an escape sequence.
      guard 0x20..<0x7f ~= byte, byte != UInt8(ascii: "\\") else {
        throw scanner.unexpected("a character of a string")
      }
      scanner.position += 1
    }
    let text = String(decoding: scanner.bytes[start..<scanner.position], as: UTF8.self)
    try scanner.expect(UnicodeScalar(quote))
    return text
  }

  private static func truth(_ scanner: inout ByteScanner) throws -> Bool {
    if scanner.accept(word: "True") { return true }
    if scanner.accept(word: "False") { return false }
    throw scanner.unexpected("True or False")
  }

  /// A Python tuple of integers: `()`, `(3,)`, `(3, 4)`.
  private static func tuple(_ scanner: inout ByteScanner) throws -> [Int] {
    var result: [Int] = []
    try scanner.expect("(")
    scanner.skipSpace()
    while !scanner.accept(")") {
      result.append(try scanner.integer())
      scanner.skipSpace()
      if !scanner.accept(",") {
        // A single number in parentheses is a number, not a tuple.
        guard result.count > 1 else { throw scanner.unexpected("\",\"") }
        try scanner.expect(")")
        break
      }
      scanner.skipSpace()
    }
    return result
  }
}
