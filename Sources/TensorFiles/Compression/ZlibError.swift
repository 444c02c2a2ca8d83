/// Why compressed bytes do not become what they should.
package enum ZlibError: Error, Equatable, CustomStringConvertible {
  /// They are no such stream, or its check does not match.
  case damaged
  /// The stream goes on after their end.
  case truncated
  /// They become more bytes than they should.
  case tooLong(expected: Int)
  /// They become fewer bytes than they should.
  case tooShort(expected: Int, found: Int)
  /// Bytes follow the end of the stream.
  case surplus(Int)
  /// So few bytes cannot become so many.
  case impossibleSize(Int, compressed: Int)
  /// There is not even the memory that zlib works with.
  case noMemory

  package var description: String {
    switch self {
    case .damaged: "its compressed bytes are damaged"
    case .truncated: "its compressed bytes end too early"
    case .tooLong(let expected): "it holds more than the \(expected) bytes it should"
    case .tooShort(let expected, let found): "it holds \(found) bytes instead of \(expected)"
    case .surplus(let count): "\(count) bytes follow the end of its compressed bytes"
    case .impossibleSize(let size, let compressed):
      "\(compressed) compressed bytes cannot hold \(size) bytes"
    case .noMemory: "there is no memory to decompress it"
    }
  }
}
