import Foundation

/// The check of TensorBoard's records: CRC-32C (Castagnoli), masked as TFRecord files have it.
///
/// Source: tensorflow/core/lib/hash/crc32c.h. zlib computes another polynomial only.
enum MaskedCheck {
  /// The check of some bytes before it is masked.
  static func castagnoli(_ data: Data) -> UInt32 {
    data.withUnsafeBytes { bytes in
      table.withUnsafeBufferPointer { table in
        var rest = UInt32.max
        for byte in bytes { rest = table[Int((rest ^ UInt32(byte)) & 0xFF)] ^ rest >> 8 }
        return ~rest
      }
    }
  }

  /// The masked check of some bytes.
  static func of(_ data: Data) -> UInt32 {
    let check = castagnoli(data)
    return (check >> 15 | check << 17) &+ 0xA282_EAD8
  }

  /// The remainder of every byte by the reflected polynomial.
  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { rest, _ in
      rest & 1 == 1 ? rest >> 1 ^ 0x82F6_3B78 : rest >> 1
    }
  }
}
