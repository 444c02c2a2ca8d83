import Foundation
import WorkerPool

extension CPUEngine {
  func record(
    _ input: Tensor, _ shape: CallShape, _ state: NetworkState<M>?, resetsMemory: Bool,
    _ parameters: ParameterStore, _ options: CallOptions
  ) -> (output: NetworkOutput<M>, pullback: NetworkPullback<M>) {
    let batch = shape.batch
    var start = state
    if let state { check(state, batch: batch, "the state") }
    if resetsMemory { start?.resetExperience() }
    for index in start?.memories.indices ?? 0..<0 {
      Shard.complete(&start!.memories[index], memory, kernels: kernels)
    }
    let weights = pack(parameters, workers: options.workers)
    let ranges = Sharding.ranges(batch, shards: options.workers ?? WorkerPool.shared.workers)
    let runners = ranges.map {
      borrow(elements: $0.count, steps: max(1, shape.steps), recording: true, weights: weights)
    }
    let writer = StateWriter<M>(
      plan, batch: batch,
      memories: (0..<plan.memories).map {
        var incoming = start?.memories[$0]
        return Shard.outgoing(&incoming, memory, kernels: kernels, batch: batch, recording: true)
      })
    let tracer = options.debug ? Shard.tracer(memory) : nil
    var output = Tensor(shape: shape.outputShape)
    input.withUnsafeBuffer { values in
      output.withUnsafeMutableBuffer { target in
        nonisolated(unsafe) let source = shape.inputView(values)
        nonisolated(unsafe) let out = target.baseAddress
        nonisolated(unsafe) let runners = runners
        let start = start
        let dropoutSeed = plan.dropout > 0 ? options.dropoutSeed : nil
        Sharding.run(ranges.count) { index in
          let range = ranges[index]
          let runner = runners[index]
          runner.begin(
            range, shape, from: start, incoming: start?.memories, outgoing: writer.memories,
            passThroughMemory: options.passThroughMemory, dropoutSeed: dropoutSeed, tracer: tracer)
          if shape.steps > 0 && !range.isEmpty {
            runner.forward(source!, steps: shape.steps)
            runner.copyOutput { element, step in
              out! + shape.outputRow(range.lowerBound + element, step)
            }
          }
          runner.end(into: writer)
        }
      }
    }
    let recording = Recording(
      self, shape, ranges, runners, start: start, resetsMemory: resetsMemory)
    return (
      NetworkOutput(
        output: output, state: writer.state, trace: tracer?.trace, gates: tracer?.gates),
      NetworkPullback(
        shape, plan, run: { recording.backward($0, state: $1) },
        examine: { recording.examine($0, $1) })
    )
  }
}

/// What a call recorded, and the backward pass through it.
private final class Recording<M: Memory, Shard: MemoryShard>: @unchecked Sendable
where Shard.State == M.State {
  private let engine: CPUEngine<M, Shard>
  private let shape: CallShape
  private let ranges: [Range<Int>]
  private let runners: [ShardRunner<Shard>]
  // The records begin at its memories.
  private let start: NetworkState<M>?
  private let resetsMemory: Bool
  private let lock = NSLock()

  init(
    _ engine: CPUEngine<M, Shard>, _ shape: CallShape, _ ranges: [Range<Int>],
    _ runners: [ShardRunner<Shard>], start: NetworkState<M>?, resetsMemory: Bool
  ) {
    self.engine = engine
    self.shape = shape
    self.ranges = ranges
    self.runners = runners
    self.start = start
    self.resetsMemory = resetsMemory
  }

  deinit { engine.giveBack(runners) }

  /// Step by step, layer by layer; within these, mechanism by mechanism for each element.
  func examine(_ direction: Examined.Direction, _ visit: (Examined) -> Void) {
    lock.lock()
    defer { lock.unlock() }
    let layers = 0..<engine.plan.layers
    switch direction {
    case .forward:
      for step in 0..<shape.steps {
        for layer in layers { for runner in runners { runner.examine(step, layer, visit) } }
        for runner in runners { runner.examineOutput(step, visit) }
      }
    case .backward:
      for step in (0..<shape.steps).reversed() {
        for runner in runners { runner.examineOutputGradient(step, visit) }
        for layer in layers.reversed() {
          for runner in runners { runner.examineGradient(step, layer, visit) }
        }
      }
    }
  }

  func backward(
    _ output: Tensor, state: NetworkState<M>?
  ) -> NetworkGradients<M> {
    if let state { engine.check(state, batch: shape.batch, "the state's gradient") }
    // A loss that calls this pullback waits for the lock while its pass has the pool's turn: the
    // holder of the lock must not wait for the turn. One shard takes no turn at all.
    return ranges.count == 1
      ? locked(output, state) : WorkerPool.shared.withTurn { locked(output, state) }
  }

  private func locked(
    _ output: Tensor, _ state: NetworkState<M>?
  ) -> NetworkGradients<M> {
    lock.lock()
    defer { lock.unlock() }
    var input = Tensor(shape: shape.inputShape)
    let writer = StateWriter<M>(
      engine.plan, batch: shape.batch,
      memories: (0..<engine.plan.memories).map { _ in
        Shard.empty(engine.memory, batch: shape.batch)
      })
    output.withUnsafeBuffer { values in
      input.withUnsafeMutableBuffer { target in
        nonisolated(unsafe) let view = shape.outputView(values)
        nonisolated(unsafe) let dinput = target.baseAddress
        Sharding.run(ranges.count) { [self] index in
          let runner = runners[index]
          runner.beginBackward(state)
          if shape.steps > 0 && shape.batch > 0 {
            runner.backward(view!)
            runner.inputGradient { element, step in
              dinput! + shape.inputRow(ranges[index].lowerBound + element, step)
            }
          }
          runner.storeGradient(into: writer)
          runner.clearParameterGradients()
          if shape.steps > 0 { runner.addParameterGradients() }
        }
      }
    }
    var initialState = writer.state
    if resetsMemory { initialState.resetExperience() }
    var parameters = ParameterStore(layout: engine.plan.parameterLayout)
    Sharding.sumParameterGradients(of: runners, into: &parameters)
    return NetworkGradients(parameters: parameters, input: input, initialState: initialState)
  }
}
