import Foundation

/// How a terminal shows colors.
public enum TerminalColors: Sendable, Equatable {
  /// None: characters from light to dark.
  case none
  /// The 256 colors of xterm.
  case palette
  /// 24 bits.
  case full

  /// What a terminal that announces itself by these variables can show.
  ///
  /// - Parameters:
  ///   - isTerminal: whether the output is one at all.
  ///   - environment: `NO_COLOR`, `TERM` and `COLORTERM` count.
  public static func supported(
    isTerminal: Bool, environment: [String: String] = ProcessInfo.processInfo.environment
  ) -> TerminalColors {
    // https://no-color.org: any value but the empty one
    guard isTerminal, environment["NO_COLOR", default: ""].isEmpty,
      environment["TERM"] != "dumb"
    else { return .none }
    let announced = environment["COLORTERM", default: ""]
    return announced.contains("truecolor") || announced.contains("24bit") ? .full : .palette
  }

  /// The escape sequence's parameters that choose a color; `base` is 38 for the foreground, 48 for
  /// the background.
  func parameters(_ base: Int, _ color: Color) -> String {
    guard self == .palette else { return "\(base);2;\(color.red);\(color.green);\(color.blue)" }
    func level(_ value: UInt8) -> Int {
      // the cube's levels are 0, 95, 135, 175, 215, 255
      value < 48 ? 0 : value < 115 ? 1 : (Int(value) - 35) / 40
    }
    return "\(base);5;\(16 + 36 * level(color.red) + 6 * level(color.green) + level(color.blue))"
  }
}

extension HeatMap {
  private static let shades = Array(" .:-=+*#%@")

  /// The map in lines of text: title, rows, color scale.
  ///
  /// - Parameters:
  ///   - width: columns of the terminal; wider maps are reduced.
  ///   - maximumRows: more rows are reduced.
  ///   - colors: with colors, two rows of the map share a line (half blocks).
  public func text(width: Int, maximumRows: Int = 64, colors: TerminalColors) -> String {
    let margin = max(rowNames?.map(\.count).max() ?? 0, String(max(rows - 1, 0)).count)
    let room = max(8, width - margin - 2)
    let map = reduced(rows: maximumRows, columns: room)
    let repeats = max(1, min(2, room / max(map.columns, 1)))
    var lines = [title]
    if map.rows == 0 || map.columns == 0 {
      return "\(title)\n  nothing to show: the sequence or the memory is empty"
    }
    let height = colors == .none || rowNames != nil ? 1 : 2
    for row in stride(from: 0, to: map.rows, by: height) {
      let isLabeled = rowNames != nil || row % (colors == .none ? 4 : 8) == 0
      let name = map.rowNames?[row] ?? (isLabeled ? String(row * map.rowStep) : "")
      let label = String(repeating: " ", count: margin - name.count) + name + " "
      lines.append(label + map.line(row, height: height, repeats: repeats, colors))
    }
    let last = String(columns - 1)
    let drawn = map.columns * repeats
    let gap = max(1, drawn - 1 - last.count)
    let axis =
      drawn > last.count + 1 ? "0" + String(repeating: " ", count: gap) + last : "0"
    lines.append(String(repeating: " ", count: margin + 1) + axis)
    lines.append(
      String(repeating: " ", count: margin + 1) + map.legend(colors)
        + "   ↓ \(map.rowTitle)  → \(map.columnTitle)")
    return lines.joined(separator: "\n")
  }

  private func line(_ row: Int, height: Int, repeats: Int, _ colors: TerminalColors) -> String {
    var text = ""
    var current = ""
    for column in 0..<columns {
      let upper = values[row * columns + column]
      guard colors != .none else {
        text += String(repeating: shade(upper), count: repeats)
        continue
      }
      let isPair = height == 2 && row + 1 < rows
      let style =
        isPair
        ? colors.parameters(38, color(upper)) + ";"
          + colors.parameters(48, color(values[(row + 1) * columns + column]))
        : colors.parameters(38, color(upper)) + ";49"
      if style != current {
        text += "\u{1B}[\(style)m"
        current = style
      }
      let block = height == 1 ? "█" : "▀"
      text += String(repeating: block, count: repeats)
    }
    return colors == .none ? text : text + "\u{1B}[0m"
  }

  private func shade(_ value: Float) -> Character {
    guard value.isFinite else { return "?" }
    let t = min(max(position(value), 0), 1)
    return Self.shades[min(Int(t * Float(Self.shades.count)), Self.shades.count - 1)]
  }

  /// The ends of the scale with the colors between them.
  private func legend(_ colors: TerminalColors) -> String {
    let ends = [range.lowerBound, range.upperBound].map(numberText)
    let bar: String
    if colors == .none {
      bar = String(Self.shades)
    } else {
      bar =
        (0..<10).map {
          "\u{1B}[\(colors.parameters(38, scale.color((Float($0) + 0.5) / 10)))m█"
        }.joined() + "\u{1B}[0m"
    }
    return "\(ends[0]) \(bar) \(ends[1])"
  }
}

/// A number in at most four digits.
func numberText(_ value: Float) -> String {
  guard value.isFinite else { return value.isNaN ? "NaN" : value < 0 ? "−∞" : "∞" }
  return String(format: "%.4g", Double(value))
}
