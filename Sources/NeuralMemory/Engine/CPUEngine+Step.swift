import WorkerPool

extension CPUEngine {
  /// One step, in place: of the state, of the memories that nobody else holds, and into `output`.
  func runStep(
    _ input: Tensor, state: inout NetworkState<Memory>, _ parameters: ParameterStore,
    passThroughMemory: Bool, into output: inout Tensor
  ) {
    let batch = input.shape[0]
    check(state, batch: batch, "the state")
    guard batch > 0 else { return }
    // taken out and put back: what nobody else holds may be changed in place
    for _ in 0..<plan.memories {
      var incoming: Memory? = state.memories.remove(at: 0)
      state.memories.append(
        Unit.outgoing(&incoming, memory, kernels: kernels, batch: batch, recording: false))
    }
    let weights = pack(parameters, workers: nil)
    let shards = min(batch, WorkerPool.shared.workers)
    if shards == 1 {
      let runner = borrow(items: batch, steps: 1, recording: false, weights: weights)
      let saved = Sharding.begin()
      runner.step(0..<batch, input, state, passThroughMemory: passThroughMemory)
      Sharding.end(saved)
      runner.finishStep(&state, &output)
      giveBack(runner, of: 1)
      return
    }
    let ranges = Sharding.ranges(batch, parts: shards)
    let runners = ranges.map {
      borrow(items: $0.count, steps: 1, recording: false, weights: weights)
    }
    do {
      nonisolated(unsafe) let runners = runners
      let state = state
      Sharding.run(shards) { index in
        runners[index].step(ranges[index], input, state, passThroughMemory: passThroughMemory)
      }
    }
    for runner in runners { runner.finishStep(&state, &output) }
    giveBack(runners)
  }
}

extension ShardRunner {
  /// Runs the step of some elements of a batch; `finishStep` hands out what came of it.
  fileprivate func step(
    _ range: Range<Int>, _ input: Tensor, _ state: NetworkState<Unit.Memory>,
    passThroughMemory: Bool
  ) {
    beginStep(
      firstItem: range.lowerBound, items: range.count, passThroughMemory: passThroughMemory)
    load(state)
    for index in units.indices {
      units[index].begin(
        firstItem: range.lowerBound, items: range.count, incoming: nil,
        outgoing: state.memories[index])
    }
    input.withUnsafeBuffer { values in
      forward(
        SequenceView(
          values.baseAddress!, batch: input.shape[0], steps: 1, features: plan.inputSize,
          batchFirst: true),
        steps: 1)
    }
    for unit in units { unit.end { accesses($0) } }
  }

  fileprivate func finishStep(
    _ state: inout NetworkState<Unit.Memory>, _ output: inout Tensor
  ) {
    store(into: &state)
    output.withUnsafeMutableBuffer { target in
      copyOutput { item, _ in target.baseAddress! + (firstItem + item) * plan.outputSize }
    }
  }
}
