import Foundation

/// Curves on logarithmic axes, drawn as SVG for light and dark pages.
struct Chart {
  /// One pair of axes.
  struct Panel {
    let title: String
    let x: String
    let y: String
    /// Where the horizontal axis has marks; the first and the last are its ends.
    let ticks: [Int]
    /// The points of each curve, in the order of the chart's names; all above 0.
    let curves: [[(x: Double, y: Double)]]
  }

  let names: [String]
  let panels: [Panel]

  private static let width = 440.0
  private static let height = 300.0
  private static let head = 36.0

  /// 1024 as 2¹⁰, other numbers as they are.
  static func power(_ value: Int) -> String {
    guard value >= 64, value & (value - 1) == 0 else { return "\(value)" }
    return "2" + superscript(value.trailingZeroBitCount)
  }

  private static func superscript(_ number: Int) -> String {
    let digits = Array("⁰¹²³⁴⁵⁶⁷⁸⁹")
    return String("\(abs(number))".map { digits[$0.wholeNumberValue!] })
  }

  var svg: String {
    let rows = (panels.count + 1) / 2
    let (width, height) = (2 * Chart.width, Chart.head + Double(rows) * Chart.height)
    var lines = [
      """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(text(width)) \(text(height))" font-family="sans-serif" font-size="12" role="img" aria-label="Cost of a step of \(names.joined(separator: ", "))">
      <style>
      text { fill: #24292f } .grid { stroke: #8888; stroke-width: .5 } .curve { fill: none; stroke-width: 2 }
      .c0 { stroke: #c2410c } .c1 { stroke: #2563eb } .c2 { stroke: #0f8a5f }
      .m0 { fill: #c2410c } .m1 { fill: #2563eb } .m2 { fill: #0f8a5f }
      @media (prefers-color-scheme: dark) {
      text { fill: #e6edf3 } .c0 { stroke: #fb923c } .c1 { stroke: #7cb0ff } .c2 { stroke: #4ade80 }
      .m0 { fill: #fb923c } .m1 { fill: #7cb0ff } .m2 { fill: #4ade80 }
      }
      </style>
      """
    ]
    for (index, name) in names.enumerated() {
      let x = 70 + Double(index) * 90
      lines.append("<path class=\"curve c\(index)\" d=\"M\(text(x)) 18h28\"/>")
      lines.append(marker(index, x + 14, 18))
      lines.append("<text x=\"\(text(x + 36))\" y=\"22\">\(name)</text>")
    }
    for (index, panel) in panels.enumerated() {
      let x = Double(index % 2) * Chart.width
      let y = Chart.head + Double(index / 2) * Chart.height
      lines.append("<g transform=\"translate(\(text(x)) \(text(y)))\">")
      lines += draw(panel)
      lines.append("</g>")
    }
    lines.append("</svg>\n")
    return lines.joined(separator: "\n")
  }

  private func draw(_ panel: Panel) -> [String] {
    let (left, right, top, bottom) = (70.0, Chart.width - 20, 28.0, Chart.height - 46)
    let values = panel.curves.joined().map { log10($0.y) }
    let low = (values.min() ?? 0).rounded(.down)
    let high = max((values.max() ?? 1).rounded(.up), low + 1)
    let (start, end) = (log2(Double(panel.ticks[0])), log2(Double(panel.ticks.last!)))
    func across(_ x: Double) -> Double { left + (log2(x) - start) / (end - start) * (right - left) }
    func up(_ y: Double) -> Double { bottom - (log10(y) - low) / (high - low) * (bottom - top) }

    var lines = [label(panel.title, (left + right) / 2, 16, "middle", weight: "bold")]
    for tick in panel.ticks {
      let x = across(Double(tick))
      lines.append("<path class=\"grid\" d=\"M\(text(x)) \(text(top))V\(text(bottom))\"/>")
      lines.append(label(Chart.power(tick), x, bottom + 17, "middle"))
    }
    for exponent in Int(low)...Int(high) {
      let value = pow(10, Double(exponent))
      lines.append("<path class=\"grid\" d=\"M\(text(left)) \(text(up(value)))H\(text(right))\"/>")
      let number =
        value < 1 ? "\(value)" : value < 1e6 ? "\(Int(value))" : "10" + Chart.superscript(exponent)
      lines.append(label(number, left - 6, up(value) + 4, "end"))
    }
    lines.append(label(panel.x, (left + right) / 2, bottom + 36, "middle"))
    let middle = (top + bottom) / 2
    lines.append(
      "<text text-anchor=\"middle\" transform=\"translate(16 \(text(middle))) rotate(-90)\">\(panel.y)</text>"
    )
    for (index, curve) in panel.curves.enumerated() where !curve.isEmpty {
      let points = curve.map { (across($0.x), up($0.y)) }
      let path = points.map { "\(text($0.0)) \(text($0.1))" }.joined(separator: "L")
      lines.append("<path class=\"curve c\(index)\" d=\"M\(path)\"/>")
      lines += points.map { marker(index, $0.0, $0.1) }
    }
    return lines
  }

  /// A mark of its own for each curve, so that they can be told apart without colours.
  private func marker(_ index: Int, _ x: Double, _ y: Double) -> String {
    switch index {
    case 0: "<circle class=\"m0\" cx=\"\(text(x))\" cy=\"\(text(y))\" r=\"3.5\"/>"
    case 1: "<path class=\"m1\" d=\"M\(text(x - 3)) \(text(y - 3))h6v6h-6z\"/>"
    default: "<path class=\"m2\" d=\"M\(text(x)) \(text(y - 4.5))l4 7.5h-8z\"/>"
    }
  }

  private func label(
    _ words: String, _ x: Double, _ y: Double, _ anchor: String, weight: String = "normal"
  ) -> String {
    "<text x=\"\(text(x))\" y=\"\(text(y))\" text-anchor=\"\(anchor)\" font-weight=\"\(weight)\">\(words)</text>"
  }

  private func text(_ value: Double) -> String {
    String(format: "%.6g", (value * 10).rounded() / 10)
  }
}
