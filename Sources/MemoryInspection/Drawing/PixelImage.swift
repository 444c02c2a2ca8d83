import Foundation
import TensorFiles

/// A picture of pixels, and the PNG file of it.
public struct PixelImage: Sendable, Equatable {
  /// Pixels of a row.
  public let width: Int
  /// Number of rows.
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

  /// A square of `scale` × `scale` pixels per value of a heat map; a map without values gives a
  /// picture of one color.
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

  /// The file: 8-bit RGB, each row as its difference from the one above, which makes enlarged maps
  /// small.
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
    Self.append("IDAT", Zlib.compress(Data(filtered), .zlib), to: &data)
    Self.append("IEND", Data(), to: &data)
    return data
  }

  private static func append(_ type: String, _ content: Data, to data: inout Data) {
    data.append(bigEndian: UInt32(content.count))
    let body = Data(type.utf8) + content
    data.append(body)
    data.append(bigEndian: Zlib.check(body))
  }
}
