import VectorKernels

/// One sparse memory of a network for a shard of the batch: SAM's, or with links the SDNC's.
///
/// Works in place on the outgoing memories; what the way back needs is recorded.
final class SparseMemoryUnit: MemoryUnit, @unchecked Sendable {
  let plan: SparsePlan
  let kernels: vk_table
  let record: SparseRecord
  let recording: Bool

  private let floats: AlignedBuffer
  private let integers: UnsafeMutablePointer<Int32>
  let recordedBytes: Int
  private var firstItem = 0
  private var items = 0
  private(set) var memories: [SparseItem] = []
  /// Memories of training passes, which nobody else sees: emptied and used again.
  private var own: [SparseItem] = []
  /// Reads with which each element started.
  private(set) var startReads: [WeightLists] = []
  private let noReads: WeightLists

  // Scratch space of one access.
  var nearest: NearestCells
  var slots = GrowingArray<Int32>(stride: 1, initial: -1)
  var linkScratch: LinkScratch
  /// Gradients of the write weights of one access, as every head's last weight gets them.
  let writeGradients: UnsafeMutablePointer<Float>
  var writeList: [(cell: Int32, weight: Float)] = []
  var directionList: [(cell: Int32, weight: Float)] = []
  var accessList: [(cell: Int32, weight: Float)] = []
  let gradients: SparseGradients?

  init(_ plan: SparsePlan, kernels: vk_table, items: Int, accesses: Int, recording: Bool) {
    self.plan = plan
    self.kernels = kernels
    self.recording = recording
    record = SparseRecord(plan)
    let count = recording ? items * accesses : 1
    floats = AlignedBuffer(count: count * record.floats)
    integers = .allocate(capacity: count * record.integers)
    integers.initialize(repeating: 0, count: count * record.integers)
    recordedBytes =
      count
      * (record.floats * MemoryLayout<Float>.stride + record.integers * MemoryLayout<Int32>.stride)
    writeGradients = .allocate(capacity: plan.writes)
    writeGradients.initialize(repeating: 0, count: plan.writes)
    noReads = WeightLists(lists: plan.r, capacity: plan.headReads)
    nearest = NearestCells(plan)
    // as long as they can get, so that no step makes them longer
    writeList.reserveCapacity(plan.writes)
    directionList.reserveCapacity(min(plan.headReads * plan.kl, plan.n))
    accessList.reserveCapacity(plan.writes + plan.reads)
    linkScratch = LinkScratch(writes: plan.writes, kl: plan.kl, cells: plan.n)
    gradients = recording ? SparseGradients(plan, items: items) : nil
  }

  deinit {
    integers.deallocate()
    writeGradients.deallocate()
    slots.release()
    nearest.release()
  }

  func beginEmpty(items: Int) {
    while own.count < items { own.append(SparseItem(plan)) }
    begin(firstItem: 0, items: items, own[..<items])
    for memory in memories { memory.clear() }
    startReads.removeAll(keepingCapacity: true)
    for _ in 0..<items { startReads.append(noReads) }
  }

  func begin(
    firstItem: Int, items: Int, incoming: SparseMemoryState?, outgoing: SparseMemoryState
  ) {
    begin(firstItem: firstItem, items: items, outgoing.items[firstItem..<firstItem + items])
    startReads.removeAll(keepingCapacity: true)
    if recording { startReads.append(contentsOf: memories.lazy.map(\.reads)) }
  }

  private func begin(firstItem: Int, items: Int, _ memories: ArraySlice<SparseItem>) {
    self.firstItem = firstItem
    self.items = items
    self.memories.removeAll(keepingCapacity: true)
    self.memories.append(contentsOf: memories)
  }

  func end(accesses: (_ item: Int) -> Int) {
    // what is left behind belongs to the caller now
    if !recording { memories.removeAll(keepingCapacity: true) }
  }

  func release() {
    memories.removeAll(keepingCapacity: true)
    startReads.removeAll(keepingCapacity: true)
  }

  @inline(__always)
  func floats(_ access: Int, _ item: Int) -> UnsafeMutablePointer<Float> {
    recording ? floats.base + (access * items + item) * record.floats : floats.base
  }

  @inline(__always)
  func integers(_ access: Int, _ item: Int) -> UnsafeMutablePointer<Int32> {
    recording ? integers + (access * items + item) * record.integers : integers
  }

  func trace(access: Int, _ tracer: SparseTracer) {
    tracer.record(memories[0], interface: floats(access, 0) + record.interface)
  }

  func beginBackward(_ gradient: SparseMemoryState?) {
    slots.grow(to: memories.map(\.touched).max() ?? 0)
    for item in 0..<items {
      gradients!.begin(
        item, touched: memories[item].touched, reads: memories[item].reads,
        gradient: gradient?.items[firstItem + item])
    }
  }

  func endBackward(into gradient: SparseMemoryState) {
    for item in 0..<items {
      gradients!.end(item, reads: startReads[item], into: gradient.items[firstItem + item])
    }
  }
}

extension SparseMemoryUnit {
  static func empty(_ plan: SparsePlan, batch: Int) -> SparseMemoryState {
    SparseMemoryState(batch: batch, plan: plan)
  }

  static func check(_ memory: SparseMemoryState, _ plan: SparsePlan, batch: Int, _ what: String) {
    let there = memory.plan
    require(
      memory.batch == batch && there == plan,
      "\(what): a memory for batch \(batch), \(plan.n) cells of \(plan.w), \(plan.r) heads with \(plan.k) sparse and \(plan.kl) temporal reads was expected, not for batch \(memory.batch), \(there.n) cells of \(there.w), \(there.r) heads with \(there.k) and \(there.kl)"
    )
  }

  static func complete(_ memory: inout SparseMemoryState, _ plan: SparsePlan, kernels: vk_table) {}

  static func outgoing(
    _ incoming: inout SparseMemoryState?, _ plan: SparsePlan, kernels: vk_table, batch: Int,
    recording: Bool
  ) -> SparseMemoryState {
    guard var memory = incoming else { return empty(plan, batch: batch) }
    incoming = nil
    memory.makeUnique()
    for item in memory.items { item.use(plan.index) }
    return memory
  }

  static func tracer(_ plan: SparsePlan) -> SparseTracer { SparseTracer(plan) }
}
