import Foundation
import ZlibShim

/// Compression by zlib, in one call per buffer.
package enum Zlib {
  /// What is around the compressed bytes.
  package enum Format: Sendable, CaseIterable {
    /// Nothing, as in ZIP archives (RFC 1951).
    case raw
    /// A header and a check, as in PNG pictures (RFC 1950).
    case zlib

    fileprivate var code: zlib_shim_format { self == .raw ? zlib_shim_raw : zlib_shim_zlib }
  }

  /// The most bytes that one compressed byte can stand for (RFC 1951: 258 bytes in two bits).
  package static let greatestRatio = 1032

  /// Compresses bytes. Equal bytes give equal results, as long as the library stays the same.
  ///
  /// - Complexity: O(`data.count`); memory for as many bytes again.
  package static func compress(_ data: Data, _ format: Format) -> Data {
    var result = Data(count: zlib_shim_bound(data.count))
    let count = result.withUnsafeMutableBytes { result in
      data.withUnsafeBytes { data in
        zlib_shim_compress(
          format.code, data.baseAddress?.assumingMemoryBound(to: UInt8.self), data.count,
          result.baseAddress?.assumingMemoryBound(to: UInt8.self), result.count)
      }
    }
    // The room suffices for any bytes, so only memory can be lacking.
    guard count > 0 else { fatalError("zlib has no memory to compress \(data.count) bytes") }
    result.removeSubrange(count...)
    return result
  }

  /// Decompresses bytes that are said to become `size` bytes.
  ///
  /// - Complexity: O(`size`). No memory is taken for a size that so few bytes cannot become.
  /// - Throws: `ZlibError` if they become more or fewer bytes, or are not such a stream from the
  ///   first to the last.
  package static func decompress(
    _ data: Data, size: Int, _ format: Format
  ) throws(ZlibError) -> Data {
    guard size >= 0, size / greatestRatio <= data.count else {
      throw .impossibleSize(size, compressed: data.count)
    }
    var result = Data(count: size)
    var used = 0
    let count = result.withUnsafeMutableBytes { result in
      data.withUnsafeBytes { data in
        zlib_shim_decompress(
          format.code, data.baseAddress?.assumingMemoryBound(to: UInt8.self), data.count,
          result.baseAddress?.assumingMemoryBound(to: UInt8.self), result.count, &used)
      }
    }
    switch zlib_shim_problem(Int32(clamping: count)) {
    case zlib_shim_damaged: throw .damaged
    case zlib_shim_truncated: throw .truncated
    case zlib_shim_too_long: throw .tooLong(expected: size)
    case zlib_shim_no_memory: throw .noMemory
    default: break
    }
    guard count == size else { throw .tooShort(expected: size, found: count) }
    guard used == data.count else { throw .surplus(data.count - used) }
    return result
  }

  /// The check of ZIP and PNG files (CRC-32).
  package static func check(_ data: Data) -> UInt32 {
    data.withUnsafeBytes {
      zlib_shim_crc32($0.baseAddress?.assumingMemoryBound(to: UInt8.self), $0.count)
    }
  }
}
