extension Network {
  /// Runs sequences through the network and records what the backward pass needs.
  ///
  /// - Parameters:
  ///   - input: [batch, time, inputSize], or [time, batch, inputSize] if the network is not
  ///     batch-first.
  ///   - state: where to continue from; nil: zero. Unchanged by the call.
  ///   - lengths: time steps of each sequence, from 0 to time; nil: all. Past its end an element's
  ///     state freezes, and the input is ignored.
  ///   - resetExperience: empties the memories first; controller states and last reads are kept.
  ///   - passThroughMemory: without it the memories take no step and the reads are zero.
  ///   - dropoutSeed: draws dropout's masks; nil: no dropout.
  ///   - workers: as in a plain call for the output and the state. The parameters' gradient is
  ///     added shard by shard: its last bits depend on `workers`, and are the same for the same
  ///     number.
  /// - Returns: the output, and a function from the output's gradient to all others.
  public func callWithPullback(
    _ input: Tensor, state: State? = nil, lengths: [Int]? = nil, resetExperience: Bool = false,
    passThroughMemory: Bool = true, dropoutSeed: UInt64? = nil, workers: Int? = nil
  ) -> (output: Output, pullback: Pullback) {
    engine.record(
      input, CallShape(configuration, input, lengths), state, resetsMemory: resetExperience,
      parameters,
      .init(
        passThroughMemory: passThroughMemory, debug: configuration.debug,
        dropoutSeed: dropoutSeed, workers: workers))
  }

  /// The value of a loss and its gradients.
  ///
  /// - Parameters:
  ///   - input: [batch, time, inputSize], or [time, batch, inputSize] if the network is not
  ///     batch-first.
  ///   - state: where to continue from; nil: zero. Unchanged by the call.
  ///   - lengths: time steps of each sequence, from 0 to time; nil: all. Past its end an element's
  ///     state freezes, and the input is ignored.
  ///   - resetExperience: empties the memories first; controller states and last reads are kept.
  ///   - passThroughMemory: without it the memories take no step and the reads are zero.
  ///   - dropoutSeed: draws dropout's masks; nil: no dropout.
  ///   - workers: number of shards that the batch is cut into, as in `callWithPullback`.
  ///   - loss: gets the output, returns the loss and its gradient in the output's shape.
  /// - Returns: the loss and the gradients of parameters, input and initial state.
  public func valueAndGradient<Value>(
    _ input: Tensor, state: State? = nil, lengths: [Int]? = nil, resetExperience: Bool = false,
    passThroughMemory: Bool = true, dropoutSeed: UInt64? = nil, workers: Int? = nil,
    loss: (Output) throws -> (value: Value, gradient: Tensor)
  ) rethrows -> (value: Value, gradients: Gradients) {
    let (output, pullback) = callWithPullback(
      input, state: state, lengths: lengths, resetExperience: resetExperience,
      passThroughMemory: passThroughMemory, dropoutSeed: dropoutSeed, workers: workers)
    let (value, gradient) = try loss(output)
    return (value, pullback(gradient))
  }

  public func lossAndGradient(
    _ input: Tensor, lengths: [Int]?, dropoutSeed: UInt64?, workers: Int?,
    into gradient: inout ParameterStore,
    loss: @Sendable (_ elements: Range<Int>, _ output: Tensor, _ gradient: inout Tensor) -> Double
  ) -> Double {
    let shape = CallShape(
      input, lengths, inputSize: inputSize, outputSize: outputSize, batchFirst: true)
    return engine.lossAndGradient(
      input, shape, parameters, dropoutSeed: dropoutSeed, workers: workers, into: &gradient,
      loss: loss)
  }
}
