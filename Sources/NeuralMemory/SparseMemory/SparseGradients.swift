/// Gradients of a shard's sparse memories, carried back in time.
final class SparseGradients {
  private let plan: SparsePlan
  /// Of the contents of the touched cells, by element.
  private var rows: [GrowingArray<Float>]
  private var touched: [Int]
  /// Of the read weights after the access that comes next on the way back, by element, head and entry.
  private let reads: AlignedBuffer
  /// Scratch space: of the read weights before it, of content weights, directions and queries.
  let earlier: AlignedBuffer
  let content: AlignedBuffer
  let forward: AlignedBuffer
  let backward: AlignedBuffer
  let query: AlignedBuffer
  let shrink: AlignedBuffer

  init(_ plan: SparsePlan, items: Int) {
    self.plan = plan
    rows = (0..<items).map { _ in GrowingArray(stride: plan.wp, initial: 0) }
    touched = Array(repeating: 0, count: items)
    reads = AlignedBuffer(count: items * plan.reads)
    earlier = AlignedBuffer(count: plan.reads)
    content = AlignedBuffer(count: plan.k)
    forward = AlignedBuffer(count: plan.kl)
    backward = AlignedBuffer(count: plan.kl)
    query = AlignedBuffer(count: plan.wp)
    shrink = AlignedBuffer(count: plan.reads)
  }

  deinit { for array in rows { array.release() } }

  @inline(__always)
  func row(_ item: Int, _ cell: Int) -> UnsafeMutablePointer<Float> {
    rows[item].base + cell * plan.wp
  }

  @inline(__always)
  func reads(_ item: Int) -> UnsafeMutablePointer<Float> { reads.base + item * plan.reads }

  /// Sets the carry from the gradient of the memory left behind; O(touched cells).
  func begin(_ item: Int, touched count: Int, reads lists: WeightLists, gradient: SparseItem?) {
    rows[item].grow(to: count)
    touched[item] = count
    rows[item].base.update(repeating: 0, count: count * plan.wp)
    reads(item).update(repeating: 0, count: plan.reads)
    guard let gradient else { return }
    rows[item].base.update(
      from: gradient.row(0), count: min(count, gradient.touched) * plan.wp)
    for head in 0..<plan.r {
      for entry in head * plan.headReads..<head * plan.headReads + lists.counts[head] {
        for other in head * plan.headReads..<head * plan.headReads + gradient.reads.counts[head]
        where gradient.reads.cells[other] == lists.cells[entry] {
          reads(item)[entry] = gradient.reads.weights[other]
        }
      }
    }
  }

  /// Writes the carry as the gradient of the memory at the start, whose reads were `lists`.
  func end(_ item: Int, reads lists: WeightLists, into gradient: SparseItem) {
    if touched[item] > 0 { gradient.touch(touched[item] - 1) }
    gradient.row(0).update(from: rows[item].base, count: touched[item] * plan.wp)
    gradient.reads = lists
    for head in 0..<plan.r {
      for entry in head * plan.headReads..<head * plan.headReads + lists.counts[head] {
        gradient.reads.weights[entry] = reads(item)[entry]
      }
    }
  }
}
