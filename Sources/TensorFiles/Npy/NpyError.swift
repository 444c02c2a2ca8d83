/// Why bytes are not an `.npy` file this library reads.
public enum NpyError: Error, Equatable, CustomStringConvertible {
  /// The file does not begin as NumPy's files do.
  case notNpy(found: [UInt8])
  /// The version of the format is none of 1, 2 and 3.
  case unsupportedVersion(Int)
  /// The file ends too early; `part` says what was being read.
  case truncated(part: String, expected: Int, found: Int)
  /// The header announces, or would need, more bytes than any header has.
  case headerTooLong(length: Int, limit: Int)
  /// The header is not what it should be; `offset` counts bytes from its start.
  case badHeader(offset: Int, expected: String, found: String)
  /// The numbers are of a kind this library does not read.
  case unsupportedType(String)
  /// The shape has more elements than can be counted.
  case shapeTooLarge([Int])
  /// There are bytes after the array.
  case surplus(Int)

  public var description: String {
    switch self {
    case .notNpy(let found):
      "not an .npy file: it begins with the bytes \(found) instead of [147, 78, 85, 77, 80, 89]"
    case .unsupportedVersion(let version):
      "version \(version) of the .npy format is not known; 1, 2 and 3 are"
    case .truncated(let part, let expected, let found):
      "the file is truncated: \(part) needs \(expected) bytes, there are \(found)"
    case .headerTooLong(let length, let limit):
      "the header has \(length) bytes, at most \(limit) are allowed"
    case .badHeader(let offset, let expected, let found):
      "the header is damaged at byte \(offset): expected \(expected), found \(found)"
    case .unsupportedType(let type):
      "numbers of type \(type) are not read; known are "
        + NpyHeader.types.map { "'\($0.code)'" }.joined(separator: ", ")
    case .shapeTooLarge(let shape):
      "shape \(shape) has more elements than can be counted"
    case .surplus(let count):
      "\(count) bytes follow the end of the array"
    }
  }
}
