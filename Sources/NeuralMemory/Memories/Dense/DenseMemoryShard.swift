import VectorKernels

/// One dense memory of a network for a shard of the batch: its states and records through time.
///
/// While recording, every access has its own state and record, kept for the backward pass; of the
/// link matrix, by far the largest part, only every few are kept (`RecordedLinks`). With
/// `recomputeEvery` those of one segment are there at a time, and the states at the ends of all
/// segments. Without recording, a memory works in place on the outgoing state, and one record
/// serves all accesses.
final class DenseMemoryShard: MemoryShard, @unchecked Sendable {
  let plan: DensePlan
  let kernels: UnsafePointer<vk_table>
  let recording: Bool
  let order: CellOrder

  /// What is recorded of the states, within a segment and at the ends of segments: all but the link
  /// matrices.
  private let states: AlignedBuffer
  private let ends: AlignedBuffer
  private let links: RecordedLinks?
  private let records: AlignedBuffer
  /// Gradient of the state, one block per element, carried from access to access.
  private let carries: AlignedBuffer?
  /// An empty memory, the start of every element that comes without a state.
  private let empty: AlignedBuffer
  let scratch: Block
  private let scratchBuffer: AlignedBuffer

  private var firstElement = 0
  private var elements = 0
  private var outgoing: DenseBlocks?
  private var start: UnsafeMutablePointer<Float>
  private var startStride = 0

  init(
    _ plan: DensePlan, kernels: UnsafePointer<vk_table>, elements: Int, accesses: Int,
    recording: Bool
  ) {
    self.plan = plan
    self.kernels = kernels
    self.recording = recording
    let layout = plan.state
    order = CellOrder(cells: layout.n)
    let segment = plan.segment
    let block = recording ? elements * layout.countBeforeLink : 0
    states = AlignedBuffer(count: block * min(accesses, segment - 1))
    ends = AlignedBuffer(count: block * (accesses / segment))
    links =
      recording
      ? RecordedLinks(layout, elements: elements, accesses: accesses, segment: segment) : nil
    records = AlignedBuffer(
      count: recording
        ? elements * min(accesses, segment) * plan.record.count : plan.record.count)
    carries = recording ? AlignedBuffer(count: elements * layout.count) : nil
    empty = AlignedBuffer(count: layout.count)
    scratchBuffer = AlignedBuffer(count: plan.scratch.count)
    scratch = Block(scratchBuffer.base)
    start = empty.base
    DenseMemoryShard.computeNorms(Block(empty.base), plan, kernels)
  }

  // MARK: Forward pass

  /// One access of one element: docs/equations/dnc.md, steps 1 to 10.
  func forward(
    access number: Int, element: Int, raw: UnsafePointer<Float>,
    reads: UnsafeMutablePointer<Float>
  ) {
    let access = access(number, element)
    plan.interface.squash(
      raw, into: access.interface.base, slopes: access.record[plan.keys.slopes], kernels)
    plan.readLookup.scaleKeys(access)
    plan.writeLookup.scaleKeys(access)
    plan.usage.forward(access)
    plan.allocation.forward(access, order)
    plan.writeLookup.forward(access)
    plan.writeWeights.forward(
      access, allocation: plan.allocation.weights(access.record),
      content: plan.writeLookup.weights(access.record))
    plan.linkage.forward(access)
    plan.writing.forward(access)
    plan.linkage.updatePrecedence(access)
    plan.readLookup.forward(access)
    plan.reading.forward(access, plan.linkage, plan.readLookup, into: reads)
  }

  // MARK: Backward pass

  /// Back through one access of one element.
  ///
  /// The carry holds the gradient of the state after the access and is turned into that of the
  /// state before it. `dreads` is the gradient of the read vectors (R·W); `draw` gets that of the
  /// interface vector before its squashing.
  func backward(
    access number: Int, element: Int, dreads: UnsafePointer<Float>,
    draw: UnsafeMutablePointer<Float>
  ) {
    let access = access(number, element)
    let d = DenseGradient(
      state: gradientParts(carry(element)), interface: Block(draw), reads: dreads,
      scratch: scratch)
    draw.update(repeating: 0, count: plan.interface.width)
    plan.reading.backward(access, d, plan.linkage, plan.readLookup)
    plan.readLookup.backward(access, d)
    plan.writing.backward(access, d, plan.readLookup)
    plan.linkage.backward(access, d, linkUpdates(through: number, element))
    plan.writeWeights.backward(
      access, d, allocation: plan.allocation.weights(access.record),
      content: plan.writeLookup.weights(access.record),
      dallocation: plan.allocation.gradient(scratch),
      dcontent: plan.writeLookup.gradient(scratch))
    plan.writeLookup.backward(access, d)
    plan.writeLookup.backwardMemory(access, d)
    plan.allocation.backward(access, d)
    plan.usage.backward(access, d)
    plan.readLookup.backwardKeys(access, d)
    plan.writeLookup.backwardKeys(access, d)
    plan.interface.squashBackward(
      draw, y: access.interface.base, slopes: access.record[plan.keys.slopes], kernels)
  }

