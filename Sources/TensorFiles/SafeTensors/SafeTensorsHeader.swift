import TensorCore

/// The checked description of a safetensors file: what its tensors are and where they lie.
struct SafeTensorsHeader {
  /// One tensor; `range` are its bytes, counted from the start of the payload.
  struct Entry {
    var name: String
    var dtype: ScalarType
    var shape: [Int]
    var range: Range<Int>
  }

  /// The longest header anyone reads, in bytes: the limit of the reference implementation.
  static let limit = 100_000_000

  /// The length of the number at the start of the file that says how long the header is.
  static let prefixLength = 8

  /// In the order of the header.
  let entries: [Entry]
  let metadata: [String: String]

  /// The length of the header, from the first bytes of a file of `fileSize` bytes.
  ///
  /// - Throws: `SafeTensorsError` if the file cannot hold such a header.
  static func length(prefix: some Collection<UInt8>, fileSize: Int) throws -> Int {
    guard prefix.count >= prefixLength else {
      throw SafeTensorsError.truncated(
        part: "the length of the header", expected: UInt64(prefixLength), found: prefix.count)
    }
    let length = prefix.prefix(prefixLength).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= UInt64(limit) else {
      throw SafeTensorsError.headerTooLong(length: length, limit: limit)
    }
    guard Int(length) <= fileSize - prefixLength else {
      throw SafeTensorsError.truncated(
        part: "the header", expected: length, found: fileSize - prefixLength)
    }
    return Int(length)
  }

  /// Parses a header and checks that its tensors fill a payload of `payloadSize` bytes exactly.
  ///
  /// Allocates nothing of the size of the payload.
  /// - Throws: `SafeTensorsError`.
  init(_ bytes: UnsafeRawBufferPointer, payloadSize: Int) throws {
    let parser = try SafeTensorsParser(bytes)
    metadata = parser.metadata
    entries = try parser.entries.map { try Self.check($0, payloadSize: payloadSize) }

    var last: Entry?
    for entry in entries.sorted(by: Self.liesBefore) {
      let end = last?.range.upperBound ?? 0
      if let last, entry.range.lowerBound < end {
        throw SafeTensorsError.overlap(
          tensor: entry.name, other: last.name, begin: entry.range.lowerBound, end: end)
      }
      if entry.range.lowerBound > end {
        throw SafeTensorsError.hole(begin: end, end: entry.range.lowerBound)
      }
      last = entry
    }
    let end = last?.range.upperBound ?? 0
    if end < payloadSize { throw SafeTensorsError.hole(begin: end, end: payloadSize) }
  }

  private static func check(
    _ raw: SafeTensorsParser.RawEntry, payloadSize: Int
  ) throws -> Entry {
    guard let dtype = ScalarType(rawValue: raw.dtype) else {
      throw SafeTensorsError.unknownDtype(tensor: raw.name, dtype: raw.dtype)
    }
    // The bytes are counted as one more axis, so that their number cannot overflow either.
    guard let needed = Tensor.checkedElementCount(of: raw.shape + [dtype.byteCount]) else {
      throw SafeTensorsError.shapeTooLarge(tensor: raw.name, shape: raw.shape)
    }
    guard raw.begin <= raw.end, raw.end <= payloadSize else {
      throw SafeTensorsError.offsetsOutOfRange(
        tensor: raw.name, begin: raw.begin, end: raw.end, payload: payloadSize)
    }
    guard raw.end - raw.begin == needed else {
      throw SafeTensorsError.sizeMismatch(
        tensor: raw.name, shape: raw.shape, dtype: dtype, expected: needed,
        found: raw.end - raw.begin)
    }
    return Entry(name: raw.name, dtype: dtype, shape: raw.shape, range: raw.begin..<raw.end)
  }

  private static func liesBefore(_ a: Entry, _ b: Entry) -> Bool {
    (a.range.lowerBound, a.range.upperBound) < (b.range.lowerBound, b.range.upperBound)
  }
}
