/// Reads the header of a safetensors file: JSON, but only the one shape of JSON it may have.
///
///     { "NAME": { "dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24] }, ...,
///       "__metadata__": { "KEY": "VALUE", ... } }
///
/// General JSON readers keep the last of two equal keys and turn long integers into floating point, which
/// would hide damage. Nothing here nests by recursion, so no input can exhaust the stack; memory stays
/// proportional to the header.
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

  private let bytes: UnsafeRawBufferPointer
  private var position = 0

  /// Parses a whole header, `bytes` being valid during the call only.
  ///
  /// - Throws: `SafeTensorsError`.
  init(_ bytes: UnsafeRawBufferPointer) throws {
    self.bytes = bytes
    try expect("{", "the header's \"{\"")  // no white space before it, says the format
    var names: Set<String> = []
    try members { parser, name in
      guard names.insert(name).inserted else { throw SafeTensorsError.duplicateName(name) }
      if name == "__metadata__" {
        try parser.parseMetadata()
      } else {
        try parser.parseEntry(name)
      }
    }
    skipSpace()
    if position < bytes.count { throw unexpected("the end of the header") }
  }

  private mutating func parseMetadata() throws {
    skipSpace()
    try expect("{", "\"{\"")
    var result: [String: String] = [:]
    try members { parser, key in
      parser.skipSpace()
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
    skipSpace()
    try expect("{", "\"{\"")
    try members { parser, field in
      func once(_ isFirst: Bool) throws {
        if !isFirst {
          throw SafeTensorsError.badField(tensor: name, field: field, problem: "occurs twice")
        }
      }
      parser.skipSpace()
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
    skipSpace()
    if accept("}") { return }
    while true {
      skipSpace()
      let key = try string()
      skipSpace()
      try expect(":", "\":\"")
      try member(&self, key)
      skipSpace()
      if accept("}") { return }
      try expect(",", "\",\" or \"}\"")
    }
  }

  /// An array of integers from 0 to `Int.max`, without sign, fraction or exponent.
  private mutating func integers() throws -> [Int] {
    var result: [Int] = []
    try expect("[", "\"[\"")
    skipSpace()
    if accept("]") { return result }
    while true {
      skipSpace()
      result.append(try integer())
      skipSpace()
      if accept("]") { return result }
      try expect(",", "\",\" or \"]\"")
    }
  }

  private mutating func integer() throws -> Int {
    let start = position
    var value = 0
    while position < bytes.count, case let digit = Int(bytes[position]) - 48, 0...9 ~= digit {
      let (tenfold, overflow) = value.multipliedReportingOverflow(by: 10)
      let (next, carry) = tenfold.addingReportingOverflow(digit)
      if overflow || carry {
        position = start
        throw unexpected("an integer up to \(Int.max)")
      }
      value = next
      position += 1
    }
    let hasLeadingZero = position - start > 1 && bytes[start] == UInt8(ascii: "0")
    let goesOn = position < bytes.count && ".eE".utf8.contains(bytes[position])
    if position == start || hasLeadingZero || goesOn {
      position = start
      throw unexpected("an integer, 0 or positive")
    }
    return value
  }

  private mutating func string() throws -> String {
    try expect("\"", "a string")
    let start = position
    var text: [UInt8] = []
    while position < bytes.count {
      let byte = bytes[position]
      switch byte {
      case UInt8(ascii: "\""):
        position += 1
        let result = String(decoding: text, as: UTF8.self)
        guard result.utf8.elementsEqual(text) else {  // repaired, so it was not UTF-8
          throw SafeTensorsError.headerNotJSON(
            offset: start, expected: "a string in UTF-8", found: "bytes that are not UTF-8")
        }
        return result
      case UInt8(ascii: "\\"):
        position += 1
        text += String(try escape()).utf8
      case 0..<0x20:
        throw unexpected("a character of a string")
      default:
        text.append(byte)
        position += 1
      }
    }
    throw unexpected("the end of the string that starts at byte \(start - 1)")
  }

  /// The character of an escape sequence whose backslash has been read.
  private mutating func escape() throws -> Character {
    let start = position - 1
    guard position < bytes.count else { throw unexpected("an escape sequence") }
    let byte = bytes[position]
    position += 1
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
      if 0xd800..<0xdc00 ~= code, accept("\\"), accept("u") {
        let low = try hexadecimal()
        if 0xdc00..<0xe000 ~= low { code = 0x10000 + (code - 0xd800) << 10 + (low - 0xdc00) }
      }
      // Halves of a pair that stand alone are no characters.
      if let scalar = UnicodeScalar(code) { return Character(scalar) }
    default: break
    }
    position = start
    throw unexpected("an escape sequence")
  }

  private mutating func hexadecimal() throws -> UInt32 {
    var code: UInt32 = 0
    for _ in 0..<4 {
      guard position < bytes.count,
        let digit = Character(UnicodeScalar(bytes[position])).hexDigitValue
      else { throw unexpected("a hexadecimal digit") }
      code = code << 4 | UInt32(digit)
      position += 1
    }
    return code
  }

  private mutating func skipSpace() {
    while position < bytes.count, " \n\r\t".utf8.contains(bytes[position]) { position += 1 }
  }

  private mutating func accept(_ character: UnicodeScalar) -> Bool {
    guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ character: UnicodeScalar, _ words: String) throws {
    if !accept(character) { throw unexpected(words) }
  }

  private func unexpected(_ expected: String) -> SafeTensorsError {
    let found: String
    if position >= bytes.count {
      found = "the end of the header"
    } else if case let byte = bytes[position], 0x20..<0x7f ~= byte {
      found = "\"\(Character(UnicodeScalar(byte)))\""
    } else {
      found = "byte 0x" + String(bytes[position], radix: 16)
    }
    return .headerNotJSON(offset: position, expected: expected, found: found)
  }
}
