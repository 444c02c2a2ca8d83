import VectorKernels

/// A hidden layer with a recurrence of a program's own, one element at a time over plain arrays.
final class PlainHiddenLayer<C: PlainController>: HiddenLayerShard {
  private let controller: C
  private let kernels: UnsafePointer<vk_table>
  private let recording: Bool
  private var weights: PackedParameters!
  /// What each step saved, by element.
  private var saved: [[C.Saved]] = []
  /// Gradients of the parameters since the last `addParameterGradients`.
  private var gradients: [Tensor] = []
  /// Gradients of the inputs, all steps; of the network's first hidden layer only.
  private let dinput: AlignedBuffer?

  init(
    _ plan: HiddenLayerPlan, _ controller: C, of network: NetworkPlan, window: ShardWindow,
    kernels: UnsafePointer<vk_table>, elements: Int, steps: Int, recording: Bool
  ) {
    self.controller = controller
    self.kernels = kernels
    self.recording = recording
    let isFirst = plan.layer == 0 && plan.depth == 0
    dinput =
      recording && isFirst ? AlignedBuffer(count: elements * steps * plan.belowPadded) : nil
    super.init(
      plan, of: network, window: window, elements: elements, steps: steps, recording: recording)
  }

  override func use(_ weights: PackedHiddenLayer) {
    self.weights = unsafeDowncast(weights, to: PackedParameters.self)
  }

  override func forward(_ step: Int) {
    if step == 0 { saved = Array(repeating: [], count: window.elements) }
    for element in 0..<window.elements {
      guard window.isActive(element, step) else {
        keepState(step, element)
        continue
      }
      let row = row(step, element)
      let input =
        Array(UnsafeBufferPointer(start: row, count: plan.below))
        + UnsafeBufferPointer(start: row + plan.reads, count: plan.readSize)
      var state = UnitState(
        h: Array(UnsafeBufferPointer(start: h(step, element), count: units)),
        c: hasCellState
          ? Array(UnsafeBufferPointer(start: c(step, element), count: units)) : [])
      let saved = controller.forward(
        input: input, state: &state, parameters: weights.parameters)
      store(state, h(step + 1, element), c(step + 1, element))
      if recording { self.saved[element].append(saved) }
    }
  }

  override func backward(_ step: Int) {
    if gradients.isEmpty { gradients = plan.parameters.map { Tensor(shape: $0.shape) } }
    for element in 0..<window.elements {
      let target = djoint(element)
      target.update(repeating: 0, count: plan.width)
      let dinput = dinput.map {
        $0.base + (step * window.elements + element) * plan.belowPadded
      }
      dinput?.update(repeating: 0, count: plan.belowPadded)
      guard window.isActive(element, step) else { continue }
      var state = UnitState(
        h: Array(UnsafeBufferPointer(start: dh(element), count: units)),
        c: hasCellState ? Array(UnsafeBufferPointer(start: dc(element), count: units)) : [])
      let input = controller.backward(
        saved: saved[element][step], stateGradient: &state, parameters: weights.parameters,
        parameterGradients: &gradients)
      require(
        input.count == plan.inputs,
        "\(C.self) must return a gradient of \(plan.inputs) input values, not \(input.count)")
      store(state, dh(element), dc(element))
      target.update(from: input, count: plan.below)
      dinput?.update(from: input, count: plan.below)
      for i in 0..<plan.readSize { target[plan.reads + i] = input[plan.below + i] }
    }
  }

  private func store(
    _ state: UnitState, _ h: UnsafeMutablePointer<Float>, _ c: UnsafeMutablePointer<Float>
  ) {
    require(
      state.h.count == units && state.c.count == (hasCellState ? units : 0),
      "\(C.self) must keep the lengths of h and c, not make them \(state.h.count) and "
        + "\(state.c.count)")
    h.update(from: state.h, count: units)
    if hasCellState { c.update(from: state.c, count: units) }
  }

  override func addParameterGradients(to gradient: UnsafeMutablePointer<Float>) {
    for (entry, tensor) in zip(plan.parameters, gradients) {
      require(
        tensor.shape == entry.shape,
        "\(C.self) must keep the shapes of its parameters' gradients")
      tensor.withUnsafeBuffer { values in
        kernels.pointee.axpy(gradient + entry.offset, 1, values.baseAddress!, entry.count)
      }
    }
    gradients = []
  }

  override func inputGradients(into rows: UnsafeMutablePointer<Float>) {
    rows.update(from: dinput!.base, count: window.rows * plan.belowPadded)
  }
}
