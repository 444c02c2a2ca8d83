import Foundation
import TensorCore

extension Tensor {
  /// Reads an `.npy` file, as NumPy's `save` writes it.
  ///
  /// Integers, truth values, half and double precision become 32-bit floats, the nearest ones;
  /// arrays in Fortran order come out row-major. Big-endian, complex, text and record arrays are
  /// refused.
  /// - Throws: `FileError` if the system cannot read the file, `NpyError` if it is damaged or of
  ///   another kind. Everything is checked before memory is taken for the elements.
  public init(npy url: URL) throws {
    let file = try FileReader(url)
    var prefix = Array(try file.read(NpyHeader.prefixLength(version: 1)))
    if prefix.count > 6 {
      prefix += try file.read(NpyHeader.prefixLength(version: prefix[6]) - prefix.count)
    }
    let range = try NpyHeader.range(prefix: prefix, fileSize: file.size)
    let payloadSize = file.size - range.upperBound
    let header = try file.read(range.count).withUnsafeBytes {
      try NpyHeader($0, payloadSize: payloadSize)
    }
    try self.init(header, payload: file.read(payloadSize))
  }

  /// Reads the bytes of an `.npy` file.
  ///
  /// - Throws: `NpyError`.
  public init(npy data: Data) throws {
    let prefix = Array(data.prefix(NpyHeader.prefixLength(version: data.dropFirst(6).first ?? 1)))
    let range = try NpyHeader.range(prefix: prefix, fileSize: data.count)
    let payload = data.dropFirst(range.upperBound)
    let header = try data.dropFirst(range.lowerBound).prefix(range.count).withUnsafeBytes {
      try NpyHeader($0, payloadSize: payload.count)
    }
    try self.init(header, payload: payload)
  }

  /// Writes an `.npy` file of 32-bit floats, version 1; it is there in full or not at all.
  ///
  /// - Throws: `FileError`, or `NpyError.headerTooLong` for a rank of many thousands.
  public func write(npy url: URL) throws {
    let header = try npyHeader()
    try AtomicFile.write(chunks: [header, littleEndianBytes], to: url)
  }

  /// The bytes of an `.npy` file of 32-bit floats, version 1.
  ///
  /// - Throws: `NpyError.headerTooLong` for a rank of many thousands.
  public func npyData() throws -> Data { try npyHeader() + littleEndianBytes }

  private init(_ header: NpyHeader, payload: Data) throws {
    // The file may have become shorter since its size was looked up.
    let size = Tensor.elementCount(of: header.shape) * header.type.byteCount
    guard payload.count == size else {
      throw NpyError.truncated(
        part: "the array of shape \(header.shape)", expected: size, found: payload.count)
    }
    let values = payload.withUnsafeBytes { header.type.floats(from: $0) }
    if header.isFortranOrder {
      self = Tensor(shape: header.shape.reversed(), values: values).transposed()
    } else {
      self.init(shape: header.shape, values: values)
    }
  }

  private func npyHeader() throws -> Data {
    let list = shape.map(String.init).joined(separator: ", ")
    let tuple = rank == 1 ? "(\(list),)" : "(\(list))"
    var text = "{'descr': '<f4', 'fortran_order': False, 'shape': \(tuple), }"
    // NumPy aligns the array to 64 bytes: 10 before the text, a line end after it.
    text += String(repeating: " ", count: 63 - (text.utf8.count + 10) % 64) + "\n"
    let length = text.utf8.count
    guard length < 65536 else { throw NpyError.headerTooLong(length: length, limit: 65535) }
    return Data(NpyHeader.magic + [1, 0, UInt8(length & 0xff), UInt8(length >> 8)])
      + Data(text.utf8)
  }
}
