import VectorKernels

extension ShardRunner {
  /// Sets the start of the shard's elements: a state's, or zero. The memories are begun by the
  /// caller.
  func load<M: Memory>(_ state: NetworkState<M>?) where M.State == Shard.State {
    let (units, width) = (plan.units, plan.unitsPadded)
    for layer in hiddenLayers {
      let source = state?.controllers[layer.plan.layer][layer.plan.depth]
      forEachRow(of: source?.h, width: units) { element, row in
        Self.set(layer.h(0, element), row, count: units, of: width)
      }
      if plan.hasCellState {
        forEachRow(of: source?.c, width: units) { element, row in
          Self.set(layer.c(0, element), row, count: units, of: width)
        }
      }
    }
    loadReads(state?.reads)
  }

  /// Sets the start of a training pass: zero.
  func loadZero() {
    for layer in hiddenLayers {
      for element in 0..<window.elements {
        layer.h(0, element).update(repeating: 0, count: plan.unitsPadded)
        if plan.hasCellState {
          layer.c(0, element).update(repeating: 0, count: plan.unitsPadded)
        }
      }
    }
    loadReads(nil)
  }

  private func loadReads(_ reads: Tensor?) {
    forEachRow(of: reads, width: plan.readSize) { element, row in
      for target in [lastReads, startReads] {
        Self.set(target.base + element * plan.readPadded, row, count: plan.readSize)
      }
    }
  }

  /// Prepares a shard's run of a call: controllers and last reads from `state`, memories from
  /// `incoming` on to `outgoing`.
  func begin<M: Memory>(
    _ range: Range<Int>, _ shape: CallShape, from state: NetworkState<M>?,
    incoming: [Shard.State]?, outgoing: [Shard.State], passThroughMemory: Bool,
    dropoutSeed: UInt64? = nil, tracer: Shard.Tracer?
  ) where M.State == Shard.State {
    begin(
      firstElement: range.lowerBound, elements: range.count, lengths: shape.lengths[range],
      passThroughMemory: passThroughMemory)
    self.dropoutSeed = dropoutSeed
    if range.contains(0) { self.tracer = tracer }
    load(state)
    for (number, memory) in memories.enumerated() {
      memory.begin(
        firstElement: range.lowerBound, elements: range.count, incoming: incoming?[number],
        outgoing: outgoing[number])
    }
  }

  /// Ends it: what the shard leaves behind goes into its rows of `state`.
  func end<M: Memory>(into state: StateWriter<M>) where M.State == Shard.State {
    for (index, layer) in hiddenLayers.enumerated() {
      for element in 0..<window.elements {
        let row = (window.firstElement + element) * plan.units
        (state.h[index] + row).update(
          from: layer.h(window.steps, element), count: plan.units)
        if plan.hasCellState {
          (state.c[index] + row).update(
            from: layer.c(window.steps, element), count: plan.units)
        }
      }
    }
    for element in 0..<window.elements {
      (state.reads + (window.firstElement + element) * plan.readSize).update(
        from: lastReads.base + element * plan.readPadded, count: plan.readSize)
    }
    for memory in memories { memory.end { accesses($0) } }
  }

  /// Writes the controllers' states and the reads at the window's end into a state, whose tensors
  /// have the right shapes; without allocating if nobody else holds these.
  func store<M: Memory>(into state: inout NetworkState<M>) where M.State == Shard.State {
    for layer in hiddenLayers {
      let (number, depth) = (layer.plan.layer, layer.plan.depth)
      state.controllers[number][depth].h.withUnsafeMutableBuffer { target in
        for element in 0..<window.elements {
          (target.baseAddress! + (window.firstElement + element) * plan.units).update(
            from: layer.h(window.steps, element), count: plan.units)
        }
      }
      state.controllers[number][depth].c?.withUnsafeMutableBuffer { target in
        for element in 0..<window.elements {
          (target.baseAddress! + (window.firstElement + element) * plan.units).update(
            from: layer.c(window.steps, element), count: plan.units)
        }
      }
    }
    guard plan.readSize > 0 else { return }
    state.reads.withUnsafeMutableBuffer { target in
      for element in 0..<window.elements {
        (target.baseAddress! + (window.firstElement + element) * plan.readSize).update(
          from: lastReads.base + element * plan.readPadded, count: plan.readSize)
      }
    }
  }

  /// Number of accesses an element's memory has seen in this window.
  func accesses(_ element: Int) -> Int {
    guard passThroughMemory else { return 0 }
    return min(window.steps, window.lengths[element]) * plan.accessesPerStep
  }

  /// Sets what the backward pass carries from the gradient of the final state; nil: zero.
  func beginBackward<M: Memory>(_ state: NetworkState<M>?) where M.State == Shard.State {
    clearCarry()
    for (number, memory) in memories.enumerated() {
      memory.beginBackward(state?.memories[number])
    }
    guard let state else { return }
    let units = plan.units
    for layer in hiddenLayers {
      let source = state.controllers[layer.plan.layer][layer.plan.depth]
      forEachRow(of: source.h, width: units) { element, row in
        Self.set(layer.dh(element), row, count: units)
      }
      if plan.hasCellState {
        forEachRow(of: source.c, width: units) { element, row in
          Self.set(layer.dc(element), row, count: units)
        }
      }
    }
    let reads = gradients!.reads.base
    forEachRow(of: state.reads, width: plan.readSize) { element, row in
      Self.set(reads + element * plan.readPadded, row, count: plan.readSize)
    }
  }

  /// Begins the backward pass of a training pass, whose final state does not count.
  func beginBackward() {
    clearCarry()
    for memory in memories { memory.beginBackward(nil) }
  }

  /// Writes the gradient of the initial state into the shard's rows of `state`.
  func storeGradient<M: Memory>(into state: StateWriter<M>) where M.State == Shard.State {
    let g = gradients!
    for (index, layer) in hiddenLayers.enumerated() {
      for element in 0..<window.elements {
        let row = (window.firstElement + element) * plan.units
        (state.h[index] + row).update(from: layer.dh(element), count: plan.units)
        if plan.hasCellState {
          (state.c[index] + row).update(from: layer.dc(element), count: plan.units)
        }
      }
    }
    for element in 0..<window.elements {
      let row = state.reads + (window.firstElement + element) * plan.readSize
      row.update(from: g.reads.base + element * plan.readPadded, count: plan.readSize)
      kernels.pointee.axpy(
        row, 1, g.startReads.base + element * plan.readPadded, plan.readSize)
    }
    for (shard, memory) in zip(memories, state.memories) { shard.endBackward(into: memory) }
  }

  private func forEachRow(
    of tensor: Tensor?, width: Int, _ body: (Int, UnsafePointer<Float>?) -> Void
  ) {
    guard let tensor else {
      for element in 0..<window.elements { body(element, nil) }
      return
    }
    tensor.withUnsafeBuffer { values in
      for element in 0..<window.elements {
        body(element, values.baseAddress.map { $0 + (window.firstElement + element) * width })
      }
    }
  }

  /// Sets the first `count` of `width` values; the others are padding, where a run whose values
  /// were not finite may have left such.
  private static func set(
    _ target: UnsafeMutablePointer<Float>, _ source: UnsafePointer<Float>?, count: Int,
    of width: Int? = nil
  ) {
    target.update(repeating: 0, count: width ?? count)
    if let source { target.update(from: source, count: count) }
  }
}
