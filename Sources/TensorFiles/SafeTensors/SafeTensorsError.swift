import TensorCore

/// Why bytes are not a safetensors file.
public enum SafeTensorsError: Error, Equatable, CustomStringConvertible {
  /// The file ends before `expected` bytes; `part` says what was being read.
  case truncated(part: String, expected: UInt64, found: Int)
  /// The header announces more bytes than any header has.
  case headerTooLong(length: UInt64, limit: Int)
  /// The header is not the JSON it should be; `offset` counts bytes from the start of the header.
  case headerNotJSON(offset: Int, expected: String, found: String)
  /// A name occurs twice, among the tensors or within the metadata.
  case duplicateName(String)
  /// A tensor's description lacks a field, or has one twice or one that does not exist.
  case badField(tensor: String, field: String, problem: String)
  /// A tensor's values are of a kind this library does not read.
  case unknownDtype(tensor: String, dtype: String)
  /// A shape has more elements than can be counted.
  case shapeTooLarge(tensor: String, shape: [Int])
  /// A tensor's bytes are not where the payload is.
  case offsetsOutOfRange(tensor: String, begin: Int, end: Int, payload: Int)
  /// A tensor's place is larger or smaller than its shape and kind of number need.
  case sizeMismatch(tensor: String, shape: [Int], dtype: ScalarType, expected: Int, found: Int)
  /// A tensor begins before the one before it ends.
  case overlap(tensor: String, other: String, begin: Int, end: Int)
  /// Bytes of the payload belong to no tensor.
  case hole(begin: Int, end: Int)

  public var description: String {
    switch self {
    case .truncated(let part, let expected, let found):
      "the file is truncated: \(part) needs \(expected) bytes, there are \(found)"
    case .headerTooLong(let length, let limit):
      "the header claims \(length) bytes, at most \(limit) are allowed: not a safetensors file?"
    case .headerNotJSON(let offset, let expected, let found):
      "the header is damaged at byte \(offset): expected \(expected), found \(found)"
    case .duplicateName(let name):
      "the header has the name \"\(name)\" twice"
    case .badField(let tensor, let field, let problem):
      "tensor \"\(tensor)\": field \"\(field)\" \(problem)"
    case .unknownDtype(let tensor, let dtype):
      "tensor \"\(tensor)\" has dtype \"\(dtype)\"; known are "
        + ScalarType.allCases.map(\.rawValue).joined(separator: ", ")
    case .shapeTooLarge(let tensor, let shape):
      "tensor \"\(tensor)\": shape \(shape) has more elements than can be counted"
    case .offsetsOutOfRange(let tensor, let begin, let end, let payload):
      "tensor \"\(tensor)\" lies at bytes \(begin) to \(end) of a payload of \(payload) bytes: "
        + "the file is truncated or its header damaged"
    case .sizeMismatch(let tensor, let shape, let dtype, let expected, let found):
      "tensor \"\(tensor)\": shape \(shape) of \(dtype.rawValue) needs \(expected) bytes, "
        + "its offsets span \(found)"
    case .overlap(let tensor, let other, let begin, let end):
      "tensor \"\(tensor)\" begins at byte \(begin), before \"\(other)\" ends at \(end)"
    case .hole(let begin, let end):
      "bytes \(begin) to \(end) of the payload belong to no tensor"
    }
  }
}
