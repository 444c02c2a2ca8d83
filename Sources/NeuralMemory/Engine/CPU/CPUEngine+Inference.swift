import WorkerPool

extension CPUEngine {
  func infer(
    _ input: Tensor, _ shape: CallShape, _ state: NetworkState<M>?,
    _ parameters: ParameterStore, _ options: CallOptions
  ) -> NetworkOutput<M> {
    let batch = shape.batch
    if let state { check(state, batch: batch, "the state") }
    let outgoing = (0..<plan.memories).map { number in
      var incoming = state?.memories[number]
      return Shard.outgoing(
        &incoming, memory, kernels: kernels, batch: batch, recording: false)
    }
    let writer = StateWriter<M>(plan, batch: batch, memories: outgoing)
    let weights = pack(parameters, workers: options.workers)
    let ranges = Sharding.ranges(
      batch, shards: options.workers ?? WorkerPool.shared.workers)
    let steps = max(1, min(shape.steps, inferenceWindow))
    let runners = ranges.map {
      borrow(elements: $0.count, steps: steps, recording: false, weights: weights)
    }
    let tracer = options.debug ? Shard.tracer(memory) : nil
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
            range, shape, from: state, incoming: nil, outgoing: writer.memories,
            passThroughMemory: options.passThroughMemory, tracer: tracer)
          var done = 0
          while done < shape.steps {
            let count = min(steps, shape.steps - done)
            if done > 0 { runner.advance() }
            runner.forward(source!, steps: count)
            runner.copyOutput { element, step in
              out! + shape.outputRow(range.lowerBound + element, done + step)
            }
            done += count
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
