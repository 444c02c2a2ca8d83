import Foundation

/// Writes floats so that they line up, by NumPy's rules: the fewest digits that tell a number from
/// its neighbours, at most eight after the point, all with or all without an exponent.
struct NumberFormat {
  private let usesExponent: Bool
  /// The width before the point, the minus sign included.
  private let left: Int
  /// The width after the point, without the exponent.
  private let right: Int

  /// Chooses the format for a set of numbers to be printed together.
  init(_ values: [Float]) {
    let finite = values.filter(\.isFinite)
    let magnitudes = finite.lazy.filter { $0 != 0 }.map { abs($0) }
    let largest = magnitudes.max() ?? 1
    let smallest = magnitudes.min() ?? 1
    // A float has six digits, so larger ones would end in digits that mean nothing.
    let usesExponent = largest >= 1e6 || smallest < 1e-4 || largest / smallest > 1000
    var left = 0
    var right = 0
    for value in finite {
      if usesExponent {
        left = max(left, value.sign == .minus ? 2 : 1)
        right = max(right, Self.shortestDigits(abs(value)).digits.count - 1)
      } else {
        let (whole, fraction) = Self.fixed(value)
        left = max(left, whole.count)
        right = max(right, fraction.count)
      }
    }
    self.usesExponent = usesExponent
    self.right = right
    let tail = right + (usesExponent ? 5 : 1)
    self.left = values.reduce(left) { $1.isFinite ? $0 : max($0, Self.word($1).count - tail) }
  }

  /// The number, padded with spaces to the width all have in common.
  func string(_ value: Float) -> String {
    let tail = right + (usesExponent ? 5 : 1)  // the point and "e+12"
    if !value.isFinite { return Self.padded(Self.word(value), to: left + tail) }
    if usesExponent {
      var text = String(format: "%.\(right)e", Double(value))
      if right == 0 { text.insert(".", at: text.firstIndex(of: "e") ?? text.endIndex) }
      return Self.padded(text, to: left + tail)
    }
    let (whole, fraction) = Self.fixed(value)
    let gap = String(repeating: " ", count: right - fraction.count)
    return Self.padded(whole, to: left) + "." + fraction + gap
  }

  /// The digits before the point, with the sign, and after it, at most eight.
  private static func fixed(_ value: Float) -> (whole: String, fraction: String) {
    let sign = value.sign == .minus ? "-" : ""
    let (digits, point) = shortestDigits(abs(value))
    if digits.count - point > 8 {  // the exact value to eight places, then without final zeros
      let text = String(format: "%.8f", Double(abs(value)))
      var fraction = text.suffix(8)
      while fraction.last == "0" { fraction.removeLast() }
      return (sign + text.dropLast(9), String(fraction))
    }
    let whole = point > 0 ? digits.padding(toLength: point, withPad: "0", startingAt: 0) : "0"
    let zeros = String(repeating: "0", count: max(-point, 0))
    return (sign + whole, zeros + digits.dropFirst(max(point, 0)))
  }

  /// The fewest digits d1 d2 ... such that 0.d1d2... · 10^point is this float and no other.
  private static func shortestDigits(_ magnitude: Float) -> (digits: String, point: Int) {
    if magnitude == 0 { return ("0", 1) }
    // Swift prints exactly these digits, with a point and perhaps an exponent among them.
    let halves = magnitude.description.split(separator: "e")
    let mantissa = halves[0].split(separator: ".")
    let fraction = mantissa.count > 1 && mantissa[1] != "0" ? mantissa[1] : ""
    var digits = mantissa[0] + fraction
    var point = mantissa[0].count + (halves.count > 1 ? Int(halves[1]) ?? 0 : 0)
    while digits.first == "0" {
      digits.removeFirst()
      point -= 1
    }
    while digits.last == "0" { digits.removeLast() }
    return (String(digits), point)
  }

  private static func word(_ value: Float) -> String {
    value.isNaN ? "nan" : value < 0 ? "-inf" : "inf"
  }

  private static func padded(_ text: String, to width: Int) -> String {
    String(repeating: " ", count: max(width - text.count, 0)) + text
  }
}
