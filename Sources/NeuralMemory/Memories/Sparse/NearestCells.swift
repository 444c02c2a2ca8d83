import VectorKernels

/// Finds for each head the K cells with the largest cosine, equal ones by index: among the touched
/// cells, all of them or those that an index proposes, and K fresh ones.
///
/// All heads share one pass over the rows. A row's score depends on its contents alone, bit for
/// bit, wherever the row is.
struct NearestCells {
  private let plan: SparsePlan
  private let scores: AlignedBuffer
  /// Rows, norms and scales of a block of candidates.
  private let gathered: AlignedBuffer?
  /// By head and rank: cell and cosine.
  let cells: UnsafeMutablePointer<Int32>
  let cosines: UnsafeMutablePointer<Float>
  let counts: UnsafeMutablePointer<Int>

  /// Rows whose scores are taken at a time.
  private static let block = 256

  init(_ plan: SparsePlan) {
    self.plan = plan
    scores = AlignedBuffer(count: plan.r * NearestCells.block)
    gathered =
      plan.index.kind == .exact
      ? nil : AlignedBuffer(count: NearestCells.block * (plan.wp + 2))
    cells = .allocate(capacity: plan.r * plan.k)
    cosines = .allocate(capacity: plan.r * plan.k)
    counts = .allocate(capacity: plan.r)
    cells.initialize(repeating: 0, count: plan.r * plan.k)
    cosines.initialize(repeating: 0, count: plan.r * plan.k)
    counts.initialize(repeating: 0, count: plan.r)
  }

  func release() {
    cells.deallocate()
    cosines.deallocate()
    counts.deallocate()
  }

  /// `queries`: R × wp, scaled; the rest as for the dense memory's lookups.
  func find(
    in memory: ElementMemory, queries: UnsafePointer<Float>, lookup: (_ head: Int) -> vk_lookup,
    _ kernels: UnsafePointer<vk_table>
  ) {
    if let candidates = memory.index.candidates(queries, in: memory) {
      rank(candidates, in: memory, queries: queries, lookup: lookup, kernels)
    } else {
      scan(memory, queries: queries, lookup: lookup, kernels)
    }
    // fresh cells score zero
    let fresh = min(plan.k, plan.n - memory.touched)
    memory.scanned += fresh
    for head in 0..<plan.r {
      for offset in 0..<fresh { offer(head, memory.touched + offset, 0) }
    }
  }

  /// Ranks all touched cells.
  func scan(
    _ memory: ElementMemory, queries: UnsafePointer<Float>, lookup: (_ head: Int) -> vk_lookup,
    _ kernels: UnsafePointer<vk_table>
  ) {
    memory.scanned += memory.touched
    counts.update(repeating: 0, count: plan.r)
    for first in stride(from: 0, to: memory.touched, by: NearestCells.block) {
      let count = min(NearestCells.block, memory.touched - first)
      kernels.pointee.dots(
        plan.r, count, plan.wp, queries, plan.wp, memory.row(first), plan.wp, scores.base,
        NearestCells.block, false)
      for head in 0..<plan.r {
        let row = scores.base + head * NearestCells.block
        kernels.pointee.cosines(
          row, memory.norms.base + first, memory.scales.base + first, lookup(head), count)
        select(head, row, first, count, kernels)
      }
    }
  }

  /// Ranks some of the cells, named in any order and maybe more than once, by the very scores a
  /// scan gives them.
  private func rank(
    _ candidates: UnsafeBufferPointer<Int32>, in memory: ElementMemory,
    queries: UnsafePointer<Float>, lookup: (_ head: Int) -> vk_lookup,
    _ kernels: UnsafePointer<vk_table>
  ) {
    memory.scanned += candidates.count
    counts.update(repeating: 0, count: plan.r)
    let rows = gathered!
    let norms = rows.base + NearestCells.block * plan.wp
    let scales = norms + NearestCells.block
    for first in stride(from: 0, to: candidates.count, by: NearestCells.block) {
      let count = min(NearestCells.block, candidates.count - first)
      for i in 0..<count {
        let cell = Int(candidates[first + i])
        (rows.base + i * plan.wp).update(from: memory.row(cell), count: plan.wp)
        norms[i] = memory.norms.base[cell]
        scales[i] = memory.scales.base[cell]
      }
      kernels.pointee.dots(
        plan.r, count, plan.wp, queries, plan.wp, rows.base, plan.wp, scores.base,
        NearestCells.block, false)
      for head in 0..<plan.r {
        let row = scores.base + head * NearestCells.block
        kernels.pointee.cosines(row, norms, scales, lookup(head), count)
        for i in 0..<count { offerInAnyOrder(head, candidates[first + i], row[i]) }
      }
    }
  }

  /// As `offer`, for cells in any order, some of them twice.
  private func offerInAnyOrder(_ head: Int, _ cell: Int32, _ score: Float) {
    let list = cosines + head * plan.k
    let names = cells + head * plan.k
    func goesBefore(_ position: Int) -> Bool {
      list[position] < score || (list[position] == score && cell < names[position])
    }
    let count = counts[head]
    if count == plan.k && !goesBefore(count - 1) { return }
    for i in 0..<count where names[i] == cell { return }
    var position = count
    if count == plan.k { position -= 1 } else { counts[head] += 1 }
    while position > 0 && goesBefore(position - 1) {
      list[position] = list[position - 1]
      names[position] = names[position - 1]
      position -= 1
    }
    list[position] = score
    names[position] = cell
  }

  private func select(
    _ head: Int, _ row: UnsafePointer<Float>, _ first: Int, _ count: Int,
    _ kernels: UnsafePointer<vk_table>
  ) {
    var i = 0
    while i < count && counts[head] < plan.k {
      offer(head, first + i, row[i])
      i += 1
    }
    // once the list is full, few cells get into it
    let last = cosines + head * plan.k + plan.k - 1
    while true {
      i = kernels.pointee.first_above(row, last.pointee, i, count)
      guard i < count else { return }
      offer(head, first + i, row[i])
      i += 1
    }
  }

  /// Takes a cell into a head's list, kept in descending order. Cells come in ascending order: one
  /// with an equal score goes behind.
  private func offer(_ head: Int, _ cell: Int, _ score: Float) {
    let list = cosines + head * plan.k
    let names = cells + head * plan.k
    var position = counts[head]
    if position == plan.k {
      guard score > list[position - 1] else { return }
      position -= 1
    } else {
      counts[head] += 1
    }
    while position > 0 && list[position - 1] < score {
      list[position] = list[position - 1]
      names[position] = names[position - 1]
      position -= 1
    }
    list[position] = score
    names[position] = Int32(cell)
  }
}
