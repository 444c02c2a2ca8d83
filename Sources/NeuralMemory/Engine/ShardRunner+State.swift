import VectorKernels

extension ShardRunner {
  /// Sets the start of the shard's elements: a state's, or zero. The memories are begun by the caller.
  func load(_ state: NetworkState<Unit.Memory>?) {
    let hp = plan.hiddenPadded
    for (index, cell) in plan.cells.enumerated() {
      let source = state?.controllers[cell.layer][cell.depth]
      rows(source?.h, width: plan.hidden) { item, row in
        self.set(self.jointRow(index, 0, item) + cell.own, row, count: self.plan.hidden, of: hp)
      }
      if plan.rnnType == .lstm {
        rows(source?.c, width: plan.hidden) { item, row in
          self.set(self.carried[index].base + item * hp, row, count: self.plan.hidden, of: hp)
        }
      }
    }
    rows(state?.reads, width: plan.readSize) { item, row in
      self.set(self.lastReads.base + item * self.plan.readPadded, row, count: self.plan.readSize)
      self.set(self.startReads.base + item * self.plan.readPadded, row, count: self.plan.readSize)
    }
  }

  /// Prepares a shard's run of a call: controllers and last reads from `state`, memories from `incoming` on to `outgoing`.
  func begin(
    _ range: Range<Int>, _ shape: CallShape, from state: NetworkState<Unit.Memory>?,
    incoming: [Unit.Memory]?, outgoing: [Unit.Memory], passThroughMemory: Bool,
    dropoutSeed: UInt64? = nil, tracer: Unit.Tracer?
  ) {
    begin(
      firstItem: range.lowerBound, items: range.count, lengths: shape.lengths[range],
      passThroughMemory: passThroughMemory)
    self.dropoutSeed = dropoutSeed
    if range.contains(0) { self.tracer = tracer }
    load(state)
    for (number, unit) in units.enumerated() {
      unit.begin(
        firstItem: range.lowerBound, items: range.count, incoming: incoming?[number],
        outgoing: outgoing[number])
    }
  }

  /// Ends it: what the shard leaves behind goes into its rows of `state`.
  func end(into state: StateWriter<Unit.Memory>) {
    store(into: state)
    for unit in units { unit.end { accesses($0) } }
  }

  /// Writes the controllers' states and the reads at the window's end into the shard's rows of `state`.
  func store(into state: StateWriter<Unit.Memory>) {
    let hp = plan.hiddenPadded
    for (index, cell) in plan.cells.enumerated() {
      for item in 0..<items {
        state.h[index].advanced(by: (firstItem + item) * plan.hidden).update(
          from: jointRow(index, steps, item) + cell.own, count: plan.hidden)
        if plan.rnnType == .lstm {
          state.c[index].advanced(by: (firstItem + item) * plan.hidden).update(
            from: carried[index].base + (steps * items + item) * hp, count: plan.hidden)
        }
      }
    }
    for item in 0..<items {
      state.reads.advanced(by: (firstItem + item) * plan.readSize).update(
        from: lastReads.base + item * plan.readPadded, count: plan.readSize)
    }
  }

  /// Writes them into a state, whose tensors have the right shapes; without allocating if nobody else holds these.
  func store(into state: inout NetworkState<Unit.Memory>) {
    let hp = plan.hiddenPadded
    for index in plan.cells.indices {
      let (layer, depth) = (plan.cells[index].layer, plan.cells[index].depth)
      state.controllers[layer][depth].h.withUnsafeMutableBuffer { target in
        for item in 0..<items {
          (target.baseAddress! + (firstItem + item) * plan.hidden).update(
            from: jointRow(index, steps, item) + plan.cells[index].own, count: plan.hidden)
        }
      }
      state.controllers[layer][depth].c?.withUnsafeMutableBuffer { target in
        for item in 0..<items {
          (target.baseAddress! + (firstItem + item) * plan.hidden).update(
            from: carried[index].base + (steps * items + item) * hp, count: plan.hidden)
        }
      }
    }
    guard plan.readSize > 0 else { return }
    state.reads.withUnsafeMutableBuffer { target in
      for item in 0..<items {
        (target.baseAddress! + (firstItem + item) * plan.readSize).update(
          from: lastReads.base + item * plan.readPadded, count: plan.readSize)
      }
    }
  }

  /// Number of accesses an element's memory has seen in this window.
  func accesses(_ item: Int) -> Int {
    guard passThroughMemory else { return 0 }
    let steps = min(self.steps, lengths[item])
    return plan.memories == 1 ? steps * plan.layers : steps
  }

  /// Sets what the backward pass carries from the gradient of the final state; nil: zero.
  func beginBackward(_ state: NetworkState<Unit.Memory>?) {
    beginBackward()
    for (number, unit) in units.enumerated() { unit.beginBackward(state?.memories[number]) }
    guard let state else { return }
    let g = gradients!
    let hp = plan.hiddenPadded
    for (index, cell) in plan.cells.enumerated() {
      let source = state.controllers[cell.layer][cell.depth]
      rows(source.h, width: plan.hidden) { item, row in
        self.set(g.h[index].base + item * hp, row, count: self.plan.hidden)
      }
      if plan.rnnType == .lstm {
        rows(source.c, width: plan.hidden) { item, row in
          self.set(g.c[index].base + item * hp, row, count: self.plan.hidden)
        }
      }
    }
    rows(state.reads, width: plan.readSize) { item, row in
      self.set(g.reads.base + item * self.plan.readPadded, row, count: self.plan.readSize)
    }
  }

  /// Writes the gradient of the initial state into the shard's rows of `state`.
  func storeGradient(into state: StateWriter<Unit.Memory>) {
    let g = gradients!
    let hp = plan.hiddenPadded
    for index in plan.cells.indices {
      for item in 0..<items {
        state.h[index].advanced(by: (firstItem + item) * plan.hidden).update(
          from: g.h[index].base + item * hp, count: plan.hidden)
        if plan.rnnType == .lstm {
          state.c[index].advanced(by: (firstItem + item) * plan.hidden).update(
            from: g.c[index].base + item * hp, count: plan.hidden)
        }
      }
    }
    for item in 0..<items {
      let row = state.reads.advanced(by: (firstItem + item) * plan.readSize)
      row.update(from: g.reads.base + item * plan.readPadded, count: plan.readSize)
      kernels.axpy(row, 1, g.startReads.base + item * plan.readPadded, plan.readSize)
    }
    for (unit, memory) in zip(units, state.memories) { unit.endBackward(into: memory) }
  }

  private func rows(
    _ tensor: Tensor?, width: Int, _ body: (Int, UnsafePointer<Float>?) -> Void
  ) {
    guard let tensor else {
      for item in 0..<items { body(item, nil) }
      return
    }
    tensor.withUnsafeBuffer { values in
      for item in 0..<items {
        body(item, values.baseAddress.map { $0 + (firstItem + item) * width })
      }
    }
  }

  /// Sets the first `count` of `width` numbers; the others are padding, where a run whose numbers were not finite may have left such.
  private func set(
    _ target: UnsafeMutablePointer<Float>, _ source: UnsafePointer<Float>?, count: Int,
    of width: Int? = nil
  ) {
    target.update(repeating: 0, count: width ?? count)
    if let source { target.update(from: source, count: count) }
  }
}
