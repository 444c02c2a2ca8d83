import Foundation
import MemoryInspection
import NeuralMemory

/// Messages as Visdom's own client sends them: a window by its name, which is replaced each time,
/// and what Plotly draws in it.
enum VisdomMessages {
  /// Rows and columns at most; larger tables are reduced.
  static let limit = 512

  /// A heat map with the package's orientation: rows from bottom to top.
  static func heatMap(_ map: HeatMap, window: String, title: String) -> Data {
    let map = map.reduced(rows: limit, columns: limit)
    let rows = (0..<map.rows).map { row in
      let cells = map.values[row * map.columns..<(row + 1) * map.columns]
      return "[" + cells.map(PageJSON.number).joined(separator: ",") + "]"
    }
    let names =
      map.rowNames.map { ",\"y\":[\($0.map(PageJSON.text).joined(separator: ","))]" }
      ?? ",\"y0\":0,\"dy\":\(map.rowStep)"
    let data = """
      [{"type":"heatmap","z":[\(rows.joined(separator: ","))],\
      "zmin":\(PageJSON.number(map.range.lowerBound)),\
      "zmax":\(PageJSON.number(map.range.upperBound)),\
      "colorscale":"Viridis","x0":0,"dx":\(map.columnStep)\(names)}]
      """
    return message(
      window, title, data, horizontal: map.columnTitle, vertical: map.rowTitle)
  }

  /// A curve over the iterations.
  static func curve(
    _ points: [(iteration: Int, value: Float)], window: String, title: String
  ) -> Data {
    let data = """
      [{"type":"scatter","mode":"lines","name":\(PageJSON.text(title)),\
      "x":[\(points.map { "\($0.iteration)" }.joined(separator: ","))],\
      "y":[\(points.map { PageJSON.number($0.value) }.joined(separator: ","))]}]
      """
    return message(window, title, data, horizontal: "iteration", vertical: title)
  }

  private static func message(
    _ window: String, _ title: String, _ data: String, horizontal: String, vertical: String
  ) -> Data {
    Data(
      """
      {"data":\(data),"win":\(PageJSON.text("dnc_\(window)")),"eid":"main",\
      "layout":{"title":\(PageJSON.text(title)),\
      "xaxis":{"title":\(PageJSON.text(horizontal))},\
      "yaxis":{"title":\(PageJSON.text(vertical))},\
      "margin":{"l":60,"r":60,"t":60,"b":60}},\
      "opts":{"title":\(PageJSON.text(title))}}
      """.utf8)
  }
}

extension MemorySnapshot {
  /// The heat maps of the Python package's copy task: the tables as they are, rows are accesses;
  /// the link matrix that of the last access.
  func packageMaps(after title: String) -> [(window: String, title: String, map: HeatMap)] {
    let known: [(key: String, name: String, columns: String)] = [
      ("memory", "Memory", "mem_slot * mem_size"), ("precedence", "Precedence", "mem_slot"),
      ("read_weights", "Read Weights", "nr_read_heads * mem_slot"),
      ("write_weights", "Write Weights", "mem_slot"),
      ("usage_vector", "Usage Vector", "mem_slot"), ("usage", "Usage Vector", "mem_slot"),
      ("read_positions", "Read Positions", "cells seen"),
    ]
    var maps = known.compactMap { key, name, columns in
      tables[key].map { table in
        (
          window: key, title: "\(name)\(title)",
          map: HeatMap(
            key: key, title: name, rowTitle: "layer * time", columnTitle: columns,
            rows: table.shape[0], columns: table.shape[1], values: table.values,
            range: Self.range(key, table), scale: .sequential)
        )
      }
    }
    if rows > 0, let links = links(after: rows - 1) {
      maps.insert((window: "link_matrix", title: "Link Matrix\(title)", map: links), at: 1)
    }
    return maps
  }

  private static func range(_ key: String, _ table: Tensor) -> ClosedRange<Float> {
    let isWeight = !["memory", "usage", "read_positions"].contains(key)
    if isWeight { return 0...1 }
    let finite = table.values.filter(\.isFinite)
    let (low, high) = (finite.min() ?? 0, finite.max() ?? 1)
    return low...max(high, low + 1e-6)
  }
}
