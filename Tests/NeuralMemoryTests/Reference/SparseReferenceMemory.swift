import Foundation
import NeuralMemory

/// The interface of one access of a sparse memory, squashed.
struct SparseReferenceInterface {
  let queries: [[Double]]
  let strengths: [Double]
  let writeVector: [Double]
  let interpolationGate: Double
  let writeGate: Double
  /// Backward, forward, content.
  let modes: [[Double]]

  static func fields(_ c: NetworkConfiguration) -> [(name: String, size: Int)] {
    let (w, r) = (c.cellSize, c.readHeads)
    return [
      ("read_query", r * w), ("read_strengths", r), ("write_vector", w),
      ("interpolation_gate", 1), ("write_gate", 1),
    ] + (c.memoryType == .sdnc ? [("read_modes", 3 * r)] : [])
  }

  init(_ fields: [[Double]], heads: Int) {
    func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
    func split(_ x: [Double]) -> [[Double]] {
      let size = x.count / heads
      return (0..<heads).map { Array(x[$0 * size..<($0 + 1) * size]) }
    }
    queries = split(fields[0])
    strengths = fields[1].map { 1 + max($0, 0) + log1p(exp(-abs($0))) }
    writeVector = fields[2]
    interpolationGate = sigmoid(fields[3][0])
    writeGate = sigmoid(fields[4][0])
    modes = fields.count < 6 ? [] : split(fields[5]).map(softmax)
  }
}

/// What the gradients take for constants: the choices of one access, and the links after its write.
struct SparseReferenceChoices {
  var cleared = 0
  /// By head.
  var nearest: [[Int]] = []
  var backward: [[Int]] = []
  var forward: [[Int]] = []
  var a: ReferenceMatrix?
  var b: ReferenceMatrix?
}

/// One sparse memory of one batch element, dense: all N cells, all N × N links.
/// `docs/equations/sdnc.md` and `docs/equations/sam.md` word by word.
struct SparseReferenceMemory {
  let k: Int
  /// 0: no links.
  let kl: Int
  /// M: N × W
  var memory: ReferenceMatrix
  /// r: R × N
  var reads: ReferenceMatrix
  /// Step of the last access; before any, i − N.
  var last: [Int]
  var step = 0
  var a: ReferenceMatrix
  var b: ReferenceMatrix
  var precedence: [Double]
  var writes: [Double]
  /// How near the last access came to another choice: relative distances of weights, ten times
  /// those of cosines.
  var margin = Double.infinity

  static let delta = 0.005
  static let epsilon = 1e-6

  init(_ c: NetworkConfiguration) {
    let n = c.nrCells
    k = min(c.sparseReads, n)
    kl = c.memoryType == .sdnc ? min(c.temporalReads, n) : 0
    memory = ReferenceMatrix(n, c.cellSize, Array(repeating: 0, count: n * c.cellSize))
    reads = ReferenceMatrix(c.readHeads, n, Array(repeating: 0, count: c.readHeads * n))
    last = (0..<n).map { $0 - n }
    let links = kl > 0 ? n : 0
    a = ReferenceMatrix(links, links, Array(repeating: 0, count: links * links))
    b = a
    precedence = Array(repeating: 0, count: n)
    writes = precedence
  }

  /// Returns the read vectors, head by head, and what was chosen; makes the choices of `replay` if
  /// given.
  mutating func access(_ x: SparseReferenceInterface, replay: SparseReferenceChoices? = nil) -> (
    reads: [Double], choices: SparseReferenceChoices
  ) {
    margin = .infinity
    let cells = 0..<memory.rows
    let heads = 0..<reads.rows
    var chosen = SparseReferenceChoices()
    // Step 1: least recently accessed cell
    chosen.cleared = replay?.cleared ?? cells.min { (last[$0], $0) < (last[$1], $1) }!
    // Step 2: write weights
    writes = cells.map { i in
      let mean = heads.reduce(0) { $0 + reads[$1, i] } / Double(heads.count)
      return x.writeGate
        * (x.interpolationGate * mean
          + (i == chosen.cleared ? 1 - x.interpolationGate : 0))
    }
    // Step 3: write
    for j in 0..<memory.columns { memory[chosen.cleared, j] = 0 }
    for i in cells where writes[i] != 0 {
      for j in 0..<memory.columns { memory[i, j] += writes[i] * x.writeVector[j] }
    }
    if kl > 0 { link(replay, &chosen) }
    // Steps 4 and 5: read weights, read vectors
    var vectors: [Double] = []
    let old = reads
    for h in heads {
      let scores = cells.map { cosine(x.queries[h], memory.row($0)) }
      let found = replay?.nearest[h] ?? nearest(scores)
      chosen.nearest.append(found)
      let weights = softmax(found.map { x.strengths[h] * scores[$0] })
      var new = [Double](repeating: 0, count: cells.count)
      for (i, weight) in zip(found, weights) { new[i] = weight }
      if kl > 0 {  // docs/equations/sdnc.md, steps 5 and 6
        let backward = direction(a, old.row(h), replay?.backward[h])
        let forward = direction(b, old.row(h), replay?.forward[h])
        chosen.backward.append(backward.cells)
        chosen.forward.append(forward.cells)
        let modes = x.modes[h]
        for i in cells {
          new[i] = modes[0] * backward.values[i] + modes[1] * forward.values[i] + modes[2] * new[i]
        }
      }
      for i in cells { reads[h, i] = new[i] }
      for j in 0..<memory.columns {
        vectors.append(cells.reduce(0) { $0 + new[$1] * memory[$1, j] })
      }
    }
    // docs/equations/sam.md, step 6: access
    for i in cells {
      let weight = heads.reduce(writes[i]) { $0 + reads[$1, i] }
      let delta = SparseReferenceMemory.delta
      margin = min(margin, abs(weight - delta) / delta)
      if weight > delta { last[i] = step }
    }
    step += 1
    return (vectors, chosen)
  }

