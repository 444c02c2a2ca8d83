import VectorKernels

extension ShardRunner {
  /// Sets what the backward pass carries through the controllers to zero.
  func clearCarry() {
    let g = gradients!
    for layer in hiddenLayers { layer.clearCarry() }
    g.reads.base.update(repeating: 0, count: window.elements * plan.readPadded)
    g.startReads.base.update(repeating: 0, count: window.elements * plan.readPadded)
  }

  /// Back through the window: from the gradient of the output, and what is carried, to the
  /// gradients of hidden layers and interface at all steps and of the state at the start. The
  /// records stay as they are.
  func backward(_ outputGradient: SequenceView) {
    let g = gradients!
    loadOutputGradient(outputGradient)
    weights!.output.backward.multiply(
      kernels, m: window.rows, g.output.base, lda: plan.outputPadded, into: g.top.base,
      ldc: plan.topWidth, accumulate: false)
    for step in stride(from: window.steps - 1, through: 0, by: -1) {
      restoreRecords(of: step)
      for layer in stride(from: plan.layers - 1, through: 0, by: -1) {
        backwardMemory(layer, step)
        for depth in stride(from: plan.depth - 1, through: 0, by: -1) {
          let index = layer * plan.depth + depth
          hiddenLayers[index].backward(step)
          if depth > 0 { passShallower(index, step) }
        }
      }
      carryReads(step)
    }
  }

  /// Gradients past an element's end count as zero, whatever the tensor holds there.
  private func loadOutputGradient(_ view: SequenceView) {
    let target = gradients!.output.base
    for step in 0..<window.steps {
      for element in 0..<window.elements {
        let row = target + (step * window.elements + element) * plan.outputPadded
        if window.isActive(element, step) {
          row.update(
            from: view.row(window.firstElement + element, step), count: plan.outputSize)
        } else {
          row.update(repeating: 0, count: plan.outputSize)
        }
      }
    }
  }

  /// Gradient of a layer's clipped h and reads at a step, and the distance between elements.
  private func above(
    _ layer: Int, _ step: Int
  ) -> (base: UnsafeMutablePointer<Float>, stride: Int) {
    if layer == plan.layers - 1 {
      return (gradients!.top.base + step * window.elements * plan.topWidth, plan.topWidth)
    }
    let next = hiddenLayers[(layer + 1) * plan.depth]
    return (next.djoint.base, next.plan.width)
  }

  /// Back through a layer's memory and clipping, into what is carried for its last hidden layer.
  private func backwardMemory(_ layer: Int, _ step: Int) {
    let g = gradients!
    let units = plan.unitsPadded
    let width = plan.interface.width
    let elements = window.elements
    let (base, stride) = above(layer, step)
    for element in 0..<elements {
      (g.dh.base + element * units).update(from: base + element * stride, count: units)
    }
    if passThroughMemory {
      let memory = plan.memory(of: layer)
      let shard = memories[memory]
      let draw = g.interface[layer].base + step * elements * width
      for element in 0..<elements {
        guard window.isActive(element, step) else {
          (draw + element * width).update(repeating: 0, count: width)
          continue
        }
        let dreads = g.dreads.base
        dreads.update(from: base + element * stride + units, count: plan.readPadded)
        if layer == plan.layers - 1 {
          kernels.pointee.axpy(
            dreads, 1, g.reads.base + element * plan.readPadded, plan.readPadded)
        }
        shard.backward(
          access: access(step: step, layer: layer), element: element, dreads: dreads,
          draw: draw + element * width)
      }
      weights!.interfaces[memory].backward.multiply(
        kernels, m: elements, draw, lda: width, into: g.dh.base, ldc: units, accumulate: true)
    }
    let last = hiddenLayers[(layer + 1) * plan.depth - 1]
    for element in 0..<elements where window.isActive(element, step) {
      let d = g.dh.base + element * units
      if plan.clip > 0 {
        kernels.pointee.clip_backward(d, last.h(step + 1, element), plan.clip, units)
      }
      kernels.pointee.axpy(last.dh(element), 1, d, units)
    }
  }

  /// The gradient of what a hidden layer saw below it, through dropout, to the hidden layer there.
  private func passShallower(_ index: Int, _ step: Int) {
    let (layer, below) = (hiddenLayers[index], hiddenLayers[index - 1])
    let width = plan.unitsPadded
    for element in 0..<window.elements where window.isActive(element, step) {
      let d = layer.djoint(element)
      if dropoutSeed != nil, let mask = layer.mask {
        let factors = mask.base + (step * window.elements + element) * width
        for i in 0..<width { d[i] *= factors[i] }
      }
      kernels.pointee.axpy(below.dh(element), 1, d, width)
    }
  }

  /// The gradient of the reads that the first hidden layer saw, to the step before, or to the
  /// start.
  private func carryReads(_ step: Int) {
    let g = gradients!
    let first = hiddenLayers[0]
    let width = plan.readPadded
    for element in 0..<window.elements where window.isActive(element, step) {
      let d = first.djoint(element) + first.plan.reads
      let carried = g.reads.base + element * width
      if plan.seesStartReads {
        carried.update(repeating: 0, count: width)
        kernels.pointee.axpy(g.startReads.base + element * width, 1, d, width)
      } else {
        carried.update(from: d, count: width)
      }
    }
  }
}

// With `recomputeEvery` the memories keep the records of one segment of steps, after the forward
// pass those of the last one. The backward pass computes the memories' steps of the others again,
// segment by segment, from the memory at the segment's start. The controllers' records stay: they
// are small, and the weights' gradients are one product over all of them, whose bits would not
// survive being cut.
extension ShardRunner {
  /// Number of the segment that a step belongs to.
  func segment(of step: Int) -> Int {
    plan.recomputeEvery == 0 ? 0 : max(0, step) / plan.recomputeEvery
  }

  /// Sees to it that the memories hold the records of a step.
  private func restoreRecords(of step: Int) {
    let segment = segment(of: step)
    guard segment != recordedSegment else { return }
    recordedSegment = segment
    guard passThroughMemory else { return }
    tracer = nil
    let first = segment * plan.recomputeEvery
    for step in first..<min(window.steps, first + plan.recomputeEvery) {
      // the same interface from the same h; the reads that this writes are there already
      for layer in 0..<plan.layers { accessMemory(layer, step) }
    }
  }
}
