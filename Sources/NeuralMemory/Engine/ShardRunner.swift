import VectorKernels

/// Runs a network over a shard of the batch, through time and back.
///
/// Owns all memory that takes, sized once: nothing is allocated in the time loop, and a runner is used again for every batch that fits. Rows are
/// ordered step by step, element by element within a step, so that what does not depend on the step before is one product over all rows.
final class ShardRunner<Unit: MemoryUnit> {
  let plan: NetworkPlan
  let kernels: vk_table
  let recording: Bool
  let itemCapacity: Int
  let stepCapacity: Int

  /// Joint rows of every cell, one step more than run: step t writes its h into the row of t + 1.
  let joint: [AlignedBuffer]
  /// Cell states c of an LSTM, likewise.
  let carried: [AlignedBuffer]
  /// Gates, squashed in place.
  let gates: [AlignedBuffer]
  /// Dropout's factors of what is below each cell but the first of a layer.
  let masks: [AlignedBuffer?]
  /// Inputs of the output layer: [clipped h | reads] of the last layer.
  let top: AlignedBuffer
  let output: AlignedBuffer
  let rawInterface: AlignedBuffer
  /// The last reads of every element, and those the call started with.
  let lastReads: AlignedBuffer
  let startReads: AlignedBuffer
  let units: [Unit]
  let gradients: GradientBuffers?

  // The run that is going on.
  var weights: PackedNetwork!
  var items = 0
  var steps = 0
  /// First element of the shard within the batch.
  var firstItem = 0
  /// Number of steps of every element, counted from the call's start.
  var lengths: [Int] = []
  /// Steps of the call that ran before this window.
  var stepsBefore = 0
  var passThroughMemory = true
  var dropoutSeed: UInt64?
  /// With `recomputeEvery`, the segment of steps whose records the memories hold.
  var recordedSegment = 0
  /// Gets a row after each access of the batch's first element, if the shard has it.
  var tracer: Unit.Tracer?

  init(
    plan: NetworkPlan, memory: Unit.Plan, weights: PackedNetwork, kernels: vk_table, items: Int,
    steps: Int, recording: Bool
  ) {
    self.plan = plan
    self.weights = weights
    self.kernels = kernels
    self.recording = recording
    itemCapacity = items
    stepCapacity = steps
    let rows = items * steps
    let hp = plan.hiddenPadded
    joint = plan.cells.map { AlignedBuffer(count: (rows + items) * $0.width) }
    carried = plan.cells.map { _ in
      AlignedBuffer(count: plan.rnnType == .lstm ? (rows + items) * hp : 0)
    }
    gates = plan.cells.map { AlignedBuffer(count: rows * $0.gates) }
    masks = plan.cells.map {
      recording && plan.dropout > 0 && $0.depth > 0 ? AlignedBuffer(count: rows * hp) : nil
    }
    top = AlignedBuffer(count: rows * plan.topWidth)
    output = AlignedBuffer(count: rows * plan.outputPadded)
    rawInterface = AlignedBuffer(count: items * plan.interface.width)
    lastReads = AlignedBuffer(count: items * plan.readPadded)
    startReads = AlignedBuffer(count: items * plan.readPadded)
    let accesses = steps * (plan.memories == 1 ? plan.layers : 1)
    units = (0..<plan.memories).map { _ in
      Unit(memory, kernels: kernels, items: items, accesses: accesses, recording: recording)
    }
    gradients = recording ? GradientBuffers(plan: plan, items: items, steps: steps) : nil
  }

  /// Whether a run of this size fits.
  func fits(items: Int, steps: Int) -> Bool { items <= itemCapacity && steps <= stepCapacity }

  /// Prepares a run: of `items` elements from `firstItem` on, whose states `load` sets afterwards.
  func begin(firstItem: Int, items: Int, lengths: ArraySlice<Int>, passThroughMemory: Bool) {
    begin(firstItem: firstItem, items: items, passThroughMemory: passThroughMemory)
    self.lengths.append(contentsOf: lengths)
  }

  /// Prepares a run of one step.
  func beginStep(firstItem: Int, items: Int, passThroughMemory: Bool) {
    begin(firstItem: firstItem, items: items, passThroughMemory: passThroughMemory)
    for _ in 0..<items { lengths.append(1) }
  }

