import Foundation
import TensorFiles

/// A picture of pixels, and the PNG file of it.
public struct PixelImage: Sendable, Equatable {
  public let width: Int
  public let height: Int
  /// Red, green, blue, row by row from the top.
  var bytes: [UInt8]

  /// A picture of one color.
  public init(width: Int, height: Int, color: Color = Color(255, 255, 255)) {
    precondition(width > 0 && height > 0, "a picture has at least one pixel")
    self.width = width
    self.height = height
    bytes = []
    bytes.reserveCapacity(width * height * 3)
    for _ in 0..<width * height { bytes += [color.red, color.green, color.blue] }
  }

  /// A square of `scale` × `scale` pixels per value of a heat map; a map without values gives a picture of one color.
  public init(_ map: HeatMap, scale: Int = 1) {
    self.init(width: max(map.columns, 1) * scale, height: max(map.rows, 1) * scale)
    guard !map.values.isEmpty else { return }
    let colors = map.values.map(map.color)
    for y in 0..<height {
      for x in 0..<width { self[x, y] = colors[y / scale * map.columns + x / scale] }
    }
  }

  /// The color of a pixel; what is outside of the picture is not drawn.
  public subscript(x: Int, y: Int) -> Color {
    get {
      let i = (y * width + x) * 3
      return Color(bytes[i], bytes[i + 1], bytes[i + 2])
    }
    set {
      guard x >= 0, y >= 0, x < width, y < height else { return }
      let i = (y * width + x) * 3
      (bytes[i], bytes[i + 1], bytes[i + 2]) = (newValue.red, newValue.green, newValue.blue)
    }
  }

  /// The file: 8-bit RGB, each row as its difference from the one above, which makes enlarged maps small.
  ///
  /// Source: PNG, second edition (ISO/IEC 15948).
  public func png() -> Data {
    let stride = width * 3
    var filtered: [UInt8] = []
    filtered.reserveCapacity(height * (stride + 1))
    for y in 0..<height {
      filtered.append(2)
      for x in 0..<stride {
        filtered.append(bytes[y * stride + x] &- (y > 0 ? bytes[(y - 1) * stride + x] : 0))
      }
    }
    var header = Data()
    header.append(bigEndian: UInt32(width))
    header.append(bigEndian: UInt32(height))
    header.append(contentsOf: [8, 2, 0, 0, 0])
    var data = Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
    Self.append("IHDR", header, to: &data)
    Self.append("IDAT", Deflate.zlib(filtered), to: &data)
    Self.append("IEND", Data(), to: &data)
    return data
  }

  private static func append(_ type: String, _ content: Data, to data: inout Data) {
    data.append(bigEndian: UInt32(content.count))
    let body = Data(type.utf8) + content
    data.append(body)
    data.append(bigEndian: CyclicCheck.ieee(body))
  }
}

/// Compression of pictures: the fixed Huffman code and runs only (RFC 1951).
enum Deflate {
  /// A zlib stream of the bytes.
  static func zlib(_ bytes: [UInt8]) -> Data {
    var writer = BitWriter()
    writer.write(0b011, 3)  // last block, fixed code
    var position = 0
    while position < bytes.count {
      let run = Self.run(bytes, position)
      if let run {
        writer.writeRun(length: run.length, isPixel: run.distance == 3)
        position += run.length
      } else {
        writer.writeLiteral(Int(bytes[position]))
        position += 1
      }
    }
    writer.writeLiteral(256)
    var data = Data([0x78, 0x01])
    data.append(writer.finish())
    data.append(bigEndian: adler32(bytes))
    return data
  }

  /// How far the bytes repeat what stands one byte, or one pixel, before.
  private static func run(_ bytes: [UInt8], _ start: Int) -> (length: Int, distance: Int)? {
    var best: (length: Int, distance: Int)?
    for distance in [1, 3] where start >= distance {
      var length = 0
      while length < 258, start + length < bytes.count,
        bytes[start + length] == bytes[start + length - distance]
      { length += 1 }
      if length >= 3, length > best?.length ?? 0 { best = (length, distance) }
    }
    return best
  }

  private struct BitWriter {
    private var data = Data()
    private var bits: UInt64 = 0
    private var count = 0

    mutating func write(_ value: Int, _ width: Int) {
      bits |= UInt64(value) << UInt64(count)
      count += width
      while count >= 8 {
        data.append(UInt8(truncatingIfNeeded: bits))
        bits >>= 8
        count -= 8
      }
    }

    /// Codes are written from their highest bit.
    private mutating func writeCode(_ code: Int, _ width: Int) {
      var reversed = 0
      for i in 0..<width where code >> i & 1 == 1 { reversed |= 1 << (width - 1 - i) }
      write(reversed, width)
    }

    mutating func writeLiteral(_ symbol: Int) {
      switch symbol {
      case ..<144: writeCode(0x30 + symbol, 8)
      case ..<256: writeCode(0x190 + symbol - 144, 9)
      case ..<280: writeCode(symbol - 256, 7)
      default: writeCode(0xC0 + symbol - 280, 8)
      }
    }

    mutating func writeRun(length: Int, isPixel: Bool) {
      if length == 258 {
        writeLiteral(285)
      } else {
        let index = Deflate.bases.lastIndex { $0 <= length }!
        writeLiteral(257 + index)
        let extra = index < 8 ? 0 : (index - 4) / 4
        write(length - Deflate.bases[index], extra)
      }
      writeCode(isPixel ? 2 : 0, 5)
    }

    mutating func finish() -> Data {
      if count > 0 { write(0, 8 - count) }
      return data
    }
  }

  /// The shortest run of each length code from 257 to 284.
  private static let bases = [
    3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131,
    163, 195, 227,
  ]
}
