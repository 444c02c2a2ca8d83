import Foundation

/// Cyclic redundancy checks with reflected polynomials: of ZIP and PNG (CRC-32, IEEE 802.3) and of TensorBoard's records (CRC-32C, Castagnoli).
package struct CyclicCheck {
  private let table: [UInt32]

  /// - Parameter polynomial: reflected.
  private init(polynomial: UInt32) {
    table = (0..<256).map { byte in
      (0..<8).reduce(UInt32(byte)) { rest, _ in rest & 1 == 1 ? rest >> 1 ^ polynomial : rest >> 1 }
    }
  }

  package static let ieee = CyclicCheck(polynomial: 0xEDB8_8320)
  package static let castagnoli = CyclicCheck(polynomial: 0x82F6_3B78)

  /// The check of some bytes.
  package func callAsFunction(_ data: Data) -> UInt32 {
    data.withUnsafeBytes { bytes in
      table.withUnsafeBufferPointer { table in
        var rest = UInt32.max
        for byte in bytes { rest = table[Int((rest ^ UInt32(byte)) & 0xFF)] ^ rest >> 8 }
        return ~rest
      }
    }
  }
}

/// The sum that ends a zlib stream (RFC 1950).
package func adler32(_ bytes: [UInt8]) -> UInt32 {
  var a: UInt32 = 1
  var b: UInt32 = 0
  for byte in bytes {
    a = (a + UInt32(byte)) % 65521
    b = (b + a) % 65521
  }
  return b << 16 | a
}

extension Data {
  package mutating func append(littleEndian value: UInt16) { append(bytes: value, 2) }
  package mutating func append(littleEndian value: UInt32) { append(bytes: value, 4) }
  package mutating func append(littleEndian value: UInt64) { append(bytes: value, 8) }

  package mutating func append(bigEndian value: UInt32) {
    for shift in [24, 16, 8, 0] as [UInt32] { append(UInt8(truncatingIfNeeded: value >> shift)) }
  }

  private mutating func append<T: FixedWidthInteger>(bytes value: T, _ count: Int) {
    for i in 0..<count { append(UInt8(truncatingIfNeeded: value >> T(8 * i))) }
  }
}
