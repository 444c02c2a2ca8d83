import Foundation
import TensorCore

/// The kinds of values that files store. Their raw values are the names safetensors gives them.
public enum ScalarType: String, Sendable, CaseIterable {
  /// A truth value of one byte.
  case bool = "BOOL"
  /// An unsigned integer of 8 bits.
  case u8 = "U8"
  /// A signed integer of 8 bits.
  case i8 = "I8"
  /// An unsigned integer of 16 bits.
  case u16 = "U16"
  /// A signed integer of 16 bits.
  case i16 = "I16"
  /// IEEE 754 half precision.
  case f16 = "F16"
  /// The upper half of a 32-bit float: "brain floating point".
  case bf16 = "BF16"
  /// An unsigned integer of 32 bits.
  case u32 = "U32"
  /// A signed integer of 32 bits.
  case i32 = "I32"
  /// IEEE 754 single precision: `Float`.
  case f32 = "F32"
  /// An unsigned integer of 64 bits.
  case u64 = "U64"
  /// A signed integer of 64 bits.
  case i64 = "I64"
  /// IEEE 754 double precision: `Double`.
  case f64 = "F64"

  /// The size of one number in bytes.
  public var byteCount: Int {
    switch self {
    case .bool, .u8, .i8: 1
    case .u16, .i16, .f16, .bf16: 2
    case .u32, .i32, .f32: 4
    case .u64, .i64, .f64: 8
    }
  }

  /// Numbers in little-endian order as 32-bit floats: the nearest ones, for wider types. A truth
  /// value becomes 0 or 1.
  ///
  /// - Precondition: `bytes` holds a whole number of values.
  package func floats(from bytes: UnsafeRawBufferPointer) -> [Float] {
    require(bytes.count % byteCount == 0, "\(bytes.count) bytes are not whole \(rawValue)s")
    switch self {
    case .bool: return read(bytes) { (bits: UInt8) in bits == 0 ? 0 : 1 }
    case .u8: return read(bytes) { (bits: UInt8) in Float(bits) }
    case .i8: return read(bytes) { (bits: Int8) in Float(bits) }
    case .u16: return read(bytes) { (bits: UInt16) in Float(bits) }
    case .i16: return read(bytes) { (bits: Int16) in Float(bits) }
    case .f16: return read(bytes) { (bits: UInt16) in Float(halfPrecisionBits: bits) }
    case .bf16: return read(bytes) { (bits: UInt16) in Float(bitPattern: UInt32(bits) << 16) }
    case .u32: return read(bytes) { (bits: UInt32) in Float(bits) }
    case .i32: return read(bytes) { (bits: Int32) in Float(bits) }
    case .f32: return read(bytes) { (bits: UInt32) in Float(bitPattern: bits) }
    case .u64: return read(bytes) { (bits: UInt64) in Float(bits) }
    case .i64: return read(bytes) { (bits: Int64) in Float(bits) }
    case .f64: return read(bytes) { (bits: UInt64) in Float(Double(bitPattern: bits)) }
    }
  }

  private func read<Bits: FixedWidthInteger>(
    _ bytes: UnsafeRawBufferPointer, _ convert: (Bits) -> Float
  ) -> [Float] {
    let size = MemoryLayout<Bits>.size
    let count = bytes.count / size
    return [Float](unsafeUninitializedCapacity: count) { target, initialized in
      for i in 0..<count {
        let bits = bytes.loadUnaligned(fromByteOffset: i * size, as: Bits.self)
        target.initializeElement(at: i, to: convert(Bits(littleEndian: bits)))
      }
      initialized = count
    }
  }
}

extension Tensor {
  /// The elements in row-major order as little-endian 32-bit floats.
  package var littleEndianBytes: Data {
    #if _endian(little)
      withUnsafeBuffer { Data(buffer: $0) }
    #else
      values.map(\.bitPattern.littleEndian).withUnsafeBufferPointer { Data(buffer: $0) }
    #endif
  }
}

extension Float {
  /// The value of an IEEE 754 half-precision number. (`Float16` does not exist on every platform.)
  init(halfPrecisionBits bits: UInt16) {
    let sign = UInt32(bits & 0x8000) << 16
    let exponent = UInt32(bits >> 10 & 0x1f)
    let fraction = UInt32(bits & 0x3ff)
    switch exponent {
    case 0:  // zero and subnormal numbers: fraction · 2^-24
      self = Float(fraction) * 0x1p-24
      self = sign == 0 ? self : -self
    case 31:  // infinity and NaN
      self = Float(bitPattern: sign | 0x7f80_0000 | fraction << 13)
    default:
      self = Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
    }
  }
}
