/// What one sparse memory holds, for every element of a batch: of N cells, those touched so far.
///
/// A value: copies are independent, and share an element's storage until one is changed; nothing
/// costs anything in N. A gradient of a state is a state too.
public struct SparseMemoryState: MemoryState {
  let plan: SparsePlan
  private(set) var elements: [ElementMemory]

  init(batch: Int, plan: SparsePlan) {
    self.plan = plan
    elements = (0..<batch).map { _ in ElementMemory(plan) }
  }

  public var batch: Int { elements.count }

  public mutating func reset() { self = SparseMemoryState(batch: batch, plan: plan) }

  /// Number of cells, N.
  public var cells: Int { plan.n }

  /// Number of cells of an element (0 ..< batch) that were read or written since its memory was
  /// empty: these are the first ones.
  public func touchedCells(of element: Int) -> Int { memory(at: element).touched }

  /// Bytes that an element's cells take, with those of its index if it has one.
  public func bytes(of element: Int) -> Int { memory(at: element).bytes }

  /// Why an element's index gave up and its cells are scanned instead, if that happened; it is
  /// logged as a warning as well.
  public func indexFailure(of element: Int) -> String? { memory(at: element).index.failureMessage }

  /// Contents of an element's touched cells: [touched cells, W].
  public func memory(of element: Int) -> Tensor {
    let memory = memory(at: element)
    var values: [Float] = []
    values.reserveCapacity(memory.touched * plan.w)
    for cell in 0..<memory.touched {
      values.append(contentsOf: UnsafeBufferPointer(start: memory.row(cell), count: plan.w))
    }
    return Tensor(shape: [memory.touched, plan.w], values: values)
  }

  /// Read weights of an element's head (0 ..< R), with the cells they belong to.
  public func readWeights(of element: Int, head: Int) -> [(cell: Int, weight: Float)] {
    let reads = memory(at: element).reads
    require(
      0 <= head && head < plan.r, "a memory with \(plan.r) read heads has no head number \(head)")
    return (0..<reads.counts[head]).map {
      let entry = head * reads.capacity + $0
      return (Int(reads.cells[entry]), reads.weights[entry])
    }
  }

  private func memory(at element: Int) -> ElementMemory {
    require(
      0 <= element && element < batch,
      "a memory for a batch of \(batch) has no element number \(element)")
    return elements[element]
  }

  public static func == (a: SparseMemoryState, b: SparseMemoryState) -> Bool {
    a.plan == b.plan && a.batch == b.batch
      && zip(a.elements, b.elements).allSatisfy { $0 === $1 || $0.isEqual(to: $1) }
  }

  /// Copies what others hold too: after this the elements may be changed in place.
  mutating func makeUnique() {
    for index in elements.indices where !isKnownUniquelyReferenced(&elements[index]) {
      elements[index] = elements[index].copy()
    }
  }
}
