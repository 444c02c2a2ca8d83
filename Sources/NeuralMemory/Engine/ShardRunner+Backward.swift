import VectorKernels

extension ShardRunner {
  /// Sets what the backward pass carries through the controllers to zero.
  func beginBackward() {
    let g = gradients!
    let hp = plan.hiddenPadded
    for cell in plan.cells.indices {
      g.h[cell].base.update(repeating: 0, count: items * hp)
      if plan.rnnType == .lstm { g.c[cell].base.update(repeating: 0, count: items * hp) }
    }
    g.reads.base.update(repeating: 0, count: items * plan.readPadded)
    g.startReads.base.update(repeating: 0, count: items * plan.readPadded)
  }

  /// Back through the window: from the gradient of the output, and what is carried, to the gradients of gates and interface at all steps and of
  /// the state at the start. The records stay as they are.
  func backward(_ outputGradient: SequenceView) {
    let g = gradients!
    loadOutputGradient(outputGradient)
    weights.output.backward.multiply(
      kernels, m: items * steps, g.output.base, lda: plan.outputPadded, into: g.top.base,
      ldc: plan.topWidth, accumulate: false)
    for step in stride(from: steps - 1, through: 0, by: -1) {
      restoreRecords(of: step)
      for layer in stride(from: plan.layers - 1, through: 0, by: -1) {
        backwardMemory(layer, step)
        for depth in stride(from: plan.hiddenLayers - 1, through: 0, by: -1) {
          backwardCell(layer * plan.hiddenLayers + depth, step)
        }
      }
      carryReads(step)
    }
  }

  /// Gradients past an element's end count as zero, whatever stands there.
  private func loadOutputGradient(_ view: SequenceView) {
    let target = gradients!.output.base
    for step in 0..<steps {
      for item in 0..<items {
        let row = target + (step * items + item) * plan.outputPadded
        if isActive(item, step) {
          row.update(from: view.row(firstItem + item, step), count: plan.outputSize)
        } else {
          row.update(repeating: 0, count: plan.outputSize)
        }
      }
    }
  }

  /// Gradient of a layer's clipped h and reads at a step, and the distance between elements.
  private func above(_ layer: Int, _ step: Int) -> (
    base: UnsafeMutablePointer<Float>, stride: Int
  ) {
    let g = gradients!
    if layer == plan.layers - 1 {
      return (g.top.base + step * items * plan.topWidth, plan.topWidth)
    }
    let cell = (layer + 1) * plan.hiddenLayers
    return (g.joint[cell].base, plan.cells[cell].width)
  }

  /// Back through a layer's memory and clipping, into what is carried for its last cell.
  private func backwardMemory(_ layer: Int, _ step: Int) {
    let g = gradients!
    let hp = plan.hiddenPadded
    let width = plan.interface.width
    let (base, stride) = above(layer, step)
    for item in 0..<items {
      (g.dh.base + item * hp).update(from: base + item * stride, count: hp)
    }
    if passThroughMemory {
      let memory = plan.memory(of: layer)
      let draw = g.interface[layer].base + step * items * width
      for item in 0..<items {
        guard isActive(item, step) else {
          (draw + item * width).update(repeating: 0, count: width)
          continue
        }
        let dreads = g.dreads.base
        dreads.update(from: base + item * stride + hp, count: plan.readPadded)
        if layer == plan.layers - 1 {
          kernels.axpy(dreads, 1, g.reads.base + item * plan.readPadded, plan.readPadded)
        }
        units[memory].backward(
          access: access(step: step, layer: layer), item: item, dreads: dreads,
          draw: draw + item * width)
      }
      weights.interfaces[memory].backward.multiply(
        kernels, m: items, draw, lda: width, into: g.dh.base, ldc: hp, accumulate: true)
    }
    let cell = (layer + 1) * plan.hiddenLayers - 1
    let own = plan.cells[cell].own
    for item in 0..<items where isActive(item, step) {
      let d = g.dh.base + item * hp
      if plan.clip > 0 {
        kernels.clip_backward(d, jointRow(cell, step + 1, item) + own, plan.clip, hp)
      }
      kernels.axpy(g.h[cell].base + item * hp, 1, d, hp)
    }
  }

  private func backwardCell(_ index: Int, _ step: Int) {
    let g = gradients!
    let cell = plan.cells[index]
    let hp = plan.hiddenPadded
    let dgates = g.gates[index].base + step * items * cell.gates
    for item in 0..<items {
      guard isActive(item, step) else {
        (dgates + item * cell.gates).update(repeating: 0, count: cell.gates)
        continue
      }
      let row = cellRow(index, step, item)
      let d = CellRowGradient(
        gates: dgates + item * cell.gates, h: g.h[index].base + item * hp,
        c: g.c[index].base + (plan.rnnType == .lstm ? item * hp : 0))
      switch plan.rnnType {
      case .lstm: LSTMCell.backward(row, d, kernels, hidden: hp)
      case .gru: GRUCell.backward(row, d, kernels, hidden: hp)
      case .rnn: RNNCell.backward(row, d, kernels, hidden: hp, nonlinearity: plan.nonlinearity)
      }
    }
    let djoint = g.joint[index].base
    for (number, product) in weights.cells[index].products.enumerated() {
      let first = product.toInput == nil ? product.inputs.lowerBound : cell.belowPadded
      product.backward.multiply(
        kernels, m: items, dgates + product.plan.column, lda: cell.gates, into: djoint + first,
        ldc: cell.width, accumulate: number > 0)
    }
    for item in 0..<items where isActive(item, step) {
      let row = djoint + item * cell.width
      kernels.axpy(g.h[index].base + item * hp, 1, row + cell.own, hp)
      guard cell.depth > 0 else { continue }
      if dropoutSeed != nil, let mask = masks[index] {
        let factors = mask.base + (step * items + item) * hp
        for i in 0..<hp { row[i] *= factors[i] }
      }
      kernels.axpy(g.h[index - 1].base + item * hp, 1, row, hp)
    }
  }

  /// The gradient of the reads that the first cell saw, to the step before, or to the start.
  private func carryReads(_ step: Int) {
    let g = gradients!
    let cell = plan.cells[0]
    let rp = plan.readPadded
    for item in 0..<items where isActive(item, step) {
      let d = g.joint[0].base + item * cell.width + cell.reads
      let carried = g.reads.base + item * rp
      if plan.readsOfStart {
        carried.update(repeating: 0, count: rp)
        kernels.axpy(g.startReads.base + item * rp, 1, d, rp)
      } else {
        carried.update(from: d, count: rp)
      }
    }
  }
}
