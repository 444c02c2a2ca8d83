extension Network {
  public var inputSize: Int { configuration.inputSize }
  public var outputSize: Int { configuration.outputs }

  /// The state at the start: all zero.
  ///
  /// - Complexity: O(batch · N · (N + W + R)) for a DNC; O(batch), whatever the number of cells,
  ///   for sparse memories.
  public func initialState(batch: Int) -> State {
    require(batch >= 0, "a batch cannot have \(batch) elements")
    return engine.initialState(batch: batch)
  }

  /// Runs sequences through the network.
  ///
  /// Records nothing for a backward pass; its memory use does not grow with the number of steps
  /// beyond the output (and the cells that a sparse memory touches).
  ///
  /// - Parameters:
  ///   - input: [batch, time, inputSize], or [time, batch, inputSize] if the network is not
  ///     batch-first.
  ///   - state: where to continue from; nil: zero. Unchanged by the call.
  ///   - lengths: time steps of each sequence, from 0 to time; nil: all. Past its end an element's
  ///     state freezes, and the input is ignored.
  ///   - resetExperience: empties the memories first; controller states and last reads are kept.
  ///   - passThroughMemory: without it the memories take no step and the reads are zero.
  ///   - workers: number of shards that the batch is cut into, which run on at most the threads of
  ///     the process's pool (`Processor.workers`); nil: one for each of these. With 1 the whole
  ///     call runs on the calling thread. The results do not depend on it.
  /// - Complexity: O(batch · time · (N² R + N W R + parameters)) for a DNC.
  public func callAsFunction(
    _ input: Tensor, state: State? = nil, lengths: [Int]? = nil, resetExperience: Bool = false,
    passThroughMemory: Bool = true, workers: Int? = nil
  ) -> Output {
    let shape = CallShape(configuration, input, lengths)
    var start = state
    if resetExperience { start?.resetExperience() }
    return engine.infer(
      input, shape, start, parameters,
      .init(passThroughMemory: passThroughMemory, debug: configuration.debug, workers: workers))
  }

  /// Runs one step: the streaming form of a call, with the same values.
  ///
  /// In the dialect `pytorchDNC` they are those of a call for each step, not of one call: there
  /// layer 0 sees at every step the reads that its call started with.
  ///
  /// - Parameters:
  ///   - input: [batch, inputSize].
  ///   - state: is replaced by the state after the step; the memories are changed in place if
  ///     nothing else holds them.
  ///   - passThroughMemory: without it the memories take no step and the reads are zero.
  /// - Returns: [batch, outputSize].
  /// - Complexity: O(batch · (N² R + N W R + parameters)) for a DNC.
  public func step(_ input: Tensor, state: inout State, passThroughMemory: Bool = true) -> Tensor {
    require(input.rank == 2, "one step's input has shape [batch, \(inputSize)], not \(input.shape)")
    var output = Tensor(shape: [input.shape[0], outputSize])
    step(input, state: &state, into: &output, passThroughMemory: passThroughMemory)
    return output
  }

  /// Runs one step into a tensor that is there already.
  ///
  /// Allocates nothing once a first step has made the working memory, as long as one worker runs it
  /// (as with batch 1), nobody else holds the state or the output, and the memory touches no new
  /// cells.
  ///
  /// - Parameters:
  ///   - input: [batch, inputSize].
  ///   - state: is replaced by the state after the step; the memories are changed in place if
  ///     nothing else holds them.
  ///   - output: [batch, outputSize], is overwritten.
  ///   - passThroughMemory: without it the memories take no step and the reads are zero.
  public func step(
    _ input: Tensor, state: inout State, into output: inout Tensor, passThroughMemory: Bool = true
  ) {
    require(
      input.rank == 2 && input.shape[1] == inputSize,
      "one step's input has shape [batch, \(inputSize)], not \(input.shape)")
    require(
      output.isMatrix(input.shape[0], outputSize),
      "one step's output has shape \([input.shape[0], outputSize]), not \(output.shape)")
    engine.step(
      input, state: &state, parameters, passThroughMemory: passThroughMemory, into: &output)
  }

  public func evaluate(_ input: Tensor, lengths: [Int]?) -> Tensor {
    if configuration.batchFirst { return self(input, lengths: lengths).output }
    return self(input.transposed([1, 0, 2]), lengths: lengths).output.transposed([1, 0, 2])
  }
}
