/// A color of 8 bits per channel.
public struct Color: Sendable, Equatable {
  /// From 0 to 255.
  public var red: UInt8
  /// From 0 to 255.
  public var green: UInt8
  /// From 0 to 255.
  public var blue: UInt8

  /// A color by its components, each from 0 to 255.
  public init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
    (self.red, self.green, self.blue) = (red, green, blue)
  }

  /// As CSS and SVG write it: `#3b528b`.
  public var hex: String {
    "#"
      + [red, green, blue].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}

/// How numbers become colors.
public enum ColorScale: String, Sendable, Codable {
  /// From dark violet to yellow, for numbers from nothing to much; the order stays visible in gray
  /// and to the color-blind (viridis of Matplotlib, by a polynomial of degree 6 for each channel).
  case sequential
  /// Blue below, light gray in the middle, red above, for numbers of both signs.
  case diverging

  /// The color of numbers that are infinite or NaN: one that no scale has.
  public static let nonFinite = Color(255, 0, 255)

  /// The color of a position from 0 to 1; what is beyond takes the end's.
  public func color(_ position: Float) -> Color {
    guard position.isFinite else { return Self.nonFinite }
    let t = min(max(position, 0), 1)
    switch self {
    case .sequential:
      return Color(Self.viridis(t, 0), Self.viridis(t, 1), Self.viridis(t, 2))
    case .diverging:
      let place = t * Float(Self.stops.count - 1)
      let lower = min(Int(place), Self.stops.count - 2)
      let share = place - Float(lower)
      let (a, b) = (Self.stops[lower], Self.stops[lower + 1])
      return Color(
        Self.mix(a.red, b.red, share), Self.mix(a.green, b.green, share),
        Self.mix(a.blue, b.blue, share))
    }
  }

  private static let stops = [
    Color(33, 102, 172), Color(103, 169, 207), Color(209, 229, 240), Color(247, 247, 247),
    Color(253, 219, 199), Color(239, 138, 98), Color(178, 24, 43),
  ]

  private static func mix(_ a: UInt8, _ b: UInt8, _ share: Float) -> UInt8 {
    UInt8((Float(a) * (1 - share) + Float(b) * share).rounded())
  }

  /// Coefficients of the powers of t, lowest first, by channel.
  static let viridisCoefficients: [[Float]] = [
    [0.2777273, 0.1050930, -0.3308618, -4.6342305, 6.2282699, 4.7763850, -5.4354559],
    [0.0054073, 1.4046135, 0.2148476, -5.7991010, 14.1799334, -13.7451454, 4.6458526],
    [0.3340998, 1.3845902, 0.0950952, -19.3324410, 56.6905526, -65.3530326, 26.3124352],
  ]

  private static func viridis(_ t: Float, _ channel: Int) -> UInt8 {
    let value = viridisCoefficients[channel].reversed().reduce(Float(0)) { $0 * t + $1 }
    return UInt8(min(max((value * 255).rounded(), 0), 255))
  }
}
