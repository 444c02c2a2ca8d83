import VectorKernels

/// Runs a network over a shard of the batch, through time and back: hidden layers, memories, the
/// output layer, and what passes between them.
///
/// Owns all memory that takes, sized once: nothing is allocated in the time loop, and a runner is
/// used again for every shard that fits. Rows are ordered step by step, element by element within a
/// step, so that what does not depend on the step before is one product over all rows.
final class ShardRunner<Shard: MemoryShard> {
  let plan: NetworkPlan
  let kernels: UnsafePointer<vk_table>
  let recording: Bool
  private let elementCapacity: Int
  let stepCapacity: Int

  /// The run that is going on.
  let window = ShardWindow()
  let hiddenLayers: [HiddenLayerShard]
  let memories: [Shard]
  /// Inputs of the output layer: [clipped h | reads] of the last layer.
  let top: AlignedBuffer
  let output: AlignedBuffer
  let rawInterface: AlignedBuffer
  /// The last reads of every element, and those the call started with.
  let lastReads: AlignedBuffer
  let startReads: AlignedBuffer
  let gradients: GradientBuffers?

  var weights: PackedNetwork? {
    didSet {
      guard let weights else { return }
      for (layer, packed) in zip(hiddenLayers, weights.hiddenLayers) { layer.use(packed) }
    }
  }
  var passThroughMemory = true
  var dropoutSeed: UInt64?
  /// With `recomputeEvery`, the segment of steps whose records the memories hold.
  var recordedSegment = 0
  /// Gets a row after each access of the batch's first element, if the shard has it.
  var tracer: Shard.Tracer?

  init(
    plan: NetworkPlan, memory: Shard.Plan, kernels: UnsafePointer<vk_table>, elements: Int,
    steps: Int, recording: Bool
  ) {
    self.plan = plan
    self.kernels = kernels
    self.recording = recording
    elementCapacity = elements
    stepCapacity = steps
    let (rows, window) = (elements * steps, window)
    hiddenLayers = plan.hiddenLayers.map {
      plan.makeHiddenLayer(
        $0, window, kernels, elements: elements, steps: steps, recording: recording)
    }
    top = AlignedBuffer(count: rows * plan.topWidth)
    output = AlignedBuffer(count: rows * plan.outputPadded)
    rawInterface = AlignedBuffer(count: elements * plan.interface.width)
    lastReads = AlignedBuffer(count: elements * plan.readPadded)
    startReads = AlignedBuffer(count: elements * plan.readPadded)
    memories = (0..<plan.memories).map { _ in
      Shard(
        memory, kernels: kernels, elements: elements, accesses: steps * plan.accessesPerStep,
        recording: recording)
    }
    gradients =
      recording ? GradientBuffers(plan: plan, elements: elements, steps: steps) : nil
  }

  /// Whether a run of this size fits.
  func fits(elements: Int, steps: Int) -> Bool {
    elements <= elementCapacity && steps <= stepCapacity
  }

  /// Prepares a run of `elements` elements from `firstElement` on, whose states `load` sets
  /// afterwards.
  func begin(
    firstElement: Int, elements: Int, lengths: ArraySlice<Int>, passThroughMemory: Bool
  ) {
    begin(
      firstElement: firstElement, elements: elements, passThroughMemory: passThroughMemory)
    window.lengths.append(contentsOf: lengths)
  }

  /// Prepares a run of one step.
  func beginStep(firstElement: Int, elements: Int, passThroughMemory: Bool) {
    begin(
      firstElement: firstElement, elements: elements, passThroughMemory: passThroughMemory)
    for _ in 0..<elements { window.lengths.append(1) }
  }

  private func begin(firstElement: Int, elements: Int, passThroughMemory: Bool) {
    require(
      elements <= elementCapacity,
      "a runner for \(elementCapacity) elements cannot take \(elements)")
    window.firstElement = firstElement
    window.elements = elements
    window.lengths.removeAll(keepingCapacity: true)
    window.steps = 0
    window.stepsBefore = 0
    // a network without memories passes through none
    self.passThroughMemory = passThroughMemory && plan.memories > 0
    tracer = nil
    dropoutSeed = nil
  }

