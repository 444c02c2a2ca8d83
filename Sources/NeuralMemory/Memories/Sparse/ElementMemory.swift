/// The sparse memory of one batch element.
///
/// Cells are touched in ascending order: a step uses the stalest cell (while there is one never
/// accessed, the lowest of them), and of the cells never written a lookup finds the lowest. So the
/// touched cells are the first few, and everything is an array over those; nothing ever runs over
/// all N.
final class ElementMemory: @unchecked Sendable {
  let plan: SparsePlan
  /// Cells 0 ..< touched have been read or written.
  private(set) var touched = 0
  /// Accesses so far.
  var step = 0

  /// Contents [touched × wp], norms and scales of the cells.
  private(set) var rows: GrowingArray<Float>
  private(set) var norms: GrowingArray<Float>
  private(set) var scales: GrowingArray<Float>
  var order: AccessOrder

  /// Read weights: per head a list of cells and weights.
  var reads: WeightLists
  /// Write weights of the last step, for traces.
  var writes: WeightLists
  /// The cell that the last step cleared, for traces.
  var cleared = 0
  var links: TemporalLinks?
  /// Rows that lookups have looked at, for tests: it must not depend on N.
  var scanned = 0
  /// Where the nearest cells are looked for; follows from the contents.
  private(set) var index: any CellIndex
  private var indexChoice: IndexChoice

  init(_ plan: SparsePlan) {
    self.plan = plan
    rows = GrowingArray(stride: plan.wp, initial: 0)
    norms = GrowingArray(stride: 1, initial: SparsePlan.epsilon.squareRoot())
    scales = GrowingArray(stride: 1, initial: 1)
    order = AccessOrder()
    reads = WeightLists(lists: plan.r, capacity: plan.headReads)
    writes = WeightLists(lists: 1, capacity: plan.writes)
    links = plan.hasLinks ? TemporalLinks(plan.kl) : nil
    indexChoice = plan.index
    index = plan.index.make(plan)
  }

  private init(copying other: ElementMemory) {
    plan = other.plan
    touched = other.touched
    step = other.step
    rows = other.rows.copy(cells: touched)
    norms = other.norms.copy(cells: touched)
    scales = other.scales.copy(cells: touched)
    order = other.order.copy(cells: touched)
    reads = other.reads
    writes = other.writes
    links = other.links?.copy(cells: touched)
    indexChoice = other.indexChoice
    index = other.index.copy()
  }

  deinit {
    rows.release()
    norms.release()
    scales.release()
    order.release()
    links?.release()
  }

  /// Looks for cells as a network wants it from now on.
  func use(_ choice: IndexChoice) {
    guard choice != indexChoice else { return }
    indexChoice = choice
    index = choice.make(plan)
  }

  /// An independent copy. O(touched cells).
  func copy() -> ElementMemory { ElementMemory(copying: self) }

  /// Empties the memory; the storage is kept. O(touched cells).
  func clear() {
    rows.clear(cells: touched)
    norms.clear(cells: touched)
    scales.clear(cells: touched)
    order.clear(cells: touched)
    links?.clear(cells: touched)
    for head in reads.counts.indices { reads.counts[head] = 0 }
    writes.counts[0] = 0
    (touched, step, cleared, scanned) = (0, 0, 0, 0)
    index = indexChoice.make(plan)
  }

  /// Takes cells up to `cell` into use.
  @inline(__always)
  func touch(_ cell: Int) {
    if cell >= touched { grow(to: cell + 1) }
  }

  private func grow(to cells: Int) {
    rows.grow(to: cells)
    norms.grow(to: cells)
    scales.grow(to: cells)
    order.grow(to: cells)
    links?.grow(to: cells)
    touched = cells
  }

  /// Contents of a touched cell.
  @inline(__always)
  func row(_ cell: Int) -> UnsafeMutablePointer<Float> { rows.base + cell * plan.wp }

  /// Bytes of storage by cell, the index's included.
  var bytes: Int {
    rows.bytes + norms.bytes + scales.bytes + order.bytes + (links?.bytes ?? 0) + index.bytes
  }

  /// Whether two memories hold the same. Cells that one of them has not touched are empty in the
  /// other.
  ///
  /// Changes neither: others may be reading them.
  func isEqual(to other: ElementMemory) -> Bool {
    guard plan == other.plan && step == other.step && reads == other.reads && writes == other.writes
    else { return false }
    let cells = min(touched, other.touched)
    for i in 0..<cells * plan.wp where rows.base[i] != other.rows.base[i] { return false }
    guard order.isEqual(to: other.order, cells: cells) else { return false }
    guard (touched > other.touched ? self : other).isEmpty(from: cells) else { return false }
    switch (links, other.links) {
    case (nil, nil): return true
    case (let a?, let b?): return a.isEqual(to: b, cells: cells)
    default: return false
    }
  }

  /// Whether no touched cell from `first` on was ever accessed, written or linked.
  private func isEmpty(from first: Int) -> Bool {
    for i in first * plan.wp..<touched * plan.wp where rows.base[i] != 0 { return false }
    for cell in first..<touched {
      if order.last.base[cell] >= 0 { return false }
      if let links, links.before.count(cell) + links.after.count(cell) > 0 { return false }
    }
    return true
  }
}

/// A few lists of cells with weights, of fixed capacity.
struct WeightLists: Equatable, Sendable {
  let capacity: Int
  var counts: [Int]
  var cells: [Int32]
  var weights: [Float]

  init(lists: Int, capacity: Int) {
    self.capacity = capacity
    counts = [Int](repeating: 0, count: lists)
    cells = [Int32](repeating: 0, count: lists * capacity)
    weights = [Float](repeating: 0, count: lists * capacity)
  }

  static func == (a: WeightLists, b: WeightLists) -> Bool {
    guard a.counts == b.counts else { return false }
    for (list, count) in a.counts.enumerated() {
      for entry in list * a.capacity..<list * a.capacity + count
      where a.cells[entry] != b.cells[entry] || a.weights[entry] != b.weights[entry] {
        return false
      }
    }
    return true
  }
}
