import VectorKernels

/// One dense memory of a network for a shard of the batch: its states and records through time, and scratch space.
///
/// With `recording` every access has its own state and record, kept for the backward pass; of the link matrix, by far the largest part, only every few
/// are kept (`RecordedLinks`). With `NetworkConfiguration.recomputeEvery` those of one segment are there at a time, and the states at the ends of all. Without
/// recording, a memory works in place on the outgoing state, and one record serves all.
final class DenseMemoryUnit: MemoryUnit, @unchecked Sendable {
  let plan: DensePlan
  let layout: DenseLayout
  let interface: DenseInterface
  let record: DenseLayout.Record
  let kernels: vk_table
  let recording: Bool
  /// The ε inside the norms' roots.
  let inside: Float
  let sorter: CellSorter

  /// What is recorded of the states, within a segment and at the ends of segments: all but the link matrices.
  private let states: AlignedBuffer
  private let ends: AlignedBuffer
  private let links: RecordedLinks?
  private let records: AlignedBuffer
  /// Gradient of the state, one block per element, carried from access to access.
  private let carries: AlignedBuffer?
  /// An empty memory, the start of every element that comes without a state.
  private let empty: AlignedBuffer
  let scratch: AlignedBuffer
  let scratchLayout: DenseScratch
  /// Gradients of the keys' norms, within one access.
  var keyNormGradients: UnsafeMutablePointer<Float> { scratch.base + scratchLayout.keyNorms }

  private var firstItem = 0
  private var items = 0
  private var outgoing: DenseMemoryState?
  private var start: UnsafeMutablePointer<Float>
  private var startStride = 0

  init(_ plan: DensePlan, kernels: vk_table, items: Int, accesses: Int, recording: Bool) {
    self.plan = plan
    layout = plan.layout
    interface = plan.fields
    self.kernels = kernels
    self.recording = recording
    inside = plan.inside
    record = DenseLayout.Record(layout, interface: interface.layout)
    sorter = CellSorter(cells: layout.n)
    let segment = plan.segment
    let block = recording ? items * layout.link : 0
    states = AlignedBuffer(count: block * min(accesses, segment - 1))
    ends = AlignedBuffer(count: block * (accesses / segment))
    links =
      recording
      ? RecordedLinks(layout, items: items, accesses: accesses, segment: segment) : nil
    records = AlignedBuffer(
      count: recording ? items * min(accesses, segment) * record.count : record.count)
    carries = recording ? AlignedBuffer(count: items * layout.stateCount) : nil
    empty = AlignedBuffer(count: layout.stateCount)
    kernels.memory_norms(
      empty.base + layout.norm, empty.base + layout.inverse, empty.base + layout.memory, inside,
      layout.w, layout.np)
    scratchLayout = DenseScratch(layout)
    scratch = AlignedBuffer(count: scratchLayout.count)
    start = empty.base
  }

  /// ε of `spec/dnc.md`.
  static let epsilon: Float = 1e-6

  func beginEmpty(items: Int) {
    require(recording, "a memory without records works on a state")
    begin(firstItem: 0, items: items, incoming: nil, outgoing: nil)
  }

  func begin(firstItem: Int, items: Int, incoming: DenseMemoryState?, outgoing: DenseMemoryState) {
    begin(firstItem: firstItem, items: items, incoming: incoming, outgoing: Optional(outgoing))
  }

  private func begin(
    firstItem: Int, items: Int, incoming: DenseMemoryState?, outgoing: DenseMemoryState?
  ) {
    self.firstItem = firstItem
    self.items = items
    self.outgoing = outgoing
    if let from = recording ? incoming : outgoing {
      start = from.storage.base + firstItem * layout.stateCount
      startStride = layout.stateCount
    } else {
      start = empty.base
      startStride = 0
    }
  }

  func end(accesses: (_ item: Int) -> Int) {
    defer { outgoing = nil }
    guard recording, let outgoing else { return }
    for item in 0..<items {
      let block = outgoing.storage.base + (firstItem + item) * layout.stateCount
      block.update(from: state(accesses(item), item), count: layout.link)
      (block + layout.link).update(
        from: link(accesses(item), item), count: layout.stateCount - layout.link)
    }
  }

  var recordedBytes: Int {
    (states.count + ends.count + records.count + (links?.count ?? 0))
      * MemoryLayout<Float>.stride
  }

  func trace(access: Int, _ tracer: DenseTracer) {
    tracer.record(parts(access + 1, 0), interface: record(access, 0) + record.interface)
  }

  func beginBackward(_ gradient: DenseMemoryState?) {
    for item in 0..<items {
      guard let gradient else {
        carry(item).update(repeating: 0, count: layout.stateCount)
        continue
      }
      carry(item).update(
        from: gradient.storage.base + (firstItem + item) * layout.stateCount,
        count: layout.stateCount)
    }
  }

  func endBackward(into gradient: DenseMemoryState) {
    for item in 0..<items {
      let block = gradient.storage.base + (firstItem + item) * layout.stateCount
      block.update(from: carry(item), count: layout.stateCount)
      // norms are derived, not state
      (block + layout.norm).update(repeating: 0, count: 2 * layout.np)
    }
  }

