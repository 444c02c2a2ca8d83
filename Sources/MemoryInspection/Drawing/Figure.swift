import Foundation

/// Heat maps on one sheet, each with its title, axes and labelled color scale.
public struct Figure: Sendable {
  /// At the top of the sheet.
  public var title: String
  /// From top to bottom.
  public var maps: [HeatMap]

  /// A sheet of heat maps, from top to bottom.
  public init(title: String, maps: [HeatMap]) {
    self.title = title
    self.maps = maps
  }

  /// The file formats of pictures.
  public enum Format: String, Sendable, CaseIterable {
    /// Scalable vector graphics, as text.
    case svg
    /// Pixels, compressed without loss.
    case png
  }

  /// The file of the sheet.
  ///
  /// - Complexity: O(number of pixels).
  public func data(_ format: Format) -> Data {
    switch format {
    case .svg: draw(SVGCanvas.self)
    case .png: draw(PixelCanvas.self)
    }
  }

  private func draw<Sheet: Canvas>(_ type: Sheet.Type) -> Data {
    let panels = maps.map { Panel($0) }
    let titleWidth = title.count * (CanvasText.width + 1) + 20
    let width = max(panels.map(\.width).max() ?? 0, titleWidth)
    var sheet = Sheet(width: width, height: 30 + panels.map(\.height).reduce(0, +))
    sheet.text(title, x: 10, y: 10, isBold: true)
    var y = 30
    for panel in panels {
      panel.draw(on: &sheet, y: y)
      y += panel.height
    }
    return sheet.data()
  }
}

/// One heat map on a sheet.
private struct Panel {
  let map: HeatMap
  let scaleX: Int
  let scaleY: Int
  let margin: Int

  private static let barWidth = 12
  private static let tallest = 480
  private static let widest = 960

  init(_ map: HeatMap) {
    self.map = map.reduced(rows: Panel.tallest, columns: Panel.widest)
    let (columns, rows) = (max(self.map.columns, 1), max(self.map.rows, 1))
    let down = max(1, min(12, 240 / rows))
    scaleY = down
    // what has the same cells on both axes is square
    scaleX = columns == rows ? down : max(1, min(12, 480 / columns))
    let names = map.rowNames?.map(\.count).max() ?? String(max(map.rows - 1, 0)).count
    margin = 10 + CanvasText.width * (names + 1)
  }

  private var mapWidth: Int { max(map.columns, 1) * scaleX }
  private var mapHeight: Int { max(map.rows, 1) * scaleY }
  private var barHeight: Int { max(mapHeight, 60) }
  private var axisTitle: String { "right: \(map.columnTitle); down: \(map.rowTitle)" }

  var width: Int {
    let texts = max(map.title.count, axisTitle.count) * (CanvasText.width + 1) + 20
    return max(margin + mapWidth + 16 + Panel.barWidth + 10 * CanvasText.width, texts)
  }
  var height: Int { 16 + barHeight + 2 * (CanvasText.height + 4) + 16 }

  func draw(on sheet: inout some Canvas, y top: Int) {
    sheet.text(map.title, x: 10, y: top, isBold: true)
    let y = top + 16
    sheet.fill(
      x: margin - 1, y: y - 1, width: mapWidth + 2, height: mapHeight + 2, Color(150, 150, 150))
    sheet.image(PixelImage(map), x: margin, y: y, scaleX: scaleX, scaleY: scaleY)

    // labels at least a line apart
    let every = max(1, (CanvasText.height + scaleY) / scaleY)
    for row in stride(from: 0, to: map.rows, by: map.rowNames == nil ? Panel.round(every) : every) {
      let name = map.rowNames?[row] ?? "\(row * map.rowStep)"
      let x = margin - 4 - name.count * CanvasText.width
      sheet.text(name, x: x, y: y + row * scaleY + (scaleY - 7) / 2, isBold: false)
    }
    let below = y + mapHeight + 4
    let label = (String(map.columns * map.columnStep).count + 1) * CanvasText.width
    for column in stride(from: 0, to: map.columns, by: Panel.round(max(1, label / scaleX + 1))) {
      let name = "\(column * map.columnStep)"
      sheet.text(name, x: margin + column * scaleX, y: below, isBold: false)
    }
    sheet.text(
      axisTitle, x: 10, y: max(below, y + barHeight) + CanvasText.height + 3, isBold: false)

    let bar = margin + mapWidth + 16
    for row in 0..<barHeight {
      let position = 1 - Float(row) / Float(max(barHeight - 1, 1))
      sheet.fill(x: bar, y: y + row, width: Panel.barWidth, height: 1, map.scale.color(position))
    }
    let middle = (map.range.lowerBound + map.range.upperBound) / 2
    for (value, place) in [
      (map.range.upperBound, 0), (middle, barHeight / 2 - 4), (map.range.lowerBound, barHeight - 8),
    ] {
      sheet.text(numberText(value), x: bar + Panel.barWidth + 4, y: y + place, isBold: false)
    }
  }

  /// The next of 1, 2, 5, 10, 20, … from a number on.
  private static func round(_ step: Int) -> Int { Int(HeatMap.bound(for: Float(step))) }
}
