import TensorCore

/// Sizes of a memory and the random arrays that go with them.
struct Sizes {
  /// Cells, and the length of arrays over them.
  let n: Int
  let np: Int
  let heads: Int
  /// Cell size.
  let w: Int

  /// Sizes of a test case: the smallest ones first, then a memory without padding, then any.
  ///
  /// - Parameter limit: The largest `np`.
  init(case number: Int, limit: Int = 320, _ random: inout RandomNumbers) {
    switch number {
    case 0: (n, np, heads, w) = (1, 16, 1, 1)
    case 1: (n, np, heads, w) = (limit, limit, 4, 20)
    case 2: (n, np, heads, w) = (1, 48, 9, 70)
    default:
      np = lanes * random.integer(in: 1...limit / lanes)
      n = random.bit() ? random.integer(in: 1...np) : np - random.integer(in: 0...15)
      heads = random.integer(in: 1...9)
      w = random.integer(in: 1...70)
    }
  }

  /// `count` rows over the cells from a range, [count × np], zero in the padding.
  func rows(_ count: Int, in range: Range<Float>, _ random: inout RandomNumbers) -> [Float] {
    var values = [Float](repeating: 0, count: count * np)
    for row in 0..<count {
      for cell in 0..<n { values[row * np + cell] = random.uniform(in: range) }
    }
    return values
  }

  /// A row of weights with a sum below 1.
  func weights(_ random: inout RandomNumbers) -> [Float] { weights(1, &random) }

  /// `count` rows of weights, each with a sum below 1.
  func weights(_ count: Int, _ random: inout RandomNumbers) -> [Float] {
    var values = rows(count, in: 0..<1, &random)
    for row in 0..<count {
      let cells = row * np..<(row + 1) * np
      let sum = values[cells].reduce(0, +) + random.uniform() + 1e-3
      for cell in cells { values[cell] /= sum }
    }
    return values
  }

  /// A link matrix [n × np]: no diagonal, rows with sums below 1.
  func link(_ random: inout RandomNumbers) -> [Float] {
    var values = weights(n, &random)
    for i in 0..<n { values[i * np + i] = 0 }
    return values
  }
}

extension RandomNumbers {
  /// Numbers of the normal distribution.
  mutating func normals(_ count: Int, scale: Float = 1) -> [Float] {
    (0..<count).map { _ in scale * normal() }
  }

  /// Numbers from a range.
  mutating func uniforms(_ count: Int, in range: Range<Float>) -> [Float] {
    (0..<count).map { _ in uniform(in: range) }
  }
}
