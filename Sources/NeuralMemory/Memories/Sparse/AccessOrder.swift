/// The order in which the cells were last accessed: a linked list of those accessed so far, stalest
/// first.
///
/// While some cell was never accessed, the lowest of these is the stalest. O(1) per access.
struct AccessOrder {
  /// Neighbours in the list, and the step of the last access; −1: none.
  private var next = GrowingArray<Int32>(stride: 1, initial: -1)
  private var previous = GrowingArray<Int32>(stride: 1, initial: -1)
  private(set) var last = GrowingArray<Int64>(stride: 1, initial: -1)
  private var stalest: Int32 = -1
  private var latest: Int32 = -1
  /// No cell below has never been accessed.
  private var firstNever = 0
  private var cells = 0

  var bytes: Int { next.bytes + previous.bytes + last.bytes }

  mutating func grow(to cells: Int) {
    next.grow(to: cells)
    previous.grow(to: cells)
    last.grow(to: cells)
    self.cells = cells
  }

  /// Forgets all accesses, which were of the first `cells` cells.
  mutating func clear(cells: Int) {
    next.clear(cells: cells)
    previous.clear(cells: cells)
    last.clear(cells: cells)
    (stalest, latest, firstNever, self.cells) = (-1, -1, 0, 0)
  }

  func copy(cells: Int) -> AccessOrder {
    var other = self
    other.next = next.copy(cells: cells)
    other.previous = previous.copy(cells: cells)
    other.last = last.copy(cells: cells)
    other.cells = cells
    return other
  }

  func release() {
    next.release()
    previous.release()
    last.release()
  }

  /// The least recently accessed of `n` cells.
  mutating func leastRecent(of n: Int) -> Int {
    while firstNever < cells && last.base[firstNever] >= 0 { firstNever += 1 }
    return firstNever < n ? firstNever : Int(stalest)
  }

  /// Makes a cell the most recent one.
  mutating func access(_ cell: Int, step: Int) {
    if last.base[cell] >= 0 {
      let (before, after) = (previous.base[cell], next.base[cell])
      if before >= 0 { next.base[Int(before)] = after } else { stalest = after }
      if after >= 0 { previous.base[Int(after)] = before } else { latest = before }
    }
    previous.base[cell] = latest
    next.base[cell] = -1
    if latest >= 0 { next.base[Int(latest)] = Int32(cell) } else { stalest = Int32(cell) }
    latest = Int32(cell)
    last.base[cell] = Int64(step)
  }

  /// Sets the order of cells never accessed from the steps of their last accesses (−1: none), by
  /// cell.
  mutating func restore(last steps: some RandomAccessCollection<Int64>) {
    let accessed = zip(0..., steps).filter { $0.1 >= 0 }.sorted { ($0.1, $0.0) < ($1.1, $1.0) }
    for (cell, step) in accessed { access(cell, step: Int(step)) }
  }

  func isEqual(to other: AccessOrder, cells: Int) -> Bool {
    for i in 0..<cells
    where last.base[i] != other.last.base[i] || next.base[i] != other.next.base[i] {
      return false
    }
    return stalest == other.stalest
  }

  /// Cells in the order of their last accesses, stalest first.
  var list: [Int] {
    var cells: [Int] = []
    var cell = stalest
    while cell >= 0 {
      cells.append(Int(cell))
      cell = next.base[Int(cell)]
    }
    return cells
  }
}
