import WorkerPool

extension CPUEngine {
  /// `memories` are those of `state`, handed on: what nobody else holds is changed in place.
  func runInference(
    _ input: Tensor, _ shape: CallShape, _ controllers: NetworkState<Memory>?,
    memories: inout [Memory], _ parameters: ParameterStore, _ options: CallOptions
  ) -> NetworkOutput<Memory> {
    let batch = shape.batch
    if let controllers { plan.check(controllers, batch: batch, "the state") }
    require(
      memories.count == (controllers == nil ? 0 : plan.memories),
      "the state must have \(plan.memories) memories, not \(memories.count)")
    for part in memories { Unit.check(part, memory, batch: batch, "the state") }
    var outgoing: [Memory] = []
    for _ in 0..<plan.memories {
      var incoming = memories.isEmpty ? nil : memories.removeFirst()
      outgoing.append(
        Unit.outgoing(&incoming, memory, kernels: kernels, batch: batch, recording: false))
    }
    let writer = StateWriter(plan, batch: batch, memories: outgoing)
    let weights = pack(parameters, workers: options.workers)
    let ranges = Sharding.ranges(batch, parts: options.workers ?? WorkerPool.shared.workers)
    let window = max(1, min(shape.steps, inferenceWindow))
    let runners = ranges.map {
      borrow(items: $0.count, steps: window, recording: false, weights: weights)
    }
    let tracer = options.debug ? Unit.tracer(memory) : nil
    var output = Tensor(shape: shape.outputShape)
    input.withUnsafeBuffer { values in
      output.withUnsafeMutableBuffer { target in
        nonisolated(unsafe) let source = shape.inputView(values)
        nonisolated(unsafe) let out = target.baseAddress
        nonisolated(unsafe) let runners = runners
        Sharding.run(ranges.count) { index in
          let range = ranges[index]
          let runner = runners[index]
          runner.begin(
            range, shape, from: controllers, incoming: nil, outgoing: writer.memories,
            passThroughMemory: options.passThroughMemory, tracer: tracer)
          var done = 0
          while done < shape.steps {
            let steps = min(window, shape.steps - done)
            if done > 0 { runner.advance() }
            runner.forward(source!, steps: steps)
            runner.copyOutput { item, step in
              out! + shape.outputRow(range.lowerBound + item, done + step)
            }
            done += steps
          }
          runner.end(into: writer)
        }
      }
    }
    giveBack(runners)
    return NetworkOutput(
      output: output, state: writer.state, trace: tracer?.trace, gates: tracer?.gates)
  }
}

/// Steps of a run without records that share one product for input and output.
private let inferenceWindow = 16
