/// A table of numbers to be shown as colors, with all that a reader must be told: what the axes
/// are, and which colors mean which numbers.
public struct HeatMap: Sendable, Equatable {
  /// A short name without spaces, such as `write_weights`.
  public var key: String
  /// What is shown.
  public var title: String
  /// From top to bottom.
  public var rowTitle: String
  /// From left to right.
  public var columnTitle: String
  /// Number of rows.
  public var rows: Int
  /// Number of columns.
  public var columns: Int
  /// Row by row.
  public var values: [Float]
  /// The numbers at the ends of the color scale. Fixed by what is shown, not by the values,
  /// wherever what is shown has bounds.
  public var range: ClosedRange<Float>
  /// Which colors mean which values.
  public var scale: ColorScale
  /// Names of the rows, where they are not numbered from 0.
  public var rowNames: [String]?
  /// In a map that was reduced: rows of the original that one stands for, by which the numbers on
  /// the axis are multiplied.
  public private(set) var rowStep = 1
  /// The same for the columns.
  public private(set) var columnStep = 1

  /// A heat map of `rows` × `columns` values, row by row.
  ///
  /// - Precondition: there are as many values, and a name for every row or none.
  public init(
    key: String, title: String, rowTitle: String, columnTitle: String, rows: Int, columns: Int,
    values: [Float], range: ClosedRange<Float>, scale: ColorScale, rowNames: [String]? = nil
  ) {
    precondition(values.count == rows * columns, "\(rows) × \(columns) values are needed")
    precondition(rowNames == nil || rowNames?.count == rows, "every row has a name, or none")
    self.key = key
    self.title = title
    self.rowTitle = rowTitle
    self.columnTitle = columnTitle
    self.rows = rows
    self.columns = columns
    self.values = values
    self.range = range
    self.scale = scale
    self.rowNames = rowNames
  }

  /// The color of a value.
  public func color(_ value: Float) -> Color { scale.color(position(value)) }

  /// Where a value stands on the color scale, from 0 to 1; NaN for what is not finite.
  public func position(_ value: Float) -> Float {
    guard value.isFinite else { return .nan }
    return (value - range.lowerBound) / (range.upperBound - range.lowerBound)
  }

  /// The map with at most so many rows and columns: neighbors are merged, and of merged values the
  /// one that stands out most is kept (the largest, on a diverging scale the one farthest from the
  /// middle).
  public func reduced(rows maximumRows: Int, columns maximumColumns: Int) -> HeatMap {
    let rowStep = (max(rows, 1) + maximumRows - 1) / maximumRows
    let columnStep = (max(columns, 1) + maximumColumns - 1) / maximumColumns
    guard rowStep > 1 || columnStep > 1 else { return self }
    var map = self
    map.rows = (rows + rowStep - 1) / rowStep
    map.columns = (columns + columnStep - 1) / columnStep
    (map.rowStep, map.columnStep) = (self.rowStep * rowStep, self.columnStep * columnStep)
    map.values = []
    for row in stride(from: 0, to: rows, by: rowStep) {
      for column in stride(from: 0, to: columns, by: columnStep) {
        var best = values[row * columns + column]
        for y in row..<min(row + rowStep, rows) {
          for x in column..<min(column + columnStep, columns) {
            let value = values[y * columns + x]
            if weight(value) > weight(best) { best = value }
          }
        }
        map.values.append(best)
      }
    }
    map.rowNames = rowNames.map { names in
      stride(from: 0, to: rows, by: rowStep).map { names[$0] }
    }
    if rowStep > 1 { map.rowTitle += " (\(rowStep) in one)" }
    if columnStep > 1 { map.columnTitle += " (\(columnStep) in one)" }
    return map
  }

  private func weight(_ value: Float) -> Float {
    guard value.isFinite else { return .infinity }
    return scale == .diverging ? abs(position(value) - 0.5) : value
  }

  /// The smallest of 1, 2, 5, 10, 20, … (and 0.5, 0.2, 0.1, …) that is not below a value: bounds
  /// that stay put while values move a little.
  public static func bound(for value: Float) -> Float {
    guard value.isFinite, value > 1e-30 else { return 1 }
    var unit: Float = 1
    while unit > value { unit /= 10 }
    while unit * 10 <= value { unit *= 10 }
    return [1, 2, 5, 10].map { $0 * unit }.first { $0 >= value * 0.99999 } ?? 10 * unit
  }
}
