import Foundation
import NeuralMemory

/// The interface of one access, squashed.
struct ReferenceInterface {
  var readKeys: [[Double]]
  var readStrengths: [Double]
  var writeKey: [Double]
  var writeStrength: Double
  var erase: [Double]
  var writeVector: [Double]
  var freeGates: [Double]
  var allocationGate: Double
  var writeGate: Double
  /// Backward, forward, content.
  var readModes: [[Double]]

  /// Squashes the fields, which come in the order of the specification.
  init(_ fields: [[Double]], heads: Int, dialect: Dialect) {
    func vector(_ x: [Double]) -> [Double] { dialect == .nature ? x : x.map(tanh) }
    func strength(_ x: Double) -> Double {
      let softplus = max(x, 0) + log1p(exp(-abs(x)))
      return dialect == .nature ? 1 + softplus : softplus
    }
    func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
    func split(_ x: [Double]) -> [[Double]] {
      let size = x.count / heads
      return (0..<heads).map { Array(x[$0 * size..<($0 + 1) * size]) }
    }
    readKeys = split(vector(fields[0]))
    readStrengths = fields[1].map(strength)
    writeKey = vector(fields[2])
    writeStrength = strength(fields[3][0])
    erase = fields[4].map(sigmoid)
    writeVector = vector(fields[5])
    freeGates = fields[6].map(sigmoid)
    allocationGate = sigmoid(fields[7][0])
    writeGate = sigmoid(fields[8][0])
    readModes = split(fields[9]).map { modes in
      let top = modes.max()!
      let powers = modes.map { exp($0 - top) }
      let sum = powers.reduce(0, +)
      return powers.map { $0 / sum }
    }
  }
}

/// One dense memory of one batch element, and its step: `docs/equations/dnc.md` word by word.
struct ReferenceMemory {
  /// M: N × W
  var memory: ReferenceMatrix
  var usage: [Double]
  var precedence: [Double]
  /// L: N × N
  var link: ReferenceMatrix
  /// R × N
  var readWeights: ReferenceMatrix
  var writeWeights: [Double]

  static let epsilon = 1e-6

  /// Returns the read vectors, head by head, and how near a tie came to mattering (see
  /// `allocation`).
  mutating func step(_ x: ReferenceInterface, dialect: Dialect) -> (
    reads: [Double], gap: Double
  ) {
    let cells = 0..<memory.rows
    let heads = 0..<readWeights.rows
    // Step 1: usage
    for i in cells {
      usage[i] = usage[i] + writeWeights[i] - usage[i] * writeWeights[i]
      for h in heads { usage[i] *= 1 - x.freeGates[h] * readWeights[h, i] }
    }
    // Step 2: allocation
    let (a, gap) = allocation()
    // Step 3: content lookup
    let c = lookup(x.writeKey, x.writeStrength, dialect)
    // Step 4: write weights
    writeWeights = cells.map {
      x.writeGate * (x.allocationGate * a[$0] + (1 - x.allocationGate) * c[$0])
    }
    let w = writeWeights
    // Step 5: memory
    for i in cells {
      for j in 0..<memory.columns {
        memory[i, j] = memory[i, j] * (1 - w[i] * x.erase[j]) + w[i] * x.writeVector[j]
      }
    }
    // Step 6: link matrix
    for i in cells {
      for j in cells {
        link[i, j] = i == j ? 0 : (1 - w[i] - w[j]) * link[i, j] + w[i] * precedence[j]
      }
    }
    // Step 7: precedence
    let written = w.reduce(0, +)
    precedence = cells.map { (1 - written) * precedence[$0] + w[$0] }
    // Steps 8 to 10: directions, read weights, read vectors
    var reads: [Double] = []
    var new = readWeights
    for h in heads {
      let old = readWeights.row(h)
      let content = lookup(x.readKeys[h], x.readStrengths[h], dialect)
      for i in cells {
        let forward = cells.reduce(0) { $0 + link[i, $1] * old[$1] }
        let backward = cells.reduce(0) { $0 + link[$1, i] * old[$1] }
        let modes = x.readModes[h]
        new[h, i] = modes[0] * backward + modes[1] * forward + modes[2] * content[i]
      }
      for j in 0..<memory.columns {
        reads.append(cells.reduce(0) { $0 + new[h, $1] * memory[$1, j] })
      }
    }
    readWeights = new
    return (reads, x.writeGate * x.allocationGate > 1e-6 ? gap : .infinity)
  }

  /// Allocation weights, and the smallest distance between neighbours in the order of usage.
  ///
  /// Where two cells' usages differ by rounding alone, single precision may sort them in the
  /// opposite order, and the weight of the first of them goes to the other: both are right.
  /// Neighbours whose weights are negligible do not count.
  private func allocation() -> (weights: [Double], gap: Double) {
    let used = usage.map { ReferenceMemory.epsilon + (1 - ReferenceMemory.epsilon) * $0 }
    let order = used.indices.sorted { (used[$0], $0) < (used[$1], $1) }
    var a = used
    var product = 1.0
    var gap = Double.infinity
    for (position, cell) in order.enumerated() {
      // cells never used are exactly tied in any precision, and go by index
      if position > 0 && product > 1e-6 && usage[cell] != 0 {
        gap = min(gap, used[cell] - used[order[position - 1]])
      }
      a[cell] = (1 - used[cell]) * product
      product *= used[cell]
    }
    return (a, gap)
  }

  private func lookup(_ key: [Double], _ strength: Double, _ dialect: Dialect) -> [Double] {
    let e = ReferenceMemory.epsilon
    let scores = (0..<memory.rows).map { i -> Double in
      let cell = memory.row(i)
      let norms =
        dialect == .nature
        ? sqrt(dot(key, key) + e) * sqrt(dot(cell, cell) + e)
        : sqrt(dot(key, key)) * sqrt(dot(cell, cell))
      return strength * dot(key, cell) / (norms + e)
    }
    let top = scores.max()!
    let powers = scores.map { exp($0 - top) }
    let sum = powers.reduce(0, +)
    return powers.map { $0 / sum }
  }
}
