/// A recurrent network with an external memory: what `DNC`, `SAM` and `SDNC` have in common, and with them `ControllerNetwork`, which has none.
///
/// A model is a value: a configuration and parameters. What it carries from call to call is an explicit `State`. Copies share working memory, and
/// may be called from several threads at once.
public protocol ExternalMemoryNetwork: MemoryNetwork {
  /// What its memory holds between the calls.
  associatedtype Memory: ExternalMemoryState

  /// Everything but the values of the parameters.
  var configuration: NetworkConfiguration { get }

  /// A network with given parameters.
  ///
  /// - Precondition: `configuration.validate()` does not throw, the memory type is this network's, and the layout is `parameterLayout(configuration)`.
  init(configuration: NetworkConfiguration, parameters: ParameterStore)

  /// The kind of memory of all networks of this type.
  static var memoryType: MemoryType { get }

  /// Runs the calls. Not for use outside the library.
  var _engine: NetworkEngine<Memory> { get }
}

extension ExternalMemoryNetwork {
  public typealias State = NetworkState<Memory>
  public typealias Output = NetworkOutput<Memory>
  public typealias Gradients = NetworkGradients<Memory>
  public typealias Pullback = NetworkPullback<Memory>

  /// Names and shapes of a network's parameters, without the network.
  ///
  /// - Throws: `ConfigurationError`.
  public static func parameterLayout(
    _ configuration: NetworkConfiguration
  ) throws -> ParameterLayout {
    try configuration.validate(for: memoryType)
    return NetworkPlan(configuration).parameterLayout
  }

  /// A network with fresh parameters drawn from `seed`: controllers uniform in ±1/√H, interface and output weights uniform in ±√(6/in), their biases in
  /// ±1/√in.
  ///
  /// - Precondition: `configuration.validate()` does not throw, and the memory type is this network's.
  public init(configuration: NetworkConfiguration, seed: UInt64 = 0) {
    do { try configuration.validate(for: Self.memoryType) } catch {
      fatalError("\(error)")
    }
    self.init(
      configuration: configuration,
      parameters: NetworkPlan(configuration).initialParameters(seed: seed))
  }

  public var inputSize: Int { configuration.inputSize }
  public var outputSize: Int { configuration.outputs }

  /// The state at the start: all zero.
  ///
  /// - Complexity: O(batch · N · (N + W + R)) for a DNC; O(batch), whatever the number of cells, for sparse memories.
  public func initialState(batch: Int) -> State {
    require(batch >= 0, "a batch cannot have \(batch) elements")
    return _engine.initialState(batch: batch)
  }

  /// Runs sequences through the network.
  ///
  /// Saves nothing for a backward pass; its memory use does not grow with the number of steps beyond the output (and the cells that a sparse memory touches).
  ///
  /// - Parameters:
  ///   - input: [batch, time, inputSize], or [time, batch, inputSize] if the model is not batch-first.
  ///   - state: where to go on from; nil: zero. Unchanged by the call.
  ///   - lengths: steps of each sequence, from 0 to time; nil: all. Past its end an element's state freezes, and what stands in the input is ignored.
  ///   - resetExperience: empties the memories first; controller states and last reads are kept.
  ///   - passThroughMemory: without it the memories take no step and the reads are zero.
  ///   - workers: number of shards that the batch is cut into, which run on at most the threads of the process's pool (`Processor.workers`); nil: one for
  ///     each of these. With 1 the whole call runs on the calling thread. The results do not depend on it.
  /// - Complexity: O(batch · time · (N² R + N W R + parameters)) for a DNC.
  public func callAsFunction(
    _ input: Tensor, state: State? = nil, lengths: [Int]? = nil, resetExperience: Bool = false,
    passThroughMemory: Bool = true, workers: Int? = nil
  ) -> Output {
    let shape = CallShape(configuration, input, lengths)
    var start = state
    if resetExperience { start?.resetExperience() }
    var memories = start?.memories ?? []
    return _engine.infer(
      input, shape, start, memories: &memories, parameters,
      .init(passThroughMemory: passThroughMemory, debug: configuration.debug, workers: workers))
  }

  /// Runs one step: the streaming form of a call, with the same numbers.
  ///
  /// In the dialect `pytorchDNC` they are those of a call for each step, not of one call: there layer 0 sees at every step the reads that its call started with.
  ///
  /// - Parameters:
  ///   - input: [batch, inputSize].
  ///   - state: is replaced by the state after the step; the memories are changed in place if nothing else holds them.
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
  /// Allocates nothing once a first step has made the working memory, as long as one worker runs it (as with batch 1), nobody else holds the state or the
  /// output, and the memory touches no new cells.
  ///
  /// Parameters as above; besides:
  /// - Parameter output: [batch, outputSize], is overwritten.
  public func step(
    _ input: Tensor, state: inout State, into output: inout Tensor, passThroughMemory: Bool = true
  ) {
    require(
      input.rank == 2 && input.shape[1] == inputSize,
      "one step's input has shape [batch, \(inputSize)], not \(input.shape)")
    require(
      output.isMatrix(input.shape[0], outputSize),
      "one step's output has shape \([input.shape[0], outputSize]), not \(output.shape)")
    _engine.step(
      input, state: &state, parameters, passThroughMemory: passThroughMemory, into: &output)
  }

  public func evaluate(_ input: Tensor, lengths: [Int]?) -> Tensor {
    if configuration.batchFirst { return self(input, lengths: lengths).output }
    return self(input.transposed([1, 0, 2]), lengths: lengths).output.transposed([1, 0, 2])
  }
}

/// Stops the program if parameters do not have a network's layout.
func checkLayout(_ parameters: ParameterStore, _ layout: ParameterLayout) {
  require(
    parameters.layout == layout, "these parameters belong to another configuration")
}