  /// The state of an element before access number `access`.
  @inline(__always)
  func state(_ access: Int, _ item: Int) -> UnsafeMutablePointer<Float> {
    if !recording || access == 0 { return start + item * startStride }
    let (segment, place) = access.quotientAndRemainder(dividingBy: plan.segment)
    let (buffer, number) = place == 0 ? (ends, segment - 1) : (states, place - 1)
    return buffer.base + (number * items + item) * layout.link
  }

  @inline(__always)
  func record(_ access: Int, _ item: Int) -> UnsafeMutablePointer<Float> {
    recording
      ? records.base + (access % plan.segment * items + item) * record.count : records.base
  }

  /// The gradient that is carried back in time for an element.
  @inline(__always)
  func carry(_ item: Int) -> UnsafeMutablePointer<Float> {
    carries!.base + item * layout.stateCount
  }

  /// The link matrix of an element before access number `access`. While recording it stands there until the next access of the element, and from then on
  /// only if it is one of those kept.
  @inline(__always)
  private func link(_ access: Int, _ item: Int) -> UnsafeMutablePointer<Float> {
    guard let links, access > 0 else { return state(access, item) + layout.link }
    return links.matrix(before: access, item: item, items: items)
  }

  /// The state of an element before access number `access`, with its parts named.
  @inline(__always)
  func parts(_ access: Int, _ item: Int) -> vk_dense_state {
    parts(state(access, item), link: link(access, item))
  }

  /// The parts of a gradient.
  @inline(__always)
  func gradientParts(_ block: UnsafeMutablePointer<Float>) -> vk_dense_state {
    parts(block, link: block + layout.link)
  }

  @inline(__always)
  private func parts(
    _ block: UnsafeMutablePointer<Float>, link: UnsafeMutablePointer<Float>
  ) -> vk_dense_state {
    vk_dense_state(
      m: block + layout.memory, norm: block + layout.norm, inverse: block + layout.inverse,
      link: link, usage: block + layout.usage, precedence: block + layout.precedence,
      write: block + layout.write, read: block + layout.read)
  }

  /// The last link matrix kept at or before an access, and the updates that lead from it to the one after the access.
  @inline(__always)
  func linkUpdates(through access: Int, _ item: Int) -> (
    from: UnsafeMutablePointer<Float>, steps: UnsafeMutablePointer<vk_link_step>, count: Int
  ) {
    guard let links else { fatalError("there is no way back without records") }
    let first = links.kept(before: access)
    for number in first...access {
      links.steps[number - first] = vk_link_step(
        w: state(number + 1, item) + layout.write, p: state(number, item) + layout.precedence)
    }
    return (link(first, item), links.steps, access - first + 1)
  }
}

extension DenseMemoryUnit {
  static func empty(_ plan: DensePlan, batch: Int) -> DenseMemoryState {
    DenseMemoryState(batch: batch, layout: plan.layout)
  }

  static func check(_ memory: DenseMemoryState, _ plan: DensePlan, batch: Int, _ what: String) {
    let (here, there) = (plan.layout, memory.layout)
    require(
      memory.batch == batch && there == here,
      "\(what): a memory for batch \(batch), \(here.n) cells of \(here.w) and \(here.r) read heads was expected, not for batch \(memory.batch), \(there.n) cells of \(there.w) and \(there.r) read heads"
    )
  }

  /// Computes the norms of the cells, unless they are there.
  static func complete(_ memory: inout DenseMemoryState, _ plan: DensePlan, kernels: vk_table) {
    guard memory.normsOf != plan.dialect else { return }
    let layout = plan.layout
    let blocks = memory.uniqueBlocks()
    for item in 0..<memory.batch {
      let block = blocks + item * layout.stateCount
      kernels.memory_norms(
        block + layout.norm, block + layout.inverse, block + layout.memory, plan.inside, layout.w,
        layout.np)
    }
    memory.normsOf = plan.dialect
  }

  static func outgoing(
    _ incoming: inout DenseMemoryState?, _ plan: DensePlan, kernels: vk_table, batch: Int,
    recording: Bool
  ) -> DenseMemoryState {
    guard !recording else {
      var fresh = DenseMemoryState(batch: batch, layout: plan.layout, zeroed: false)
      fresh.normsOf = plan.dialect
      return fresh
    }
    var memory = incoming ?? empty(plan, batch: batch)
    incoming = nil
    complete(&memory, plan, kernels: kernels)
    _ = memory.uniqueBlocks()
    return memory
  }

  static func tracer(_ plan: DensePlan) -> DenseTracer { DenseTracer(plan) }
}

/// Scratch space of one access's backward pass.
struct DenseScratch {
  let content: Int
  let writeContent: Int
  let allocation: Int
  let forward: Int
  let backward: Int
  let shrink: Int
  let products: Int
  let keys: Int
  let keyNorms: Int
  let count: Int

  init(_ layout: DenseLayout) {
    var end = 0
    func take(_ count: Int) -> Int {
      defer { end += padded(count) }
      return end
    }
    content = take(layout.r * layout.np)
    writeContent = take(layout.np)
    allocation = take(layout.np)
    forward = take(layout.r * layout.np)
    backward = take(layout.r * layout.np)
    shrink = take(layout.np)
    products = take(layout.np)
    keys = take((layout.r + 1) * layout.w)
    keyNorms = take(layout.r + 1)
    count = end
  }
}
