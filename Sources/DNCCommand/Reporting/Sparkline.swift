/// A row of bars, one character per column.
enum Sparkline {
  private static let bars: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

  /// Draws the newest values that fit, or averages of neighbours if `values` has more than `width`.
  ///
  /// The lowest bar stands for 0 or the smallest value, whichever is less, the highest for the
  /// largest. Values that are not finite are left out.
  static func draw(_ values: [Double], width: Int) -> String {
    let values = values.filter(\.isFinite)
    guard width > 0, !values.isEmpty else { return "" }
    let columns = min(width, values.count)
    let heights = (0..<columns).map { column in
      let range = (column * values.count / columns)..<((column + 1) * values.count / columns)
      return values[range].reduce(0) { $0 + $1 / Double(range.count) }
    }
    let low = min(0, heights.min()!)
    let high = heights.max()!
    guard high > low else { return String(repeating: bars[0], count: columns) }
    return String(
      heights.map { height in
        bars[min(bars.count - 1, Int((height - low) / (high - low) * Double(bars.count)))]
      })
  }
}
