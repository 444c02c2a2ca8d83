import Foundation

/// Seeded random numbers: xoshiro256++, its state filled by SplitMix64.
///
/// The state is four words and nothing else, so a generator that is encoded and decoded goes on
/// exactly where it was. The integers are the same on every platform; `normal()` uses the
/// platform's logarithm and cosine in double precision and rounds to single precision.
///
/// Reference: D. Blackman and S. Vigna, Scrambled linear pseudorandom number generators, 2021.
public struct RandomNumbers: Sendable, Equatable, RandomNumberGenerator {
  private var s0: UInt64
  private var s1: UInt64
  private var s2: UInt64
  private var s3: UInt64

  /// Starts the generator of a seed.
  public init(seed: UInt64) {
    var words = SplitMix64(state: seed)
    (s0, s1, s2, s3) = (words.next(), words.next(), words.next(), words.next())
  }

  /// Starts one of 2^64 unrelated generators of a seed; all differ from the one of the seed alone.
  ///
  /// Streams let the data, the dropout and the initial values of one run be drawn independently,
  /// however much each of them draws.
  public init(seed: UInt64, stream: UInt64) {
    var a = SplitMix64(state: seed)
    // Mixing the number of the stream first keeps (seed, stream) and (stream, seed) apart.
    var b = SplitMix64(state: SplitMix64.mix(stream ^ 0xd1b5_4a32_d192_ed03))
    func word() -> UInt64 { SplitMix64.mix(a.next() &+ b.next()) }
    (s0, s1, s2, s3) = (word(), word(), word(), word())
    // xoshiro stays at zero for ever if it starts there.
    if s0 | s1 | s2 | s3 == 0 { s0 = 1 }
  }

  /// The next 64 random bits.
  public mutating func next() -> UInt64 {
    let result = RandomNumbers.rotate(s0 &+ s3, 23) &+ s0
    let t = s1 << 17
    s2 ^= s0
    s3 ^= s1
    s1 ^= s2
    s0 ^= s3
    s2 ^= t
    s3 = RandomNumbers.rotate(s3, 45)
    return result
  }

  /// A number from 0 up to but not including 1, a multiple of 2^-24.
  public mutating func uniform() -> Float {
    Float(next() >> 40) * 0x1p-24
  }

  /// A number from a range, its upper bound never.
  ///
  /// - Precondition: The range is not empty and its bounds are finite.
  public mutating func uniform(in range: Range<Float>) -> Float {
    require(
      !range.isEmpty && range.lowerBound.isFinite && range.upperBound.isFinite,
      "there is no number to draw in \(range)")
    // In double precision neither the width nor the product can overflow. Rounding to single
    // precision may reach the upper bound; the number below it is then the nearest one allowed.
    let low = Double(range.lowerBound)
    let value = Float(low + Double(uniform()) * (Double(range.upperBound) - low))
    return value < range.upperBound ? value : range.upperBound.nextDown
  }

  /// A number of the normal distribution with mean 0 and variance 1 (Box and Muller).
  ///
  /// Takes two words for one number: keeping the second number would be state of its own.
  public mutating func normal() -> Float {
    let radius = 1 - Double(next() >> 11) * 0x1p-53  // in (0, 1]
    let angle = Double(next() >> 11) * 0x1p-53
    return Float((-2 * log(radius)).squareRoot() * cos(2 * Double.pi * angle))
  }

  /// An integer from a closed range, all equally likely (Lemire's method).
  public mutating func integer(in range: ClosedRange<Int>) -> Int {
    let span = UInt64(bitPattern: Int64(range.upperBound &- range.lowerBound))
    if span == .max { return Int(truncatingIfNeeded: next()) }
    let bound = span + 1
    var product = next().multipliedFullWidth(by: bound)
    if product.low < bound {
      // 2^64 mod bound: the draws below it would favour some numbers.
      let surplus = (0 &- bound) % bound
      while product.low < surplus { product = next().multipliedFullWidth(by: bound) }
    }
    return range.lowerBound &+ Int(truncatingIfNeeded: product.high)
  }

  /// True or false, equally likely.
  public mutating func bit() -> Bool {
    next() >> 63 == 1
  }

  private static func rotate(_ word: UInt64, _ bits: UInt64) -> UInt64 {
    word << bits | word >> (64 - bits)
  }
}

extension RandomNumbers: Codable {
  /// Reads the state: a string of 64 hexadecimal digits.
  ///
  /// - Throws: `DecodingError` if it is anything else, or all zeros.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    let digits = Array(text.utf8)
    let words = stride(from: 0, to: digits.count, by: 16).compactMap { start in
      UInt64(
        String(decoding: digits[start..<Swift.min(start + 16, digits.count)], as: UTF8.self),
        radix: 16)
    }
    guard
      digits.count == 64, words.count == 4, words.contains(where: { $0 != 0 }),
      digits.allSatisfy({ Character(UnicodeScalar($0)).isHexDigit })
    else {
      throw DecodingError.dataCorruptedError(
        in: container,
        debugDescription:
          "the state of the random numbers is 64 hexadecimal digits, not all zero; found \"\(text)\""
      )
    }
    (s0, s1, s2, s3) = (words[0], words[1], words[2], words[3])
  }

  /// Writes the state as a string of 64 hexadecimal digits: numbers beyond 2^53 do not survive
  /// every JSON reader.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    let text = [s0, s1, s2, s3].map { word in
      let digits = String(word, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }
    try container.encode(text.joined())
  }
}

/// A generator of one word of state, used to fill the state of another.
package struct SplitMix64 {
  package var state: UInt64

  @inlinable
  package init(state: UInt64) { self.state = state }

  @inlinable
  package mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    return SplitMix64.mix(state)
  }

  /// Spreads every bit of a word over all of them.
  @inlinable
  package static func mix(_ word: UInt64) -> UInt64 {
    var z = word
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
