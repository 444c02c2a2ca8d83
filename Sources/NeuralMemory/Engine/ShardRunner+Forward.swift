import VectorKernels

/// The network's input as it lies in a tensor: number `i` of element `b` at step `t` is at `base[b · item + t · step + i]`.
struct SequenceView {
  let base: UnsafePointer<Float>
  let item: Int
  let step: Int

  /// Of a tensor [batch, time, feature], or [time, batch, feature].
  init(_ base: UnsafePointer<Float>, batch: Int, steps: Int, features: Int, batchFirst: Bool) {
    self.base = base
    item = batchFirst ? steps * features : features
    step = batchFirst ? features : batch * features
  }

  @inline(__always)
  func row(_ item: Int, _ step: Int) -> UnsafePointer<Float> {
    base + item * self.item + step * self.step
  }
}

extension ShardRunner {
  /// Runs the window of `steps` steps that follows what ran since `begin`.
  func forward(_ input: SequenceView, steps: Int) {
    require(steps <= stepCapacity, "a runner for \(stepCapacity) steps cannot take \(steps)")
    self.steps = steps
    loadInput(input)
    for step in 0..<steps {
      for layer in 0..<plan.layers {
        for depth in 0..<plan.hiddenLayers {
          runCell(layer * plan.hiddenLayers + depth, step)
        }
        passUp(layer, step)
        if passThroughMemory { accessMemory(layer, step) } else { clearReads(layer, step) }
      }
      keepReads(step)
    }
    recordedSegment = segment(of: steps - 1)
    let rows = items * steps
    fill(output.base, with: weights.output.bias.base, width: plan.outputPadded, rows: rows)
    weights.output.forward.multiply(
      kernels, m: rows, top.base, lda: plan.topWidth, into: output.base, ldc: plan.outputPadded,
      accumulate: true)
  }

  /// Copies the window's output to where the caller wants it; zeros past an element's end.
  func copyOutput(to row: (_ item: Int, _ step: Int) -> UnsafeMutablePointer<Float>) {
    for item in 0..<items {
      for step in 0..<steps {
        if isActive(item, step) {
          row(item, step).update(
            from: output.base + (step * items + item) * plan.outputPadded, count: plan.outputSize)
        } else {
          row(item, step).update(repeating: 0, count: plan.outputSize)
        }
      }
    }
  }

  /// Makes the end of this window the start of the next.
  func advance() {
    let hp = plan.hiddenPadded
    for cell in plan.cells.indices {
      let own = plan.cells[cell].own
      for item in 0..<items {
        (jointRow(cell, 0, item) + own).update(from: jointRow(cell, steps, item) + own, count: hp)
      }
      if plan.rnnType == .lstm {
        carried[cell].base.update(
          from: carried[cell].base + steps * items * hp, count: items * hp)
      }
    }
    stepsBefore += steps
  }

  /// Copies the input into the first cell's rows (zeros past an element's end, whatever stands there), and takes its share of the gates.
  private func loadInput(_ input: SequenceView) {
    let cell = plan.cells[0]
    for step in 0..<steps {
      for item in 0..<items {
        let row = jointRow(0, step, item)
        if isActive(item, step) {
          row.update(
            from: input.row(firstItem + item, stepsBefore + step), count: plan.inputSize)
        } else {
          row.update(repeating: 0, count: plan.inputSize)
        }
      }
    }
    let rows = items * steps
    fill(gates[0].base, with: weights.cells[0].bias.base, width: cell.gates, rows: rows)
    for product in weights.cells[0].products where product.plan.usesInput {
      product.forward.multiply(
        kernels, m: rows, joint[0].base, lda: cell.width, k: cell.below,
        into: gates[0].base + product.plan.column, ldc: cell.gates, accumulate: true)
    }
  }