  /// Number of the access that layer `layer` makes at step `step` of the window.
  @inline(__always)
  func access(step: Int, layer: Int) -> Int {
    plan.memories == 1 ? step * plan.layers + layer : step
  }

  /// Where a layer's clipped h and reads go at a step, and the distance between elements: into the
  /// next layer's joint row, or the output layer's input.
  @inline(__always)
  func destination(
    _ layer: Int, _ step: Int
  ) -> (base: UnsafeMutablePointer<Float>, stride: Int) {
    if layer == plan.layers - 1 {
      return (top.base + step * window.elements * plan.topWidth, plan.topWidth)
    }
    let next = hiddenLayers[(layer + 1) * plan.depth]
    return (next.row(step), next.plan.width)
  }

  /// Bytes that grow with the number of steps: what is recorded, and the gradients that the
  /// parameters' are made of.
  var recordedBytes: Int {
    var buffers = [top, output]
    if let gradients {
      buffers += gradients.interface + [gradients.output, gradients.top]
    }
    return buffers.reduce(0) { $0 + $1.count } * MemoryLayout<Float>.stride
      + hiddenLayers.reduce(0) { $0 + $1.recordedBytes }
      + memories.reduce(0) { $0 + $1.recordedBytes }
  }
}

extension NetworkPlan {
  var controller: any Controller { configuration.controller.rnnType.controller }

  fileprivate func makeHiddenLayer(
    _ layer: HiddenLayerPlan, _ window: ShardWindow, _ kernels: UnsafePointer<vk_table>,
    elements: Int, steps: Int, recording: Bool
  ) -> HiddenLayerShard {
    if let gated = controller as? any GatedController {
      return GatedHiddenLayer(
        layer, gated, of: self, window: window, kernels: kernels, elements: elements,
        steps: steps, recording: recording)
    }
    func plain<C: PlainController>(_ controller: C) -> HiddenLayerShard {
      PlainHiddenLayer(
        layer, controller, of: self, window: window, kernels: kernels, elements: elements,
        steps: steps, recording: recording)
    }
    guard let own = controller as? any PlainController else {
      fatalError("no engine runs \(type(of: controller)): it has to conform to PlainController")
    }
    return plain(own)
  }
}

/// What the backward pass needs besides the records of the forward pass.
final class GradientBuffers {
  /// Gradients of the raw interface, all steps, by layer.
  let interface: [AlignedBuffer]
  let output: AlignedBuffer
  let top: AlignedBuffer
  /// Of the last layer's reads, from the next step's first hidden layer.
  let reads: AlignedBuffer
  let dreads: AlignedBuffer
  let startReads: AlignedBuffer
  let dh: AlignedBuffer
  let interfaceWeights: AlignedBuffer
  /// Sum of the parameters' gradients over the parts of a shard.
  let parameters: AlignedBuffer
  let sums: AlignedBuffer

  init(plan: NetworkPlan, elements: Int, steps: Int) {
    let rows = elements * steps
    interface = (0..<plan.layers).map { _ in AlignedBuffer(count: rows * plan.interface.width) }
    output = AlignedBuffer(count: rows * plan.outputPadded)
    top = AlignedBuffer(count: rows * plan.topWidth)
    reads = AlignedBuffer(count: elements * plan.readPadded)
    dreads = AlignedBuffer(count: plan.readPadded)
    startReads = AlignedBuffer(count: elements * plan.readPadded)
    dh = AlignedBuffer(count: elements * plan.unitsPadded)
    interfaceWeights = AlignedBuffer(count: plan.interface.width * plan.unitsPadded)
    parameters = AlignedBuffer(count: plan.parameterLayout.count)
    sums = AlignedBuffer(count: max(plan.interface.width, plan.outputPadded))
  }
}
