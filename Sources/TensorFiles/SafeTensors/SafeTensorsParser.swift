import TensorCore

/// Reads the header of a safetensors file: JSON, but only the one shape of JSON it may have.
///
///     { "NAME": { "dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24] }, ...,
///       "__metadata__": { "KEY": "VALUE", ... } }
///
/// General JSON readers keep the last of two equal keys and turn long integers into floating point,
/// which would hide damage. Nothing here nests by recursion, so no input can exhaust the stack;
/// memory stays proportional to the header.
struct SafeTensorsParser {
  /// What the header says about one tensor, not yet checked against anything.
  struct RawEntry {
    var name: String
    var dtype: String
    var shape: [Int]
    var begin: Int
    var end: Int
  }

  private(set) var entries: [RawEntry] = []
  private(set) var metadata: [String: String] = [:]

  private var scanner: ByteScanner

  /// Parses a whole header, `bytes` being valid during the call only.
  ///
  /// - Throws: `SafeTensorsError`.
  init(_ bytes: UnsafeRawBufferPointer) throws {
    scanner = ByteScanner(bytes)
    do {
      try parse()
    } catch let error as ByteScanner.Mismatch {
      throw SafeTensorsError.headerNotJSON(
        offset: error.offset, expected: error.expected, found: error.found)
    }
  }

  private mutating func parse() throws {
    try scanner.expect("{")  // no white space before it, says the format
    var names: Set<String> = []
    try members { parser, name in
      guard names.insert(name).inserted else { throw SafeTensorsError.duplicateName(name) }
      if name == "__metadata__" {
        try parser.parseMetadata()
      } else {
        try parser.parseEntry(name)
      }
    }
    scanner.skipSpace()
    if scanner.current != nil { throw scanner.unexpected("the end of the header") }
  }

  private mutating func parseMetadata() throws {
    scanner.skipSpace()
    try scanner.expect("{")
    var result: [String: String] = [:]
    try members { parser, key in
      parser.scanner.skipSpace()
      let value = try parser.string()
      guard result.updateValue(value, forKey: key) == nil else {
        throw SafeTensorsError.duplicateName(key)
      }
    }
    metadata = result
  }

  private mutating func parseEntry(_ name: String) throws {
    var dtype: String?
    var shape: [Int]?
    var offsets: [Int]?
    scanner.skipSpace()
    try scanner.expect("{")
    try members { parser, field in
      func once(_ isFirst: Bool) throws {
        if !isFirst {
          throw SafeTensorsError.badField(tensor: name, field: field, problem: "occurs twice")
        }
      }
      parser.scanner.skipSpace()
      switch field {
      case "dtype":
        try once(dtype == nil)
        dtype = try parser.string()
      case "shape":
        try once(shape == nil)
        shape = try parser.integers()
      case "data_offsets":
        try once(offsets == nil)
        offsets = try parser.integers()
      default:
        throw SafeTensorsError.badField(
          tensor: name, field: field, problem: "is none of dtype, shape, data_offsets")
      }
    }
    func required<Value>(_ value: Value?, _ field: String) throws -> Value {
      if let value { return value }
      throw SafeTensorsError.badField(tensor: name, field: field, problem: "is missing")
    }
    let (kind, axes) = (try required(dtype, "dtype"), try required(shape, "shape"))
    let span = try required(offsets, "data_offsets")
    guard span.count == 2 else {
      throw SafeTensorsError.badField(
        tensor: name, field: "data_offsets", problem: "has \(span.count) numbers instead of 2")
    }
    entries.append(RawEntry(name: name, dtype: kind, shape: axes, begin: span[0], end: span[1]))
  }

  // MARK: JSON

  /// The members of an object whose "{" has been read, up to and including its "}".
  private mutating func members(
    _ member: (inout SafeTensorsParser, String) throws -> Void
  ) throws {
    scanner.skipSpace()
    if scanner.accept("}") { return }
    while true {
      scanner.skipSpace()
      let key = try string()
      scanner.skipSpace()
      try scanner.expect(":")
      try member(&self, key)
      scanner.skipSpace()
      if scanner.accept("}") { return }
      try scanner.expect(",")
    }
  }

  /// An array of integers from 0 to `Int.max`, without sign, fraction or exponent.
  private mutating func integers() throws -> [Int] {
    var result: [Int] = []
    try scanner.expect("[")
    scanner.skipSpace()
    if scanner.accept("]") { return result }
    while true {
      scanner.skipSpace()
      result.append(try scanner.integer())
      scanner.skipSpace()
      if scanner.accept("]") { return result }
      try scanner.expect(",")
    }
  }

  private mutating func string() throws -> String {
    guard scanner.accept("\"") else { throw scanner.unexpected("a string") }
    let start = scanner.position
    var text: [UInt8] = []
    while let byte = scanner.current {
      switch byte {
      case UInt8(ascii: "\""):
        scanner.position += 1
        let result = String(decoding: text, as: UTF8.self)
        guard result.utf8.elementsEqual(text) else {  // repaired, so it was not UTF-8
          throw SafeTensorsError.headerNotJSON(
            offset: start, expected: "a string in UTF-8", found: "bytes that are not UTF-8")
        }
        return result
      case UInt8(ascii: "\\"):
        scanner.position += 1
        text += String(try escape()).utf8
      case 0..<0x20:
        throw scanner.unexpected("a character of a string")
      default:
        text.append(byte)
        scanner.position += 1
      }
    }
    throw scanner.unexpected("the end of the string that starts at byte \(start - 1)")
  }

  /// The character of an escape sequence whose backslash has been read.
  private mutating func escape() throws -> Character {
    let start = scanner.position - 1
    guard let byte = scanner.current else { throw scanner.unexpected("an escape sequence") }
    scanner.position += 1
    switch byte {
    case UInt8(ascii: "\""): return "\""
    case UInt8(ascii: "\\"): return "\\"
    case UInt8(ascii: "/"): return "/"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      var code = try hexadecimal()
      if 0xd800..<0xdc00 ~= code, scanner.accept("\\"), scanner.accept("u") {
        let low = try hexadecimal()
        if 0xdc00..<0xe000 ~= low { code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00) }
      }
      // Halves of a pair that stand alone are no characters.
      if let scalar = UnicodeScalar(code) { return Character(scalar) }
    default: break
    }
    scanner.position = start
    throw scanner.unexpected("an escape sequence")
  }

  private mutating func hexadecimal() throws -> UInt32 {
    var code: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = scanner.current, let digit = Character(UnicodeScalar(byte)).hexDigitValue
      else { throw scanner.unexpected("a hexadecimal digit") }
      code = code << 4 | UInt32(digit)
      scanner.position += 1
    }
    return code
  }
}
