import VectorKernels

/// One sparse memory of a network for a shard of the batch: SAM's, or with links the SDNC's.
///
/// Works in place on the outgoing memories; what the backward pass needs is recorded. The
/// mechanisms are extensions, a file each.
final class SparseMemoryShard: MemoryShard, @unchecked Sendable {
  let plan: SparsePlan
  let kernels: UnsafePointer<vk_table>
  let record: SparseRecord
  let recording: Bool

  private let records: AlignedBuffer
  private var firstElement = 0
  private var elements = 0
  private(set) var memories: [ElementMemory] = []
  /// Memories of training passes, which no caller sees: emptied and used again.
  private var own: [ElementMemory] = []
  /// Reads with which each element started.
  private(set) var startReads: [WeightLists] = []
  private let noReads: WeightLists

  // Working memory of one access.
  var nearest: NearestCells
  /// By cell: its place in the list that is being made; −1: none.
  var slots = GrowingArray<Int32>(stride: 1, initial: -1)
  var linkScratch: LinkScratch
  /// Gradients of the write weights of one access, as every head's last weight gets them.
  let writeGradients: UnsafeMutablePointer<Float>
  var writeList: [(cell: Int32, weight: Float)] = []
  var directionList: [(cell: Int32, weight: Float)] = []
  var accessList: [(cell: Int32, weight: Float)] = []
  let gradients: SparseGradients?

  init(
    _ plan: SparsePlan, kernels: UnsafePointer<vk_table>, elements: Int, accesses: Int,
    recording: Bool
  ) {
    self.plan = plan
    self.kernels = kernels
    self.recording = recording
    record = SparseRecord(plan)
    records = AlignedBuffer(
      count: (recording ? elements * accesses : 1) * record.layout.count)
    writeGradients = .allocate(capacity: plan.writes)
    writeGradients.initialize(repeating: 0, count: plan.writes)
    noReads = WeightLists(lists: plan.r, capacity: plan.headReads)
    nearest = NearestCells(plan)
    // as long as they can get, so that no step makes them longer
    writeList.reserveCapacity(plan.writes)
    directionList.reserveCapacity(min(plan.headReads * plan.kl, plan.n))
    accessList.reserveCapacity(plan.writes + plan.reads)
    linkScratch = LinkScratch(writes: plan.writes, kl: plan.kl, cells: plan.n)
    gradients = recording ? SparseGradients(plan, elements: elements) : nil
  }

  deinit {
    writeGradients.deallocate()
    slots.release()
    nearest.release()
  }

  var recordedBytes: Int { records.count * MemoryLayout<Float>.stride }

  /// The record of an access.
  @inline(__always)
  func saved(_ access: Int, _ element: Int) -> Block {
    Block(
      recording
        ? records.base + (access * elements + element) * record.layout.count : records.base)
  }

  /// Steps 1 to 6 of `docs/equations/sam.md`, and with links those of `docs/equations/sdnc.md`.
  func forward(
    access: Int, element: Int, raw: UnsafePointer<Float>, reads: UnsafeMutablePointer<Float>
  ) {
    let memory = memories[element]
    let saved = saved(access, element)
    let x = Block(saved[record.interface.values])
    plan.interface.squash(raw, into: x.base, slopes: saved[record.interface.slopes], kernels)
    write(memory, x, saved)
    if plan.hasLinks {
      writeList.withUnsafeBufferPointer { memory.links!.update($0, &linkScratch) }
    }
    scaleQueries(x, saved)
    nearest.find(
      in: memory, queries: saved[record.queries], lookup: { self.lookup($0, saved) }, kernels)
    beginReads(memory)
    for head in 0..<plan.r {
      contentWeights(head, x, saved)
      combine(head, memory, x, saved)
    }
    read(memory, saved, reads)
    markAccesses(memory)
    memory.step += 1
  }

  /// Back through one access of one element; the discrete choices (the stalest cell, the cells
  /// found, the links) are constants.
  func backward(
    access: Int, element: Int, dreads: UnsafePointer<Float>, draw: UnsafeMutablePointer<Float>
  ) {
    let g = gradients!
    let saved = saved(access, element)
    let x = Block(saved[record.interface.values])
    let d = Block(draw)
    let readCount = Int(saved[record.readCount][0])
    draw.update(repeating: 0, count: plan.interface.width)
    g.earlier.base.update(repeating: 0, count: plan.reads)
    g.shrink.base.update(repeating: 0, count: readCount)
    for head in 0..<plan.r {
      backwardReads(head, element, saved, dreads)
      if plan.hasLinks { backwardDirections(access, head, element, x, saved, d) }
      backwardContent(head, element, x, saved, d)
    }
    for i in 0..<readCount {
      kernels.pointee.axpy(
        g.row(element, Int(saved[record.readCells][i])), g.shrink.base[i],
        saved[record.rows] + i * plan.wp, plan.wp)
    }
    backwardWrite(access, element, x, saved, d)
    g.reads(element).update(from: g.earlier.base, count: plan.reads)
    plan.interface.squashBackward(
      draw, y: x.base, slopes: saved[record.interface.slopes], kernels)
  }