  private func begin(firstItem: Int, items: Int, passThroughMemory: Bool) {
    require(
      items <= itemCapacity, "a runner for \(itemCapacity) elements cannot take \(items)")
    self.firstItem = firstItem
    self.items = items
    // a network without memories passes through none
    self.passThroughMemory = passThroughMemory && plan.memories > 0
    lengths.removeAll(keepingCapacity: true)
    steps = 0
    stepsBefore = 0
    tracer = nil
    dropoutSeed = nil
  }

  /// Number of the access that layer `layer` makes at step `step` of the window.
  @inline(__always)
  func access(step: Int, layer: Int) -> Int {
    plan.memories == 1 ? step * plan.layers + layer : step
  }

  /// Whether an element has not come to its end before a step of the window.
  @inline(__always)
  func isActive(_ item: Int, _ step: Int) -> Bool { stepsBefore + step < lengths[item] }

  /// Row of a cell at a step.
  @inline(__always)
  func jointRow(_ cell: Int, _ step: Int, _ item: Int = 0) -> UnsafeMutablePointer<Float> {
    joint[cell].base + (step * items + item) * plan.cells[cell].width
  }

  /// Where a layer's clipped h and reads go at a step, and the distance between elements: into the next layer's joint row, or the output layer's input.
  @inline(__always)
  func destination(_ layer: Int, _ step: Int) -> (base: UnsafeMutablePointer<Float>, stride: Int) {
    if layer == plan.layers - 1 {
      return (top.base + step * items * plan.topWidth, plan.topWidth)
    }
    let cell = (layer + 1) * plan.hiddenLayers
    return (jointRow(cell, step), plan.cells[cell].width)
  }

  @inline(__always)
  func cellRow(_ cell: Int, _ step: Int, _ item: Int) -> CellRow {
    let own = plan.cells[cell].own
    let hp = plan.hiddenPadded
    let isLSTM = plan.rnnType == .lstm
    let row = isLSTM ? (step * items + item) * hp : 0
    let next = isLSTM ? row + items * hp : 0
    return CellRow(
      gates: gates[cell].base + (step * items + item) * plan.cells[cell].gates,
      h: jointRow(cell, step, item) + own, hNext: jointRow(cell, step + 1, item) + own,
      c: carried[cell].base + row, cNext: carried[cell].base + next)
  }
}

/// What the backward pass needs besides the records of the forward pass.
final class GradientBuffers {
  /// Gradients of the gates, all steps: the weight gradients are products over them.
  let gates: [AlignedBuffer]
  /// Gradients of the raw interface, all steps, by layer.
  let interface: [AlignedBuffer]
  let output: AlignedBuffer
  let top: AlignedBuffer
  /// Of one step's joint rows, by cell.
  let joint: [AlignedBuffer]
  /// Of h and c, carried back in time, by cell.
  let h: [AlignedBuffer]
  let c: [AlignedBuffer]
  /// Of the last layer's reads, from the next step's first cell.
  let reads: AlignedBuffer
  let dreads: AlignedBuffer
  let startReads: AlignedBuffer
  let dh: AlignedBuffer
  let interfaceWeights: AlignedBuffer
  /// Sum of the parameters' gradients over the chunks of a shard.
  let parameters: AlignedBuffer
  let sums: AlignedBuffer

  init(plan: NetworkPlan, items: Int, steps: Int) {
    let rows = items * steps
    let hp = plan.hiddenPadded
    gates = plan.cells.map { AlignedBuffer(count: rows * $0.gates) }
    interface = (0..<plan.layers).map { _ in AlignedBuffer(count: rows * plan.interface.width) }
    output = AlignedBuffer(count: rows * plan.outputPadded)
    top = AlignedBuffer(count: rows * plan.topWidth)
    joint = plan.cells.map { AlignedBuffer(count: items * $0.width) }
    h = plan.cells.map { _ in AlignedBuffer(count: items * hp) }
    c = plan.cells.map { _ in AlignedBuffer(count: plan.rnnType == .lstm ? items * hp : 0) }
    reads = AlignedBuffer(count: items * plan.readPadded)
    dreads = AlignedBuffer(count: plan.readPadded)
    startReads = AlignedBuffer(count: items * plan.readPadded)
    dh = AlignedBuffer(count: items * hp)
    interfaceWeights = AlignedBuffer(count: plan.interface.width * hp)
    parameters = AlignedBuffer(count: plan.parameterLayout.count)
    sums = AlignedBuffer(
      count: max(
        plan.interface.width, plan.outputPadded, plan.cells.map(\.gates).max() ?? 0))
  }
}
