/// The SDNC's links (`docs/equations/sdnc.md`): `A`, whose row i lists the cells written just
/// before i, `B`, whose row j lists those written just after j, and the precedence. At most K_L
/// entries each. Not differentiated.
struct TemporalLinks {
  let kl: Int
  private(set) var before: LinkRows
  private(set) var after: LinkRows
  var precedence: [(cell: Int32, weight: Float)] = []

  init(_ kl: Int) {
    self.kl = kl
    before = LinkRows(kl)
    after = LinkRows(kl)
    precedence.reserveCapacity(2 * kl)
  }

  var bytes: Int { before.bytes + after.bytes }

  mutating func grow(to cells: Int) {
    before.grow(to: cells)
    after.grow(to: cells)
  }

  /// Removes all links, which are in the first `cells` rows.
  mutating func clear(cells: Int) {
    before.clear(rows: cells)
    after.clear(rows: cells)
    precedence.removeAll(keepingCapacity: true)
  }

  func copy(cells: Int) -> TemporalLinks {
    var other = self
    other.before = before.copy(cells: cells)
    other.after = after.copy(cells: cells)
    return other
  }

  func release() {
    before.release()
    after.release()
  }

  func isEqual(to other: TemporalLinks, cells: Int) -> Bool {
    precedence.elementsEqual(other.precedence, by: ==)
      && before.isEqual(to: other.before, cells: cells)
      && after.isEqual(to: other.after, cells: cells)
  }

  /// Steps 1 to 4 of `docs/equations/sdnc.md`, after a write with weights `writes`. `scratch` is
  /// used within the call.
  mutating func update(
    _ writes: UnsafeBufferPointer<(cell: Int32, weight: Float)>, _ scratch: inout LinkScratch
  ) {
    scratch.written.removeAll(keepingCapacity: true)
    scratch.written.append(contentsOf: writes)
    keepLargest(&scratch.written, kl)

    // 2: B, with the old A and the old precedence; row by row, as no row depends on another
    scratch.changed.removeAll(keepingCapacity: true)
    for (i, _) in precedence where scratch.written.contains(where: { $0.cell != i }) {
      scratch.changed.append(i)
    }
    for (j, _) in scratch.written {
      for entry in 0..<before.count(Int(j)) {
        let i = before.cell(Int(j), entry)
        if i != j && !scratch.changed.contains(i) { scratch.changed.append(i) }
      }
    }
    for i in scratch.changed {
      scratch.row.removeAll(keepingCapacity: true)
      for entry in 0..<after.count(Int(i)) {
        scratch.row.append((after.cell(Int(i), entry), after.weight(Int(i), entry)))
      }
      let p = precedence.first { $0.cell == i }?.weight
      for (j, wj) in scratch.written where j != i && (p != nil || before.links(j, to: i)) {
        let share = wj * (p ?? 0)
        if let entry = scratch.row.firstIndex(where: { $0.cell == j }) {
          scratch.row[entry].weight = (1 - wj) * scratch.row[entry].weight + share
        } else {
          scratch.row.append((j, share))
        }
      }
      cut(&scratch.row, kl)
      after.set(Int(i), scratch.row)
    }

    // 3: A
    for (i, wi) in scratch.written {
      scratch.row.removeAll(keepingCapacity: true)
      for entry in 0..<before.count(Int(i)) {
        scratch.row.append((before.cell(Int(i), entry), (1 - wi) * before.weight(Int(i), entry)))
      }
      for (j, p) in precedence where j != i {
        if let entry = scratch.row.firstIndex(where: { $0.cell == j }) {
          scratch.row[entry].weight += wi * p
        } else {
          scratch.row.append((j, wi * p))
        }
      }
      cut(&scratch.row, kl)
      before.set(Int(i), scratch.row)
    }

    // 4: precedence
    let kept = 1 - scratch.written.reduce(0) { $0 + $1.weight }
    for index in precedence.indices { precedence[index].weight *= kept }
    for (cell, weight) in scratch.written {
      if let entry = precedence.firstIndex(where: { $0.cell == cell }) {
        precedence[entry].weight += weight
      } else {
        precedence.append((cell, weight))
      }
    }
    keepLargest(&precedence, kl)
  }
}

/// Lists that an update works on, kept from step to step so that it allocates nothing.
struct LinkScratch {
  var written: [(cell: Int32, weight: Float)] = []
  /// Rows of B that change.
  var changed: [Int32] = []
  var row: [(cell: Int32, weight: Float)] = []

  /// For lists of at most `writes` cells, of `cells` in all.
  init(writes: Int, kl: Int, cells: Int) {
    written.reserveCapacity(writes)
    // K_L rows of A, one for each of the largest writes, and the precedence, which they share
    changed.reserveCapacity(min(kl * kl + kl, cells))
    // the links of a row, and the written cells or the precedence
    row.reserveCapacity(2 * kl)
  }
}