  // MARK: Runs

  func beginEmpty(elements: Int) {
    while own.count < elements { own.append(ElementMemory(plan)) }
    begin(firstElement: 0, elements: elements, own[..<elements])
    for memory in memories { memory.clear() }
    startReads.removeAll(keepingCapacity: true)
    for _ in 0..<elements { startReads.append(noReads) }
  }

  func begin(
    firstElement: Int, elements: Int, incoming: SparseMemoryState?, outgoing: SparseMemoryState
  ) {
    begin(
      firstElement: firstElement, elements: elements,
      outgoing.elements[firstElement..<firstElement + elements])
    startReads.removeAll(keepingCapacity: true)
    if recording { startReads.append(contentsOf: memories.lazy.map(\.reads)) }
  }

  private func begin(firstElement: Int, elements: Int, _ memories: ArraySlice<ElementMemory>) {
    self.firstElement = firstElement
    self.elements = elements
    self.memories.removeAll(keepingCapacity: true)
    self.memories.append(contentsOf: memories)
  }

  func end(accesses: (_ element: Int) -> Int) {
    // what is left behind is the caller's now
    if !recording { memories.removeAll(keepingCapacity: true) }
  }

  func release() {
    memories.removeAll(keepingCapacity: true)
    startReads.removeAll(keepingCapacity: true)
  }

  func trace(access: Int, _ tracer: SparseTracer) {
    tracer.record(memories[0], interface: Block(saved(access, 0)[record.interface.values]))
  }

  func beginBackward(_ gradient: SparseMemoryState?) {
    slots.grow(to: memories.map(\.touched).max() ?? 0)
    for element in 0..<elements {
      gradients!.begin(
        element, touched: memories[element].touched, reads: memories[element].reads,
        gradient: gradient?.elements[firstElement + element])
    }
  }

  func endBackward(into gradient: SparseMemoryState) {
    for element in 0..<elements {
      gradients!.end(
        element, reads: startReads[element],
        into: gradient.elements[firstElement + element])
    }
  }

  // MARK: Looking inside

  func examine(access: Int, element: Int, _ visit: (Examined.Part) -> Void) {
    let saved = saved(access, element)
    plan.interface.examine(Block(saved[record.interface.values]), visit)
    func show(
      _ mechanism: String, _ tensor: String, _ base: UnsafePointer<Float>, rows: Int = 1,
      _ columns: Int, stride: Int? = nil
    ) {
      visit(.init(mechanism, tensor, base, rows: rows, columns: columns, stride: stride))
    }
    show(
      "write weights", "write weights", saved[record.writeWeights],
      Int(saved[record.writeCount][0]))
    for head in 0..<plan.r {
      if plan.hasLinks {
        for (name, direction) in [("forward", record.forward), ("backward", record.backward)] {
          show(
            "temporal links", "\(name) weights of head \(head)",
            saved[direction.weights, row: head], Int(saved[direction.counts][head]))
        }
      }
      show(
        "content lookup and read weights", "read weights of head \(head)",
        saved[record.readWeights, row: head], Int(saved[record.entryCounts][head]))
    }
    show(
      "writing", "contents of the cells read", saved[record.rows],
      rows: Int(saved[record.readCount][0]), plan.w, stride: plan.wp)
  }
}

extension SparseMemoryShard {
  static func empty(_ plan: SparsePlan, batch: Int) -> SparseMemoryState {
    SparseMemoryState(batch: batch, plan: plan)
  }

  static func check(_ memory: SparseMemoryState, _ plan: SparsePlan, batch: Int, _ what: String) {
    let there = memory.plan
    require(
      memory.batch == batch && there == plan,
      "\(what): a memory for batch \(batch), \(plan.n) cells of \(plan.w), \(plan.r) heads with "
        + "\(plan.k) sparse and \(plan.kl) temporal reads was expected, not for batch "
        + "\(memory.batch), \(there.n) cells of \(there.w), \(there.r) heads with \(there.k) and "
        + "\(there.kl)"
    )
  }

  static func outgoing(
    _ incoming: inout SparseMemoryState?, _ plan: SparsePlan, kernels: UnsafePointer<vk_table>,
    batch: Int,
    recording: Bool
  ) -> SparseMemoryState {
    guard var memory = incoming else { return empty(plan, batch: batch) }
    incoming = nil
    memory.makeUnique()
    for element in memory.elements { element.use(plan.index) }
    return memory
  }

  static func tracer(_ plan: SparsePlan) -> SparseTracer { SparseTracer(plan) }
}
