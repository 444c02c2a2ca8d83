import WorkerPool

extension CPUEngine {
  /// One step, in place: of the state, of the memories that nobody else holds, and into `output`.
  // An engine is called through its protocol, so its code is generic. What that costs shows in
  // single steps alone: there the library's memories get code of their own.
  @_specialize(where M == DenseMemory, Shard == DenseMemoryShard)
  @_specialize(where M == SparseMemory, Shard == SparseMemoryShard)
  @_specialize(where M == LinkedSparseMemory, Shard == SparseMemoryShard)
  @_specialize(where M == NoMemory, Shard == NoMemoryShard)
  func step(
    _ input: Tensor, state: inout NetworkState<M>, _ parameters: ParameterStore,
    passThroughMemory: Bool, into output: inout Tensor
  ) {
    let batch = input.shape[0]
    check(state, batch: batch, "the state")
    guard batch > 0 else { return }
    // taken out and put back: what nobody else holds may be changed in place
    for _ in 0..<plan.memories {
      var incoming: M.State? = state.memories.remove(at: 0)
      state.memories.append(
        Shard.outgoing(&incoming, memory, kernels: kernels, batch: batch, recording: false))
    }
    let weights = pack(parameters, workers: nil)
    let shards = min(batch, WorkerPool.shared.workers)
    if shards == 1 {
      let runner = borrow(elements: batch, steps: 1, recording: false, weights: weights)
      let saved = Sharding.begin()
      runner.step(0..<batch, input, state, passThroughMemory: passThroughMemory)
      Sharding.end(saved)
      runner.finishStep(&state, &output)
      giveBack(runner, of: 1)
      return
    }
    let ranges = Sharding.ranges(batch, shards: shards)
    let runners = ranges.map {
      borrow(elements: $0.count, steps: 1, recording: false, weights: weights)
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
  fileprivate func step<M: Memory>(
    _ range: Range<Int>, _ input: Tensor, _ state: NetworkState<M>, passThroughMemory: Bool
  ) where M.State == Shard.State {
    beginStep(
      firstElement: range.lowerBound, elements: range.count,
      passThroughMemory: passThroughMemory)
    load(state)
    for index in memories.indices {
      memories[index].begin(
        firstElement: range.lowerBound, elements: range.count, incoming: nil,
        outgoing: state.memories[index])
    }
    input.withUnsafeBuffer { values in
      forward(
        SequenceView(
          values.baseAddress!, batch: input.shape[0], steps: 1, features: plan.inputSize,
          batchFirst: true),
        steps: 1)
    }
    for memory in memories { memory.end { accesses($0) } }
  }

  fileprivate func finishStep<M: Memory>(
    _ state: inout NetworkState<M>, _ output: inout Tensor
  ) where M.State == Shard.State {
    store(into: &state)
    output.withUnsafeMutableBuffer { target in
      copyOutput { element, _ in
        target.baseAddress! + (window.firstElement + element) * plan.outputSize
      }
    }
  }
}
