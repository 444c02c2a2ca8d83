/// Gradients of a shard's sparse memories, carried back in time.
final class SparseGradients {
  private let plan: SparsePlan
  /// Of the contents of the touched cells, by element; zero but for the cells that are listed, so
  /// that a backward pass costs what it touches.
  private var rows: [GrowingArray<Float>]
  private var isListed: [GrowingArray<Bool>]
  private var listed: [[Int32]]
  private var touched: [Int]
  /// Of the read weights after the access that comes next in the backward pass, by element, head
  /// and entry.
  private let reads: AlignedBuffer
  /// Working memory: of the read weights before it, of content weights, directions and queries.
  let earlier: AlignedBuffer
  let content: AlignedBuffer
  let forward: AlignedBuffer
  let backward: AlignedBuffer
  let query: AlignedBuffer
  let shrink: AlignedBuffer

  init(_ plan: SparsePlan, elements: Int) {
    self.plan = plan
    rows = (0..<elements).map { _ in GrowingArray(stride: plan.wp, initial: 0) }
    isListed = (0..<elements).map { _ in GrowingArray(stride: 1, initial: false) }
    listed = Array(repeating: [], count: elements)
    touched = Array(repeating: 0, count: elements)
    reads = AlignedBuffer(count: elements * plan.reads)
    earlier = AlignedBuffer(count: plan.reads)
    content = AlignedBuffer(count: plan.k)
    forward = AlignedBuffer(count: plan.kl)
    backward = AlignedBuffer(count: plan.kl)
    query = AlignedBuffer(count: plan.wp)
    shrink = AlignedBuffer(count: plan.reads)
  }

  deinit {
    for array in rows { array.release() }
    for array in isListed { array.release() }
  }

  /// The gradient of a cell, to be changed.
  @inline(__always)
  func row(_ element: Int, _ cell: Int) -> UnsafeMutablePointer<Float> {
    if !isListed[element].base[cell] {
      isListed[element].base[cell] = true
      listed[element].append(Int32(cell))
    }
    return rows[element].base + cell * plan.wp
  }

  /// Number of an element's cells whose gradient was changed since `begin`.
  func changedCells(_ element: Int) -> Int { listed[element].count }

  @inline(__always)
  func reads(_ element: Int) -> UnsafeMutablePointer<Float> { reads.base + element * plan.reads }

  /// Sets the carry from the gradient of the memory left behind; O(cells changed last time), and
  /// with a gradient O(cells it has).
  ///
  /// That may be of cells that later calls touched first: it goes through to the start.
  func begin(_ element: Int, touched cells: Int, reads lists: WeightLists, gradient: ElementMemory?)
  {
    for cell in listed[element] {
      (rows[element].base + Int(cell) * plan.wp).update(repeating: 0, count: plan.wp)
      isListed[element].base[Int(cell)] = false
    }
    listed[element].removeAll(keepingCapacity: true)
    let count = max(cells, gradient?.touched ?? 0)
    rows[element].grow(to: count)
    isListed[element].grow(to: count)
    touched[element] = count
    reads(element).update(repeating: 0, count: plan.reads)
    guard let gradient else { return }
    for cell in 0..<gradient.touched {
      row(element, cell).update(from: gradient.row(cell), count: plan.wp)
    }
    for head in 0..<plan.r {
      for entry in head * plan.headReads..<head * plan.headReads + lists.counts[head] {
        for other in head * plan.headReads..<head * plan.headReads + gradient.reads.counts[head]
        where gradient.reads.cells[other] == lists.cells[entry] {
          reads(element)[entry] = gradient.reads.weights[other]
        }
      }
    }
  }

  /// Writes the carry as the gradient of the memory at the start, whose reads were `lists`.
  func end(_ element: Int, reads lists: WeightLists, into gradient: ElementMemory) {
    if touched[element] > 0 { gradient.touch(touched[element] - 1) }
    for cell in listed[element] {
      gradient.row(Int(cell)).update(
        from: rows[element].base + Int(cell) * plan.wp, count: plan.wp)
    }
    gradient.reads = lists
    for head in 0..<plan.r {
      for entry in head * plan.headReads..<head * plan.headReads + lists.counts[head] {
        gradient.reads.weights[entry] = reads(element)[entry]
      }
    }
  }
}
