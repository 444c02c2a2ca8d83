import NeuralMemory

extension TrainableNetwork {
  /// The loss of a batch and its gradients: with `Optimizer.update`, a whole training step.
  ///
  /// ```swift
  /// let (loss, gradients) = network.valueAndGradient(x, target: y, loss: SigmoidCrossEntropy())
  /// optimizer.update(&network, gradients)
  /// ```
  ///
  /// Every sequence starts from the zero state. The batch is cut into shards, each of which goes
  /// forward, through the loss and backward on one worker; mask and normalizer are those of the
  /// whole batch. One batch, seed and number of workers always give the same bits. For gradients of
  /// the input and of an initial state, and for losses that are no `Loss`, networks of the library
  /// have a second form, which takes a closure.
  ///
  /// - Parameters:
  ///   - input: `[batch, time, inputSize]`, also for a network that is not batch-first.
  ///   - target: what the loss takes as target of an output `[batch, time, outputSize]`; its first
  ///     axis is the batch.
  ///   - mask: weights of the output's elements, as the loss counts them; its first axis is the
  ///     batch. nil: 1 for every time step within `lengths`, 0 behind them.
  ///   - lengths: time steps of each sequence, from 0 to time; nil: all.
  ///   - loss: compares output and target.
  ///   - normalizer: what the summed loss is divided by.
  ///   - dropoutSeed: draws dropout's masks; nil: no dropout.
  ///   - workers: number of shards that the batch is cut into, which run on at most the threads of
  ///     the process's pool; nil: one for each of these.
  /// - Returns: the loss, and the gradients of all parameters in their layout.
  /// - Complexity: that of about three forward passes.
  public func valueAndGradient(
    _ input: Tensor, target: Tensor, mask: Tensor? = nil, lengths: [Int]? = nil, loss: some Loss,
    normalizer: LossNormalizer = .mean, dropoutSeed: UInt64? = nil, workers: Int? = nil
  ) -> (loss: Double, gradients: ParameterStore) {
    var gradients = ParameterStore(layout: parameters.layout)
    let value = valueAndGradient(
      input, target: target, mask: mask, lengths: lengths, loss: loss, normalizer: normalizer,
      dropoutSeed: dropoutSeed, workers: workers, into: &gradients)
    return (value, gradients)
  }

  /// The loss of a batch, its gradients written over those of the step before.
  ///
  /// For loops that allocate nothing for gradients.
  ///
  /// - Parameters:
  ///   - input: `[batch, time, inputSize]`, also for a network that is not batch-first.
  ///   - target: what the loss takes as target of an output `[batch, time, outputSize]`.
  ///   - mask: weights of the output's elements, as the loss counts them; nil: 1 for every time
  ///     step within `lengths`, 0 behind them.
  ///   - lengths: time steps of each sequence, from 0 to time; nil: all.
  ///   - loss: compares output and target.
  ///   - normalizer: what the summed loss is divided by.
  ///   - dropoutSeed: draws dropout's masks; nil: no dropout.
  ///   - workers: number of shards that the batch is cut into; nil: one for each thread of the
  ///     process's pool.
  ///   - gradients: of the parameters' layout; is overwritten.
  /// - Returns: the loss.
  /// - Complexity: that of about three forward passes.
  public func valueAndGradient(
    _ input: Tensor, target: Tensor, mask: Tensor? = nil, lengths: [Int]? = nil, loss: some Loss,
    normalizer: LossNormalizer = .mean, dropoutSeed: UInt64? = nil, workers: Int? = nil,
    into gradients: inout ParameterStore
  ) -> Double {
    require(
      input.rank == 3 && input.shape[2] == inputSize,
      "the input of training has shape [batch, time, \(inputSize)], not \(input.shape)")
    let (batch, time) = (input.shape[0], input.shape[1])
    require(
      target.rank > 0 && target.shape[0] == batch,
      "the target's first axis is the batch of \(batch) elements; its shape is \(target.shape)")
    let shape = [batch, time, outputSize]
    let mask = mask ?? lossMask(input, lengths: lengths, loss: loss)
    let divisor = loss.divisor(ofOutput: shape, mask: mask, normalizer: normalizer)
    return lossAndGradient(
      input, lengths: lengths, dropoutSeed: dropoutSeed, workers: workers, into: &gradients
    ) { elements, output, gradient in
      loss.value(
        output, target: target.slice(axis: 0, elements), mask: mask?.slice(axis: 0, elements),
        normalizer: .fixed(divisor), gradient: &gradient)
    }
  }

  /// The mask of a loss if none is given: `[batch, time]`, 1 within the lengths.
  ///
  /// - Returns: nil, for all, without lengths or if the loss does not count time steps.
  func lossMask(_ input: Tensor, lengths: [Int]?, loss: some Loss) -> Tensor? {
    guard let lengths else { return nil }
    let shape = [input.shape[0], input.shape[1]]
    guard Array(loss.countedShape(ofOutput: shape + [outputSize]).prefix(2)) == shape else {
      return nil
    }
    require(
      lengths.count == shape[0],
      "a batch of \(shape[0]) elements has as many lengths, not \(lengths.count)")
    var mask = Tensor(shape: shape)
    for (element, length) in lengths.enumerated() {
      require(
        (0...shape[1]).contains(length),
        "the length of element \(element) is from 0 to \(shape[1]), not \(length)")
      for step in 0..<length { mask[element, step] = 1 }
    }
    return mask
  }
}
