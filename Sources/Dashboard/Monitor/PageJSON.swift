import Foundation
import MemoryInspection
import MemoryTraining
import TensorFiles

/// The forms in which the page gets what it shows.
enum PageJSON {
  static func metrics(_ points: [MetricsPoint]) -> Data {
    func list(_ value: (MetricsPoint) -> Float) -> String {
      "[" + points.map { number(value($0)) }.joined(separator: ",") + "]"
    }
    return Data(
      """
      {"iteration":[\(points.map { "\($0.iteration)" }.joined(separator: ","))],\
      "loss":\(list(\.loss)),"error_rate":\(list(\.errorRate)),\
      "gradient_norm":\(list(\.gradientNorm))}
      """.utf8)
  }

  /// An example with the maps of everything that has a course.
  static func example(_ example: ExampleSnapshot, id: Int, isLogit: Bool) -> Data {
    let memory = example.memory.flatMap { $0.rows > 0 ? $0 : nil }
    let shape =
      memory.map {
        """
        {"rows":\($0.rows),"layers":\($0.layers),"cells":\($0.cells),\
        "all_cells":\($0.allCells ?? $0.cells),"heads":\($0.readHeads),"sparse":\($0.isSparse),\
        "courses":[\($0.courses.map(map).joined(separator: ","))]}
        """
      } ?? "null"
    return Data(
      """
      {"id":\(id),"iteration":\(example.iteration.map(String.init) ?? "null"),\
      "length":\(example.length),"description":\(text(example.description)),\
      "example":[\(example.maps(isLogit: isLogit).map(map).joined(separator: ","))],\
      "memory":\(shape)}
      """.utf8)
  }

  /// What a memory holds after one access.
  static func access(_ memory: MemorySnapshot, _ row: Int, id: Int) -> Data {
    let links = memory.links(after: row).map(map) ?? "null"
    let positions = memory.positions(after: row).map(String.init).joined(separator: ",")
    return Data(
      """
      {"id":\(id),"row":\(row),"place":\(text(memory.place(row))),\
      "contents":\(map(memory.contents(after: row))),"links":\(links),"positions":[\(positions)]}
      """.utf8)
  }

  /// A heat map; its values are 32-bit floats, little-endian, in base64: exactly those of the
  /// trace.
  static func map(_ map: HeatMap) -> String {
    let names = map.rowNames.map { "[" + $0.map(text).joined(separator: ",") + "]" } ?? "null"
    return """
      {"key":\(text(map.key)),"title":\(text(map.title)),"rows":\(map.rows),\
      "columns":\(map.columns),"row_title":\(text(map.rowTitle)),\
      "column_title":\(text(map.columnTitle)),"low":\(number(map.range.lowerBound)),\
      "high":\(number(map.range.upperBound)),"scale":\(text(map.scale.rawValue)),\
      "row_names":\(names),"values":"\(base64(map.values))"}
      """
  }

  private static func base64(_ values: [Float]) -> String {
    values.map(\.bitPattern.littleEndian).withUnsafeBytes { Data($0) }.base64EncodedString()
  }

  /// JSON has no values that are not finite.
  static func number(_ value: Float) -> String { value.isFinite ? "\(value)" : "null" }

  static func text(_ value: String) -> String { value.quotedForJSON }
}
