/// What one sparse memory holds, for every element of a batch: of N cells, those touched so far.
///
/// A value: copies are independent, and share an element's storage until one is changed; nothing costs anything in N. A gradient of a state is a state too.
public struct SparseMemoryState: ExternalMemoryState {
  let plan: SparsePlan
  private(set) var items: [SparseItem]

  init(batch: Int, plan: SparsePlan) {
    self.plan = plan
    items = (0..<batch).map { _ in SparseItem(plan) }
  }

  public var batch: Int { items.count }

  public mutating func reset() { self = SparseMemoryState(batch: batch, plan: plan) }

  /// Number of cells, N.
  public var cells: Int { plan.n }

  /// Number of cells of an element (0 ..< batch) that were read or written since its memory was empty: these are the first ones.
  public func touchedCells(of element: Int) -> Int { item(element).touched }

  /// Bytes that an element's cells take, with those of its index if it has one.
  public func bytes(of element: Int) -> Int { item(element).bytes }

  /// Why an element's index gave up and its cells are scanned instead, if that happened; it is said on standard error as well.
  public func indexFailure(of element: Int) -> String? { item(element).index.failureMessage }

  /// Contents of an element's touched cells: [touched cells, W].
  public func memory(of element: Int) -> Tensor {
    let item = item(element)
    var values: [Float] = []
    values.reserveCapacity(item.touched * plan.w)
    for cell in 0..<item.touched {
      values.append(contentsOf: UnsafeBufferPointer(start: item.row(cell), count: plan.w))
    }
    return Tensor(shape: [item.touched, plan.w], values: values)
  }

  /// Read weights of an element's head (0 ..< R), with the cells they belong to.
  public func readWeights(of element: Int, head: Int) -> [(cell: Int, weight: Float)] {
    let reads = item(element).reads
    require(
      0 <= head && head < plan.r, "a memory with \(plan.r) read heads has no head number \(head)")
    return (0..<reads.counts[head]).map {
      let entry = head * reads.capacity + $0
      return (Int(reads.cells[entry]), reads.weights[entry])
    }
  }

  private func item(_ element: Int) -> SparseItem {
    require(
      0 <= element && element < batch,
      "a memory for a batch of \(batch) has no element number \(element)")
    return items[element]
  }

  public static func == (a: SparseMemoryState, b: SparseMemoryState) -> Bool {
    a.plan == b.plan && a.batch == b.batch
      && zip(a.items, b.items).allSatisfy { $0 === $1 || $0.isEqual(to: $1) }
  }

  /// Copies what others hold too: after this the elements may be changed in place.
  mutating func makeUnique() {
    for index in items.indices where !isKnownUniquelyReferenced(&items[index]) {
      items[index] = items[index].copy()
    }
  }
}

/// The state of a SAM or an SDNC.
public typealias SparseNetworkState = NetworkState<SparseMemoryState>
