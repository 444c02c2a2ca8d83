import Foundation

/// What a figure is drawn on. Lengths are pixels from the upper left corner.
protocol Canvas {
  init(width: Int, height: Int)
  mutating func fill(x: Int, y: Int, width: Int, height: Int, _ color: Color)
  /// The upper left corner of the text; `isBold` where the medium can.
  mutating func text(_ text: String, x: Int, y: Int, isBold: Bool)
  /// A picture whose pixels are drawn as rectangles of `scaleX` × `scaleY`.
  mutating func image(_ image: PixelImage, x: Int, y: Int, scaleX: Int, scaleY: Int)
  func data() -> Data
}

/// Letters take the same room on both.
enum CanvasText {
  static let width = PixelFont.width
  static let height = PixelFont.height
}

struct PixelCanvas: Canvas {
  private var picture: PixelImage

  init(width: Int, height: Int) { picture = PixelImage(width: width, height: height) }

  mutating func fill(x: Int, y: Int, width: Int, height: Int, _ color: Color) {
    for row in y..<y + height {
      for column in x..<x + width { picture[column, row] = color }
    }
  }

  mutating func text(_ text: String, x: Int, y: Int, isBold: Bool) {
    for (place, character) in text.enumerated() {
      for (column, bits) in PixelFont.columns(character).enumerated() {
        for row in 0..<8 where bits >> UInt8(row) & 1 == 1 {
          let left = x + place * PixelFont.width + column
          picture[left, y + row] = Color(30, 30, 30)
          if isBold { picture[left + 1, y + row] = Color(30, 30, 30) }
        }
      }
    }
  }

  mutating func image(_ image: PixelImage, x: Int, y: Int, scaleX: Int, scaleY: Int) {
    for row in 0..<image.height {
      for column in 0..<image.width {
        fill(
          x: x + column * scaleX, y: y + row * scaleY, width: scaleX, height: scaleY,
          image[column, row])
      }
    }
  }

  func data() -> Data { picture.png() }
}

struct SVGCanvas: Canvas {
  private var text: String

  init(width: Int, height: Int) {
    text = """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(height)" \
      viewBox="0 0 \(width) \(height)" font-family="monospace" font-size="10" fill="#1e1e1e">
      <rect width="\(width)" height="\(height)" fill="#ffffff"/>

      """
  }

  mutating func fill(x: Int, y: Int, width: Int, height: Int, _ color: Color) {
    text +=
      #"<rect x="\#(x)" y="\#(y)" width="\#(width)" height="\#(height)" fill="\#(color.hex)"/>"#
      + "\n"
  }

  mutating func text(_ content: String, x: Int, y: Int, isBold: Bool) {
    let escaped = content.map { character in
      switch character {
      case "&": "&amp;"
      case "<": "&lt;"
      case ">": "&gt;"
      default: String(character)
      }
    }.joined()
    let weight = isBold ? #" font-weight="bold""# : ""
    text +=
      #"<text x="\#(x)" y="\#(y + CanvasText.height - 1)"\#(weight)>\#(escaped)</text>"# + "\n"
  }

  mutating func image(_ image: PixelImage, x: Int, y: Int, scaleX: Int, scaleY: Int) {
    text += """
      <image x="\(x)" y="\(y)" width="\(image.width * scaleX)" height="\(image.height * scaleY)" \
      preserveAspectRatio="none" image-rendering="pixelated" \
      href="data:image/png;base64,\(image.png().base64EncodedString())"/>

      """
  }

  func data() -> Data { Data((text + "</svg>\n").utf8) }
}