  /// The links: `docs/equations/sdnc.md, steps 1 to 4`.
  private mutating func link(
    _ replay: SparseReferenceChoices?, _ chosen: inout SparseReferenceChoices
  ) {
    if let replay {
      (a, b) = (replay.a!, replay.b!)
      return
    }
    let cells = 0..<memory.rows
    let written = largest(writes)
    let (old, p) = (a, precedence)
    var changed: Set<Int> = []
    for j in written {
      for i in cells where i != j && (old[j, i] > 0 || p[i] > 0) {
        b[i, j] = (1 - writes[j]) * b[i, j] + writes[j] * p[i]
        changed.insert(i)
      }
    }
    for i in changed { b.set(i, cut(b.row(i))) }
    for i in written {
      for j in cells {
        a[i, j] = i == j ? 0 : (1 - writes[i]) * old[i, j] + writes[i] * p[j]
      }
      a.set(i, cut(a.row(i)))
    }
    let sum = written.reduce(0) { $0 + writes[$1] }
    let next = cells.map { (1 - sum) * p[$0] + (written.contains($0) ? writes[$0] : 0) }
    let kept = largest(next)
    precedence = cells.map { kept.contains($0) ? next[$0] : 0 }
    (chosen.a, chosen.b) = (a, b)
  }

  private mutating func cut(_ row: [Double]) -> [Double] {
    let kept = largest(row)
    let sum = kept.reduce(0) { $0 + row[$1] }
    return row.indices.map { kept.contains($0) ? row[$0] / max(sum, 1) : 0 }
  }

  private mutating func direction(
    _ rows: ReferenceMatrix, _ old: [Double], _ replay: [Int]?
  ) -> (cells: [Int], values: [Double]) {
    let cells = 0..<old.count
    let whole = cells.map { i in cells.reduce(0) { $0 + old[$1] * rows[$1, i] } }
    let kept = replay ?? largest(whole)
    return (kept, cells.map { kept.contains($0) ? whole[$0] : 0 })
  }

  /// The K_L largest positive entries, equal ones by index.
  private mutating func largest(_ values: [Double]) -> [Int] {
    let order = values.indices.filter { values[$0] > 0 }.sorted {
      (-values[$0], $0) < (-values[$1], $1)
    }
    if order.count > kl {
      // nothing hangs on weights this small
      for i in order[..<kl] where values[i] > 1e-7 {
        for j in order[kl...] where values[j] != values[i] {
          margin = min(margin, (values[i] - values[j]) / values[i])
        }
      }
    }
    return Array(order.prefix(kl))
  }

  /// The K cells with the largest scores, equal ones by index.
  private mutating func nearest(_ scores: [Double]) -> [Int] {
    let order = scores.indices.sorted { (-scores[$0], $0) < (-scores[$1], $1) }
    for i in order[..<k] {
      // identical rows are tied in any precision
      for j in order[k...] where scores[i] - scores[j] < 1e-4 && memory.row(i) != memory.row(j) {
        margin = min(margin, 10 * (scores[i] - scores[j]))
      }
    }
    return Array(order[..<k])
  }

  private func cosine(_ query: [Double], _ cell: [Double]) -> Double {
    let e = SparseReferenceMemory.epsilon
    return dot(query, cell) / (sqrt(dot(query, query) + e) * sqrt(dot(cell, cell) + e) + e)
  }
}

func softmax(_ x: [Double]) -> [Double] {
  let top = x.max()!
  let powers = x.map { exp($0 - top) }
  let sum = powers.reduce(0, +)
  return powers.map { $0 / sum }
}
