/// The controllers alone, without a memory: a stack of LSTM, GRU or plain recurrent cells with an output layer.
///
/// What the networks with memories are compared with; it runs through the same engine. Layers and hidden layers are as theirs: each layer's output, clipped,
/// is the next one's input, and the output is `Linear(h)` of the last layer.
public struct ControllerNetwork: ExternalMemoryNetwork {
  public typealias Memory = NoMemoryState
  public static var memoryType: MemoryType { .none }

  public let configuration: NetworkConfiguration

  /// The parameters, under the Python package's names: `lstm_layer_0.weight_ih_l0`, …, `output.weight`, `output.bias`.
  ///
  /// - Precondition: What is assigned has the layout of this model.
  public var parameters: ParameterStore {
    didSet { checkLayout(parameters, _engine.layout) }
  }

  public let _engine: NetworkEngine<NoMemoryState>

  /// A network with fresh parameters: controllers uniform in ±1/√H, output weights uniform in ±√(6/H), their biases in ±1/√H.
  ///
  /// Arguments are those of the other networks, without the memory's; see `NetworkConfiguration`.
  ///
  /// - Precondition: `configuration.validate()` does not throw.
  public init(
    inputSize: Int, hiddenSize: Int, rnnType: RNNType = .lstm, numLayers: Int = 1,
    numHiddenLayers: Int = 2, bias: Bool = true, batchFirst: Bool = true, dropout: Float = 0,
    nonlinearity: Nonlinearity = .tanh, debug: Bool = false, clip: Float = 20,
    outputSize: Int? = nil, seed: UInt64 = 0
  ) {
    self.init(
      configuration: NetworkConfiguration(
        .none, inputSize: inputSize, hiddenSize: hiddenSize, rnnType: rnnType,
        numLayers: numLayers, numHiddenLayers: numHiddenLayers, bias: bias,
        batchFirst: batchFirst, dropout: dropout, nonlinearity: nonlinearity, debug: debug,
        clip: clip, outputSize: outputSize),
      seed: seed)
  }

  public init(configuration: NetworkConfiguration, parameters: ParameterStore) {
    do { try configuration.validate(for: Self.memoryType) } catch {
      fatalError("\(error)")
    }
    _engine = CPUEngine<NoMemoryUnit>(configuration)
    checkLayout(parameters, _engine.layout)
    self.configuration = configuration
    self.parameters = parameters
  }
}
