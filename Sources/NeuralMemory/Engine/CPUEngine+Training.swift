import WorkerPool

extension CPUEngine {
  /// Elements that run together through time, forward and backward, at the most: few, so that what they record is still in the cache on the way back; but
  /// where the weights themselves do not stay there, enough to make up for fetching them at every step.
  private var chunk: Int { layout.count <= 1 << 16 ? 8 : 16 }

  func runTraining(
    _ input: Tensor, _ shape: CallShape, _ parameters: ParameterStore, dropoutSeed: UInt64?,
    workers: Int?, into gradient: inout ParameterStore,
    loss: @Sendable (_ items: Range<Int>, _ output: Tensor, _ gradient: inout Tensor) -> Double
  ) -> Double {
    require(
      gradient.layout == layout, "the gradient's layout is not that of the parameters")
    guard shape.batch > 0 && shape.steps > 0 else {
      gradient = ParameterStore(layout: layout)
      return 0
    }
    let weights = pack(parameters, workers: workers)
    let shards = Sharding.ranges(
      shape.batch, parts: workers ?? WorkerPool.shared.workers)
    // every worker's shard in chunks of nearly equal size
    let chunk = chunk
    let chunks = shards.map { shard in
      Sharding.ranges(shard.count, parts: (shard.count + chunk - 1) / chunk).map {
        shard.lowerBound + $0.lowerBound..<shard.lowerBound + $0.upperBound
      }
    }
    let runners = chunks.map { chunks in
      borrow(
        items: chunks.map(\.count).max() ?? 1, steps: shape.steps, recording: true,
        weights: weights)
    }
    var losses = [[Double]](repeating: [], count: shards.count)
    input.withUnsafeBuffer { values in
      losses.withUnsafeMutableBufferPointer { losses in
        nonisolated(unsafe) let source = shape.inputView(values)!
        nonisolated(unsafe) let losses = losses
        nonisolated(unsafe) let runners = runners
        let layout = layout
        let dropoutSeed = plan.dropout > 0 ? dropoutSeed : nil
        Sharding.run(shards.count) { worker in
          let runner = runners[worker]
          runner.clearParameterGradient()
          for chunk in chunks[worker] {
            losses[worker].append(
              runner.train(chunk, source, shape, dropoutSeed: dropoutSeed, loss: loss))
            runner.addParameterGradients(layout: layout)
          }
        }
      }
    }
    Sharding.sumParameterGradients(of: runners, into: &gradient)
    giveBack(runners)
    return losses.joined().reduce(0, +)
  }
}

extension ShardRunner {
  /// Forward, loss and backward of one chunk of the batch, from the empty state.
  fileprivate func train(
    _ chunk: Range<Int>, _ source: SequenceView, _ shape: CallShape, dropoutSeed: UInt64?,
    loss: (_ items: Range<Int>, _ output: Tensor, _ gradient: inout Tensor) -> Double
  ) -> Double {
    begin(
      firstItem: chunk.lowerBound, items: chunk.count, lengths: shape.lengths[chunk],
      passThroughMemory: true)
    self.dropoutSeed = dropoutSeed
    load(nil)
    for unit in units { unit.beginEmpty(items: chunk.count) }
    forward(source, steps: shape.steps)
    let outputs = [chunk.count, shape.steps, shape.outputSize]
    var output = Tensor(shape: outputs)
    output.withUnsafeMutableBuffer { target in
      copyOutput { item, step in
        target.baseAddress! + (item * shape.steps + step) * shape.outputSize
      }
    }
    var gradient = Tensor(shape: outputs)
    let value = Sharding.keepingTinyNumbers { loss(chunk, output, &gradient) }
    require(
      gradient.shape == outputs,
      "a loss's gradient has the output's shape \(outputs), not \(gradient.shape)")
    beginBackward(nil)
    gradient.withUnsafeBuffer { values in
      // the tensor holds the chunk alone: its first element is the chunk's
      let stride = shape.steps * shape.outputSize
      backward(
        SequenceView(
          values.baseAddress! - chunk.lowerBound * stride, batch: chunk.count,
          steps: shape.steps, features: shape.outputSize, batchFirst: true))
    }
    return value
  }
}
