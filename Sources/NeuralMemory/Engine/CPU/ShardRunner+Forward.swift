import VectorKernels

/// A sequence of vectors in a tensor: value `i` of element `b` at step `t` is at
/// `base[b · element + t · step + i]`.
struct SequenceView {
  private let base: UnsafePointer<Float>
  private let element: Int
  private let step: Int

  /// Of a tensor [batch, time, feature], or [time, batch, feature].
  init(_ base: UnsafePointer<Float>, batch: Int, steps: Int, features: Int, batchFirst: Bool) {
    self.base = base
    element = batchFirst ? steps * features : features
    step = batchFirst ? features : batch * features
  }

  @inline(__always)
  func row(_ element: Int, _ step: Int) -> UnsafePointer<Float> {
    base + element * self.element + step * self.step
  }
}

extension ShardRunner {
  /// Runs the window of `steps` steps that follows what ran since `begin`
  /// (docs/equations/model.md, steps 1 to 4).
  func forward(_ input: SequenceView, steps: Int) {
    require(steps <= stepCapacity, "a runner for \(stepCapacity) steps cannot take \(steps)")
    window.steps = steps
    loadInput(input)
    for step in 0..<steps {
      loadReads(step)
      for layer in 0..<plan.layers {
        for depth in 0..<plan.depth {
          let index = layer * plan.depth + depth
          hiddenLayers[index].forward(step)
          if depth + 1 < plan.depth { passDeeper(index, step) }
        }
        passUp(layer, step)
        if passThroughMemory { accessMemory(layer, step) } else { clearReads(layer, step) }
      }
      keepReads(step)
    }
    recordedSegment = segment(of: steps - 1)
    let linear = weights!.output
    fill(output.base, with: linear.bias.base, width: plan.outputPadded, rows: window.rows)
    linear.forward.multiply(
      kernels, m: window.rows, top.base, lda: plan.topWidth, into: output.base,
      ldc: plan.outputPadded, accumulate: true)
  }

  /// Copies the window's output to where the caller wants it; zeros past an element's end.
  func copyOutput(to row: (_ element: Int, _ step: Int) -> UnsafeMutablePointer<Float>) {
    for element in 0..<window.elements {
      for step in 0..<window.steps {
        if window.isActive(element, step) {
          row(element, step).update(
            from: output.base + (step * window.elements + element) * plan.outputPadded,
            count: plan.outputSize)
        } else {
          row(element, step).update(repeating: 0, count: plan.outputSize)
        }
      }
    }
  }

  /// Makes the end of this window the start of the next.
  func advance() {
    for layer in hiddenLayers { layer.advance() }
    window.stepsBefore += window.steps
  }

  /// Copies the input into the first hidden layer's rows; zeros past an element's end, whatever the
  /// tensor holds there.
  private func loadInput(_ input: SequenceView) {
    let first = hiddenLayers[0]
    for step in 0..<window.steps {
      for element in 0..<window.elements {
        let row = first.row(step, element)
        if window.isActive(element, step) {
          row.update(
            from: input.row(window.firstElement + element, window.stepsBefore + step),
            count: plan.inputSize)
        } else {
          row.update(repeating: 0, count: plan.inputSize)
        }
      }
    }
    first.takeInput()
  }

  /// The reads that the first hidden layer sees.
  private func loadReads(_ step: Int) {
    let first = hiddenLayers[0]
    let reads = plan.seesStartReads ? startReads.base : lastReads.base
    for element in 0..<window.elements {
      (first.row(step, element) + first.plan.reads).update(
        from: reads + element * plan.readPadded, count: plan.readPadded)
    }
  }

  /// h of a hidden layer to the one above it, with dropout in training.
  private func passDeeper(_ index: Int, _ step: Int) {
    let (layer, above) = (hiddenLayers[index], hiddenLayers[index + 1])
    let width = plan.unitsPadded
    for element in 0..<window.elements {
      let h = layer.h(step + 1, element)
      let target = above.row(step, element)
      guard let seed = dropoutSeed, let mask = above.mask else {
        target.update(from: h, count: width)
        continue
      }
      let factors = mask.base + (step * window.elements + element) * width
      Dropout.fill(
        factors, count: plan.units, probability: plan.dropout, seed: seed,
        element: window.firstElement + element, step: window.stepsBefore + step,
        hiddenLayer: index)
      for i in 0..<width { target[i] = h[i] * factors[i] }
    }
  }

  /// The clipped output of a layer's last hidden layer to where the memory's interface and the next
  /// layer read it.
  private func passUp(_ layer: Int, _ step: Int) {
    let last = hiddenLayers[(layer + 1) * plan.depth - 1]
    let (base, stride) = destination(layer, step)
    for element in 0..<window.elements {
      let h = last.h(step + 1, element)
      if plan.clip > 0 {
        kernels.pointee.clip(base + element * stride, h, plan.clip, plan.unitsPadded)
      } else {
        (base + element * stride).update(from: h, count: plan.unitsPadded)
      }
    }
  }

  /// A layer's access to its memory: the interface from its clipped h, then a step of the memory.
  func accessMemory(_ layer: Int, _ step: Int) {
    let memory = plan.memory(of: layer)
    let (base, stride) = destination(layer, step)
    let linear = weights!.interfaces[memory]
    let width = plan.interface.width
    let elements = window.elements
    fill(rawInterface.base, with: linear.bias.base, width: width, rows: elements)
    linear.forward.multiply(
      kernels, m: elements, base, lda: stride, into: rawInterface.base, ldc: width,
      accumulate: true)
    let access = access(step: step, layer: layer)
    let shard = memories[memory]
    for element in 0..<elements {
      let reads = base + element * stride + plan.unitsPadded
      guard window.isActive(element, step) else {
        reads.update(repeating: 0, count: plan.readSize)
        continue
      }
      shard.forward(
        access: access, element: element, raw: rawInterface.base + element * width, reads: reads)
      // at once: the elements of a run without records share one
      if element == 0, let tracer { shard.trace(access: access, tracer) }
    }
  }

  private func clearReads(_ layer: Int, _ step: Int) {
    let (base, stride) = destination(layer, step)
    for element in 0..<window.elements {
      (base + element * stride + plan.unitsPadded).update(repeating: 0, count: plan.readSize)
    }
  }

  /// The last layer's reads, for the next step and the outgoing state; an element past its end
  /// keeps its own.
  private func keepReads(_ step: Int) {
    let (base, stride) = destination(plan.layers - 1, step)
    for element in 0..<window.elements where window.isActive(element, step) {
      (lastReads.base + element * plan.readPadded).update(
        from: base + element * stride + plan.unitsPadded, count: plan.readSize)
    }
  }
}