  // MARK: Runs

  func beginEmpty(elements: Int) {
    require(recording, "a memory without records works on a state")
    begin(firstElement: 0, elements: elements, incoming: nil, outgoing: nil)
  }

  func begin(
    firstElement: Int, elements: Int, incoming: DenseMemoryState?, outgoing: DenseMemoryState
  ) {
    begin(
      firstElement: firstElement, elements: elements, incoming: incoming?.blocks,
      outgoing: outgoing.blocks)
  }

  private func begin(
    firstElement: Int, elements: Int, incoming: DenseBlocks?, outgoing: DenseBlocks?
  ) {
    self.firstElement = firstElement
    self.elements = elements
    self.outgoing = outgoing
    if let from = recording ? incoming : outgoing {
      start = from.block(firstElement).base
      startStride = plan.state.count
    } else {
      start = empty.base
      startStride = 0
    }
  }

  func end(accesses: (_ element: Int) -> Int) {
    defer { outgoing = nil }
    guard recording, let outgoing else { return }
    let layout = plan.state
    for element in 0..<elements {
      let block = outgoing.block(firstElement + element).base
      block.update(from: state(accesses(element), element), count: layout.countBeforeLink)
      (block + layout.countBeforeLink).update(
        from: link(accesses(element), element), count: layout.linkCount)
    }
  }

  var recordedBytes: Int {
    (states.count + ends.count + records.count + (links?.count ?? 0))
      * MemoryLayout<Float>.stride
  }

  func beginBackward(_ gradient: DenseMemoryState?) {
    let blocks = gradient?.blocks
    for element in 0..<elements {
      guard let blocks else {
        carry(element).update(repeating: 0, count: plan.state.count)
        continue
      }
      carry(element).update(
        from: blocks.block(firstElement + element).base, count: plan.state.count)
    }
  }

  func endBackward(into gradient: DenseMemoryState) {
    let blocks = gradient.blocks
    for element in 0..<elements {
      let block = blocks.block(firstElement + element)
      block.base.update(from: carry(element), count: plan.state.count)
      // norms are derived, not state
      block[plan.state.norms].update(repeating: 0, count: plan.state.np)
      block[plan.state.scales].update(repeating: 0, count: plan.state.np)
    }
  }

  func trace(access number: Int, _ tracer: DenseTracer) {
    let block = Block(state(number + 1, 0))
    tracer.record(
      block, link: link(number + 1, 0), interface: access(number, 0).interface)
  }

  func examine(access number: Int, element: Int, _ visit: (Examined.Part) -> Void) {
    let access = access(number, element)
    let state = Block(state(number + 1, element))
    plan.interface.examine(access.interface, visit)
    for mechanism in DenseMemoryShard.examined {
      plan.state.block.examine(state, mechanism: mechanism, visit)
      plan.record.examine(access.record, mechanism: mechanism, visit)
    }
  }

  /// The mechanisms in the order in which an access runs them.
  private static let examined = [
    "usage", "allocation", "content lookup of the write key", "write weights", "linkage",
    "writing", "precedence", "content lookup of the read keys", "read weights",
  ]

  // MARK: States and records

  /// What an access of an element works on.
  @inline(__always)
  private func access(_ number: Int, _ element: Int) -> DenseAccess {
    let record = Block(
      recording
        ? records.base + (number % plan.segment * elements + element) * plan.record.count
        : records.base)
    return DenseAccess(
      kernels: kernels, old: parts(number, element), new: parts(number + 1, element),
      record: record, interface: Block(record[plan.keys.values]))
  }

  /// The state of an element before access `number`.
  @inline(__always)
  private func state(_ number: Int, _ element: Int) -> UnsafeMutablePointer<Float> {
    if !recording || number == 0 { return start + element * startStride }
    let (segment, place) = number.quotientAndRemainder(dividingBy: plan.segment)
    let (buffer, index) = place == 0 ? (ends, segment - 1) : (states, place - 1)
    return buffer.base + (index * elements + element) * plan.state.countBeforeLink
  }

