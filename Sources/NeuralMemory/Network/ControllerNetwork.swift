/// The controllers alone, without a memory: a stack of LSTM, GRU or plain recurrent hidden layers
/// with an output layer.
///
/// What the networks with memories are compared with; it runs through the same engine. Layers and
/// hidden layers are as theirs: each layer's output, clipped, is the next one's input, and the
/// output is `Linear(h)` of the last layer.
public typealias ControllerNetwork = Network<NoMemory>
/// The state of a `ControllerNetwork`: its controllers' states. There are no memories, and the
/// reads have no values.
public typealias ControllerState = NetworkState<NoMemory>

extension Network where Memory == NoMemory {
  /// A network with fresh parameters drawn from `seed`.
  ///
  /// Arguments are those of the other networks, without the memory's; see `NetworkConfiguration`
  /// and `ControllerConfiguration`.
  ///
  /// - Precondition: `configuration.validate()` does not throw.
  public init(
    inputSize: Int, hiddenSize: Int, rnnType: RNNType = .lstm, numLayers: Int = 1,
    numHiddenLayers: Int = 2, bias: Bool = true, batchFirst: Bool = true, dropout: Float = 0,
    nonlinearity: Nonlinearity = .tanh, debug: Bool = false, clip: Float = 20,
    outputSize: Int? = nil, seed: UInt64 = 0, device: Device = .cpu
  ) {
    var configuration = NetworkConfiguration(
      inputSize: inputSize, hiddenSize: hiddenSize, memory: NoMemory.self)
    configuration.setControllers(
      rnnType, numLayers, numHiddenLayers, bias, dropout, nonlinearity, clip)
    configuration.setShapes(outputSize, batchFirst: batchFirst, debug: debug)
    self.init(configuration: configuration, seed: seed, device: device)
  }
}
