import Dispatch
import VectorKernels

/// Measures how fast an index finds the nearest cells of one memory, and how many of them: what
/// `dnc bench-index` reports.
///
/// The memory is full of normally distributed rows. A step changes as many random cells as one
/// access of a SAM can write, R·K + 1, and looks for the nearest of R queries.
package final class IndexMeasurement {
  /// What queries are like.
  package enum Queries: String, CaseIterable, Sendable {
    /// Independent of the rows: nothing is near, the hardest case of an inverted file.
    case random
    /// A stored row, disturbed by a normal vector of half its length: what a memory is asked for
    /// once it is used.
    case disturbed
  }

  private let plan: SparsePlan
  private let memory: ElementMemory
  private let nearest: NearestCells
  private let kernels = vk_active()
  private var random: RandomNumbers
  private let queries: AlignedBuffer

  /// A memory of `rows` cells; the index is built at the first search.
  ///
  /// - Throws: `ConfigurationError`.
  package init(
    rows: Int, cellSize: Int, heads: Int, sparseReads: Int, index: MemoryIndex, seed: UInt64
  ) throws {
    var own = SparseMemory.Configuration()
    own.nrCells = rows
    own.cellSize = cellSize
    own.readHeads = heads
    own.sparseReads = sparseReads
    own.index = index
    own.indexThreshold = 64
    try NetworkConfiguration(inputSize: 1, hiddenSize: 1, memory: own).validate()
    vk_blas_single_thread()
    plan = SparsePlan(own)
    memory = ElementMemory(plan)
    nearest = NearestCells(plan)
    queries = AlignedBuffer(count: plan.r * plan.wp)
    random = RandomNumbers(seed: seed)
    memory.touch(rows - 1)
    for cell in 0..<rows { fill(cell) }
  }

  deinit { nearest.release() }

  private func fill(_ cell: Int) {
    let row = memory.row(cell)
    for i in 0..<plan.w { row[i] = random.normal() }
    kernels.pointee.memory_norms_of_row(
      memory.norms.base + cell, memory.scales.base + cell, row, SparsePlan.epsilon, plan.wp)
  }

  /// Cells written by one step.
  package var writes: Int { plan.r * plan.k + 1 }

  private func draw(_ kind: Queries) {
    for head in 0..<plan.r {
      let query = queries.base + head * plan.wp
      for i in 0..<plan.w { query[i] = random.normal() }
      if kind == .disturbed {
        let row = memory.row(random.integer(in: 0...memory.touched - 1))
        for i in 0..<plan.w { query[i] = row[i] + 0.5 * query[i] }
      }
    }
  }

  private func lookup(_ head: Int) -> vk_lookup {
    let query = queries.base + head * plan.wp
    return vk_lookup(
      beta: 1,
      key_norm: (kernels.pointee.sum_of_squares(query, plan.wp) + SparsePlan.epsilon).squareRoot(),
      key_epsilon: SparsePlan.epsilon)
  }

  private func find() {
    nearest.find(in: memory, queries: queries.base, lookup: { self.lookup($0) }, kernels)
  }

  /// Seconds of one search, the first of which trains the index.
  package func search(_ kind: Queries = .random) -> Double {
    draw(kind)
    return seconds { find() }
  }

  /// Seconds that the index takes per step, on average: being told of the changed cells, and the
  /// search.
  package func steps(_ count: Int) -> Double {
    var total = 0.0
    for _ in 0..<count {
      let changed = (0..<writes).map { _ in
        (cell: Int32(random.integer(in: 0...memory.touched - 1)), weight: Float(1))
      }
      for (cell, _) in changed { fill(Int(cell)) }
      draw(.random)
      total += seconds {
        memory.index.change(changed)
        find()
      }
    }
    return total / Double(count)
  }

  /// The share of the nearest cells that the index finds.
  package func recall(_ kind: Queries, searches: Int) -> Double {
    let exact = NearestCells(plan)
    defer { exact.release() }
    var (found, all) = (0, 0)
    for _ in 0..<searches {
      draw(kind)
      find()
      exact.scan(memory, queries: queries.base, lookup: { self.lookup($0) }, kernels)
      for head in 0..<plan.r {
        let range = head * plan.k..<head * plan.k + exact.counts[head]
        let names = Set(range.map { nearest.cells[$0] })
        found += range.count { names.contains(exact.cells[$0]) }
        all += range.count
      }
    }
    return Double(found) / Double(all)
  }

  private func seconds(_ body: () -> Void) -> Double {
    let start = DispatchTime.now().uptimeNanoseconds
    body()
    return Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9
  }
}
