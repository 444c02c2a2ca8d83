import WorkerPool

extension CPUEngine {
  /// Elements that run together through time, forward and backward, at the most: few, so that what
  /// they record is still in the cache for the backward pass; but where the weights themselves do
  /// not stay there, enough to make up for fetching them at every step.
  private var groupSize: Int { plan.parameterLayout.count <= 1 << 16 ? 8 : 16 }

  func lossAndGradient(
    _ input: Tensor, _ shape: CallShape, _ parameters: ParameterStore, dropoutSeed: UInt64?,
    workers: Int?, into gradient: inout ParameterStore,
    loss: @Sendable (_ elements: Range<Int>, _ output: Tensor, _ gradient: inout Tensor) -> Double
  ) -> Double {
    require(
      gradient.layout == plan.parameterLayout,
      "the gradient's layout is not that of the parameters")
    guard shape.batch > 0 && shape.steps > 0 else {
      gradient = ParameterStore(layout: plan.parameterLayout)
      return 0
    }
    let weights = pack(parameters, workers: workers)
    let shards = Sharding.ranges(
      shape.batch, shards: workers ?? WorkerPool.shared.workers)
    // every worker's shard in groups of nearly equal size
    let size = groupSize
    let groups = shards.map { shard in
      Sharding.ranges(shard.count, shards: (shard.count + size - 1) / size).map {
        shard.lowerBound + $0.lowerBound..<shard.lowerBound + $0.upperBound
      }
    }
    let runners = groups.map { groups in
      borrow(
        elements: groups.map(\.count).max() ?? 1, steps: shape.steps, recording: true,
        weights: weights)
    }
    var losses = [[Double]](repeating: [], count: shards.count)
    input.withUnsafeBuffer { values in
      losses.withUnsafeMutableBufferPointer { losses in
        nonisolated(unsafe) let source = shape.inputView(values)!
        nonisolated(unsafe) let losses = losses
        nonisolated(unsafe) let runners = runners
        let dropoutSeed = plan.dropout > 0 ? dropoutSeed : nil
        Sharding.run(shards.count) { worker in
          let runner = runners[worker]
          runner.clearParameterGradients()
          for group in groups[worker] {
            losses[worker].append(
              runner.train(group, source, shape, dropoutSeed: dropoutSeed, loss: loss))
            runner.addParameterGradients()
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
  /// Forward, loss and backward of some elements of the batch, from the empty state.
  fileprivate func train(
    _ group: Range<Int>, _ source: SequenceView, _ shape: CallShape, dropoutSeed: UInt64?,
    loss: (_ elements: Range<Int>, _ output: Tensor, _ gradient: inout Tensor) -> Double
  ) -> Double {
    begin(
      firstElement: group.lowerBound, elements: group.count, lengths: shape.lengths[group],
      passThroughMemory: true)
    self.dropoutSeed = dropoutSeed
    loadZero()
    for memory in memories { memory.beginEmpty(elements: group.count) }
    forward(source, steps: shape.steps)
    let outputs = [group.count, shape.steps, shape.outputSize]
    var output = Tensor(shape: outputs)
    output.withUnsafeMutableBuffer { target in
      copyOutput { element, step in
        target.baseAddress! + (element * shape.steps + step) * shape.outputSize
      }
    }
    var gradient = Tensor(shape: outputs)
    let value = Sharding.keepingDenormals { loss(group, output, &gradient) }
    require(
      gradient.shape == outputs,
      "a loss's gradient has the output's shape \(outputs), not \(gradient.shape)")
    beginBackward()
    gradient.withUnsafeBuffer { values in
      // the tensor holds the group alone: its first element is the group's
      let stride = shape.steps * shape.outputSize
      backward(
        SequenceView(
          values.baseAddress! - group.lowerBound * stride, batch: group.count,
          steps: shape.steps, features: shape.outputSize, batchFirst: true))
    }
    return value
  }
}
