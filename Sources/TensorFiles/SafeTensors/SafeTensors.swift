import Foundation
import TensorCore

/// The content of a safetensors file: named tensors and a dictionary of strings.
///
///     var file = SafeTensors()
///     file.metadata["note"] = "trained on Tuesday"
///     file.set("weight", Tensor(rows: [[1, 2], [3, 4]]))
///     try file.write(to: url)
///     let weight = try SafeTensors(contentsOf: url)["weight"]
///
/// Numbers of any kind are kept as the bytes they are stored as; `subscript` converts them to a
/// `Tensor`. A file is checked completely, its size included, before memory is taken for its
/// tensors.
public struct SafeTensors: Sendable, Equatable {
  struct Entry: Sendable, Equatable {
    var name: String
    var dtype: ScalarType
    var shape: [Int]
    var bytes: Data
  }

  /// Strings stored beside the tensors.
  public var metadata: [String: String] = [:]

  private(set) var entries: [Entry] = []
  private var positions: [String: Int] = [:]

  /// Makes an empty content, to be filled and written.
  public init() {}

  /// Reads a file.
  ///
  /// - Throws: `FileError` if the system cannot read it, `SafeTensorsError` if it is damaged or
  ///   something else than a safetensors file.
  public init(contentsOf url: URL) throws {
    let file = try FileReader(url)
    let prefix = try file.read(min(SafeTensorsHeader.prefixLength, file.size))
    let length = try SafeTensorsHeader.length(prefix: prefix, fileSize: file.size)
    let text = try file.read(length)
    let payloadSize = file.size - SafeTensorsHeader.prefixLength - length
    let header = try text.withUnsafeBytes { try SafeTensorsHeader($0, payloadSize: payloadSize) }
    let payload = try file.read(payloadSize)
    // The file may have become shorter since it was opened.
    guard payload.count == payloadSize, text.count == length else {
      throw SafeTensorsError.truncated(
        part: "the payload", expected: UInt64(payloadSize), found: payload.count)
    }
    self.init(header, payload)
  }

  /// Reads the bytes of a file.
  ///
  /// - Throws: `SafeTensorsError` if they are damaged or something else than a safetensors file.
  public init(data: Data) throws {
    let length = try SafeTensorsHeader.length(
      prefix: data.prefix(SafeTensorsHeader.prefixLength), fileSize: data.count)
    let text = data.dropFirst(SafeTensorsHeader.prefixLength).prefix(length)
    let payload = data.dropFirst(SafeTensorsHeader.prefixLength + length)
    let header = try text.withUnsafeBytes {
      try SafeTensorsHeader($0, payloadSize: payload.count)
    }
    self.init(header, payload)
  }

  private init(_ header: SafeTensorsHeader, _ payload: Data) {
    metadata = header.metadata
    let start = payload.startIndex
    for (position, entry) in header.entries.enumerated() {
      let bytes = payload[(start + entry.range.lowerBound)..<(start + entry.range.upperBound)]
      entries.append(
        Entry(name: entry.name, dtype: entry.dtype, shape: entry.shape, bytes: bytes))
      positions[entry.name] = position
    }
  }

  /// The names of the tensors, in the order of the file or in which they were set.
  public var names: [String] { entries.map(\.name) }

  /// The tensor of a name, or nil. Numbers of another kind than `f32` are rounded to the nearest
  /// float.
  ///
  /// - Complexity: O(*n*), *n* being the number of elements.
  public subscript(name: String) -> Tensor? {
    guard let entry = entry(named: name) else { return nil }
    return Tensor(
      shape: entry.shape, values: entry.bytes.withUnsafeBytes { entry.dtype.floats(from: $0) })
  }

  /// The kind of values of a tensor, or nil if there is no such tensor.
  public func dtype(of name: String) -> ScalarType? { entry(named: name)?.dtype }

  /// The shape of a tensor, or nil if there is no such tensor.
  public func shape(of name: String) -> [Int]? { entry(named: name)?.shape }

  /// The bytes of a tensor, little-endian and in row-major order, or nil if there is no such
  /// tensor.
  public func bytes(named name: String) -> Data? {
    // A copy, so that its indices start at zero.
    entry(named: name).map { $0.bytes.subdata(in: $0.bytes.indices) }
  }

  /// Adds a tensor of kind `f32`, or replaces the one of that name.
  public mutating func set(_ name: String, _ tensor: Tensor) {
    set(name, dtype: .f32, shape: tensor.shape, bytes: tensor.littleEndianBytes)
  }

  /// Adds a tensor of any kind, or replaces the one of that name.
  ///
  /// - Parameter bytes: The values, little-endian and in row-major order.
  /// - Precondition: `bytes` is as long as shape and kind ask for. The name `__metadata__` is
  ///   taken.
  public mutating func set(_ name: String, dtype: ScalarType, shape: [Int], bytes: Data) {
    require(name != "__metadata__", "\"__metadata__\" cannot be the name of a tensor")
    let needed = Tensor.checkedElementCount(of: shape + [dtype.byteCount])
    require(
      bytes.count == needed,
      "\"\(name)\": \(bytes.count) bytes do not fill shape \(shape) of \(dtype.rawValue)")
    let entry = Entry(name: name, dtype: dtype, shape: shape, bytes: bytes)
    if let position = positions[name] {
      entries[position] = entry
    } else {
      positions[name] = entries.count
      entries.append(entry)
    }
  }

  private func entry(named name: String) -> Entry? { positions[name].map { entries[$0] } }
}