  private func runCell(_ index: Int, _ step: Int) {
    let cell = plan.cells[index]
    let hp = plan.hiddenPadded
    let rows = gates[index].base + step * items * cell.gates
    if index == 0 {
      let reads = plan.readsOfStart ? startReads.base : lastReads.base
      for item in 0..<items {
        (jointRow(0, step, item) + cell.reads).update(
          from: reads + item * plan.readPadded, count: plan.readPadded)
      }
    } else {
      fill(rows, with: weights.cells[index].bias.base, width: cell.gates, rows: items)
    }
    for product in weights.cells[index].products {
      // the input's share is there already
      let first =
        index == 0 && product.plan.usesInput ? cell.belowPadded : product.inputs.lowerBound
      product.forward.multiply(
        kernels, m: items, jointRow(index, step) + first, lda: cell.width,
        first: first - product.inputs.lowerBound, k: product.inputs.upperBound - first,
        into: rows + product.plan.column, ldc: cell.gates, accumulate: true)
    }
    for item in 0..<items {
      let row = cellRow(index, step, item)
      guard isActive(item, step) else {
        row.hNext.update(from: row.h, count: hp)
        if plan.rnnType == .lstm { row.cNext.update(from: row.c, count: hp) }
        continue
      }
      switch plan.rnnType {
      case .lstm: LSTMCell.forward(row, kernels, hidden: hp)
      case .gru: GRUCell.forward(row, kernels, hidden: hp)
      case .rnn: RNNCell.forward(row, kernels, hidden: hp, nonlinearity: plan.nonlinearity)
      }
    }
    if cell.depth + 1 < plan.hiddenLayers { passDeeper(index, step) }
  }

  /// h of a cell to the hidden layer above, with dropout while training.
  private func passDeeper(_ index: Int, _ step: Int) {
    let hp = plan.hiddenPadded
    let own = plan.cells[index].own
    for item in 0..<items {
      let h = jointRow(index, step + 1, item) + own
      let above = jointRow(index + 1, step, item)
      guard let seed = dropoutSeed, let mask = masks[index + 1] else {
        above.update(from: h, count: hp)
        continue
      }
      let factors = mask.base + (step * items + item) * hp
      Dropout.fill(
        factors, count: plan.hidden, probability: plan.dropout, seed: seed,
        item: firstItem + item, step: stepsBefore + step, cell: index)
      for i in 0..<hp { above[i] = h[i] * factors[i] }
    }
  }

  /// The clipped output of a layer's last cell to where the memory's interface and the next layer read it.
  private func passUp(_ layer: Int, _ step: Int) {
    let cell = (layer + 1) * plan.hiddenLayers - 1
    let own = plan.cells[cell].own
    let (base, stride) = destination(layer, step)
    for item in 0..<items {
      let h = jointRow(cell, step + 1, item) + own
      if plan.clip > 0 {
        kernels.clip(base + item * stride, h, plan.clip, plan.hiddenPadded)
      } else {
        (base + item * stride).update(from: h, count: plan.hiddenPadded)
      }
    }
  }

  func accessMemory(_ layer: Int, _ step: Int) {
    let memory = plan.memory(of: layer)
    let (base, stride) = destination(layer, step)
    let linear = weights.interfaces[memory]
    let width = plan.interface.width
    fill(rawInterface.base, with: linear.bias.base, width: width, rows: items)
    linear.forward.multiply(
      kernels, m: items, base, lda: stride, into: rawInterface.base, ldc: width, accumulate: true)
    let access = access(step: step, layer: layer)
    for item in 0..<items {
      let reads = base + item * stride + plan.hiddenPadded
      guard isActive(item, step) else {
        reads.update(repeating: 0, count: plan.readSize)
        continue
      }
      units[memory].forward(
        access: access, item: item, raw: rawInterface.base + item * width, reads: reads)
      // at once: the elements of a run without records share one
      if item == 0, let tracer { units[memory].trace(access: access, tracer) }
    }
  }

  private func clearReads(_ layer: Int, _ step: Int) {
    let (base, stride) = destination(layer, step)
    for item in 0..<items {
      (base + item * stride + plan.hiddenPadded).update(repeating: 0, count: plan.readSize)
    }
  }

  /// The last layer's reads, for the next step and the outgoing state; an element past its end keeps its own.
  private func keepReads(_ step: Int) {
    let (base, stride) = destination(plan.layers - 1, step)
    for item in 0..<items where isActive(item, step) {
      (lastReads.base + item * plan.readPadded).update(
        from: base + item * stride + plan.hiddenPadded, count: plan.readSize)
    }
  }

  /// The same row again and again.
  func fill(
    _ target: UnsafeMutablePointer<Float>, with row: UnsafePointer<Float>, width: Int, rows: Int
  ) {
    for i in 0..<rows { (target + i * width).update(from: row, count: width) }
  }
}