/// Keeps the `count` largest positive entries, equal ones by cell, in the order of their cells.
func keepLargest(_ entries: inout [(cell: Int32, weight: Float)], _ count: Int) {
  entries.removeAll { !($0.weight > 0) }
  if entries.count > count {
    sortInPlace(&entries) {
      $0.weight != $1.weight ? $0.weight > $1.weight : $0.cell < $1.cell
    }
    entries.removeLast(entries.count - count)
  }
  sortInPlace(&entries) { $0.cell < $1.cell }
}

/// Sorts a list whose elements are all different; unlike `sort`, which merges longer ones by way of
/// a copy, it never allocates.
func sortInPlace<Element>(
  _ list: inout [Element], by goesBefore: (Element, Element) -> Bool
) {
  list.withUnsafeMutableBufferPointer { list in
    if list.count <= 32 {
      for end in 1..<max(1, list.count) {
        var place = end
        while place > 0 && goesBefore(list[place], list[place - 1]) {
          list.swapAt(place, place - 1)
          place -= 1
        }
      }
      return
    }
    // heap sort: the last of those not sorted yet is at the root
    func sink(_ root: Int, below end: Int) {
      var parent = root
      while 2 * parent + 1 < end {
        var child = 2 * parent + 1
        if child + 1 < end && goesBefore(list[child], list[child + 1]) { child += 1 }
        guard goesBefore(list[parent], list[child]) else { return }
        list.swapAt(parent, child)
        parent = child
      }
    }
    for root in stride(from: list.count / 2 - 1, through: 0, by: -1) {
      sink(root, below: list.count)
    }
    for end in stride(from: list.count - 1, to: 0, by: -1) {
      list.swapAt(0, end)
      sink(0, below: end)
    }
  }
}

/// Keeps the `count` largest entries; divides them by their sum if that is above 1.
func cut(_ entries: inout [(cell: Int32, weight: Float)], _ count: Int) {
  keepLargest(&entries, count)
  let sum = entries.reduce(0) { $0 + $1.weight }
  if sum > 1 {
    for index in entries.indices { entries[index].weight /= sum }
  }
}

/// Rows of at most K_L links, by cell.
struct LinkRows {
  let kl: Int
  private var counts = GrowingArray<Int32>(stride: 1, initial: 0)
  private var cells: GrowingArray<Int32>
  private var weights: GrowingArray<Float>

  init(_ kl: Int) {
    self.kl = kl
    cells = GrowingArray(stride: kl, initial: 0)
    weights = GrowingArray(stride: kl, initial: 0)
  }

  var bytes: Int { counts.bytes + cells.bytes + weights.bytes }

  @inline(__always) func count(_ row: Int) -> Int { Int(counts.base[row]) }
  @inline(__always) func cell(_ row: Int, _ entry: Int) -> Int32 { cells.base[row * kl + entry] }
  @inline(__always) func weight(_ row: Int, _ entry: Int) -> Float {
    weights.base[row * kl + entry]
  }

  /// Whether a row lists a cell.
  func links(_ row: Int32, to other: Int32) -> Bool {
    (0..<count(Int(row))).contains { cell(Int(row), $0) == other }
  }

  func entries(_ row: Int) -> [(cell: Int32, weight: Float)] {
    (0..<count(row)).map { (cell(row, $0), weight(row, $0)) }
  }

  func set(_ row: Int, _ entries: [(cell: Int32, weight: Float)]) {
    counts.base[row] = Int32(entries.count)
    for (index, entry) in entries.enumerated() {
      cells.base[row * kl + index] = entry.cell
      weights.base[row * kl + index] = entry.weight
    }
  }

  mutating func grow(to rows: Int) {
    counts.grow(to: rows)
    cells.grow(to: rows)
    weights.grow(to: rows)
  }

  /// Empties the first `rows` rows: values behind a row's end mean nothing.
  func clear(rows: Int) { counts.clear(cells: rows) }

  func copy(cells rows: Int) -> LinkRows {
    var other = self
    other.counts = counts.copy(cells: rows)
    other.cells = cells.copy(cells: rows)
    other.weights = weights.copy(cells: rows)
    return other
  }

  func release() {
    counts.release()
    cells.release()
    weights.release()
  }

  func isEqual(to other: LinkRows, cells rows: Int) -> Bool {
    for row in 0..<rows {
      guard count(row) == other.count(row) else { return false }
      for entry in 0..<count(row)
      where cell(row, entry) != other.cell(row, entry)
        || weight(row, entry) != other.weight(row, entry)
      {
        return false
      }
    }
    return true
  }
}