  /// The link matrix of an element before access `number`. While recording it is there until the
  /// next access of the element, and from then on only if it is one of those kept.
  @inline(__always)
  private func link(_ number: Int, _ element: Int) -> UnsafeMutablePointer<Float> {
    guard let links, number > 0 else {
      return state(number, element) + plan.state.countBeforeLink
    }
    return links.matrix(before: number, element: element, elements: elements)
  }

  /// The gradient that is carried back in time for an element.
  @inline(__always)
  private func carry(_ element: Int) -> UnsafeMutablePointer<Float> {
    carries!.base + element * plan.state.count
  }

  @inline(__always)
  private func parts(_ number: Int, _ element: Int) -> vk_dense_state {
    parts(state(number, element), link: link(number, element))
  }

  @inline(__always)
  private func gradientParts(_ block: UnsafeMutablePointer<Float>) -> vk_dense_state {
    parts(block, link: block + plan.state.countBeforeLink)
  }

  @inline(__always)
  private func parts(
    _ base: UnsafeMutablePointer<Float>, link: UnsafeMutablePointer<Float>
  ) -> vk_dense_state {
    let (block, layout) = (Block(base), plan.state)
    return vk_dense_state(
      m: block[layout.memory], norm: block[layout.norms], inverse: block[layout.scales],
      link: link, usage: block[layout.usage], precedence: block[layout.precedence],
      write: block[layout.writeWeights], read: block[layout.readWeights])
  }

  @inline(__always)
  private func linkUpdates(through number: Int, _ element: Int) -> RecordedLinks.Updates {
    guard let links else { fatalError("there is no backward pass without records") }
    let first = links.kept(before: number)
    for step in first...number {
      links.steps[step - first] = vk_link_step(
        w: Block(state(step + 1, element))[plan.state.writeWeights],
        p: Block(state(step, element))[plan.state.precedence])
    }
    return RecordedLinks.Updates(
      from: link(first, element), steps: links.steps, count: number - first + 1)
  }
}

extension DenseMemoryShard {
  static func empty(_ plan: DensePlan, batch: Int) -> DenseMemoryState {
    DenseMemoryState(DenseBlocks(batch: batch, layout: plan.state))
  }

  static func check(_ memory: DenseMemoryState, _ plan: DensePlan, batch: Int, _ what: String) {
    let (here, there) = (plan.state, memory.layout)
    require(
      memory.batch == batch && there == here,
      "\(what): a memory for batch \(batch), \(here.n) cells of \(here.w) and \(here.r) read heads "
        + "was expected, not for batch \(memory.batch), \(there.n) cells of \(there.w) and "
        + "\(there.r) read heads")
  }

  /// Computes the norms of the cells, unless they are there.
  static func complete(
    _ memory: inout DenseMemoryState, _ plan: DensePlan, kernels: UnsafePointer<vk_table>
  ) {
    guard memory.blocks.normsOf != plan.dialect else { return }
    let blocks = memory.uniqueBlocks()
    for element in 0..<memory.batch { computeNorms(blocks.block(element), plan, kernels) }
    blocks.normsOf = plan.dialect
  }

  private static func computeNorms(
    _ block: Block, _ plan: DensePlan, _ kernels: UnsafePointer<vk_table>
  ) {
    let layout = plan.state
    kernels.pointee.memory_norms(
      block[layout.norms], block[layout.scales], block[layout.memory],
      plan.dialect == .nature ? DensePlan.epsilon : 0, layout.w, layout.np)
  }

  static func outgoing(
    _ incoming: inout DenseMemoryState?, _ plan: DensePlan, kernels: UnsafePointer<vk_table>,
    batch: Int, recording: Bool
  ) -> DenseMemoryState {
    guard !recording else {
      let fresh = DenseBlocks(batch: batch, layout: plan.state, zeroed: false)
      fresh.normsOf = plan.dialect
      return DenseMemoryState(fresh)
    }
    var memory = incoming ?? empty(plan, batch: batch)
    incoming = nil
    complete(&memory, plan, kernels: kernels)
    _ = memory.uniqueBlocks()
    return memory
  }

  static func tracer(_ plan: DensePlan) -> DenseTracer { DenseTracer(plan) }
}
