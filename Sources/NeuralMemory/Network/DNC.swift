/// A Differentiable Neural Computer (Graves et al. 2016): recurrent controllers around a dense
/// memory.
public typealias DNC = Network<DenseMemory>
/// The state of a DNC.
public typealias DNCState = NetworkState<DenseMemory>

extension Network where Memory == DenseMemory {
  /// A network with fresh parameters drawn from `seed`.
  ///
  /// Arguments have the Python package's names and defaults; see `NetworkConfiguration`,
  /// `ControllerConfiguration` and `DenseMemory.Configuration`.
  ///
  /// - Precondition: `configuration.validate()` does not throw.
  public init(
    inputSize: Int, hiddenSize: Int, rnnType: RNNType = .lstm, numLayers: Int = 1,
    numHiddenLayers: Int = 2, bias: Bool = true, batchFirst: Bool = true, dropout: Float = 0,
    nrCells: Int = 5, readHeads: Int = 2, cellSize: Int = 10, nonlinearity: Nonlinearity = .tanh,
    independentLinears: Bool = false, shareMemory: Bool = true, debug: Bool = false,
    clip: Float = 20, outputSize: Int? = nil, dialect: Dialect = .nature, seed: UInt64 = 0,
    device: Device = .cpu
  ) {
    var memory = DenseMemory.Configuration()
    memory.setCells(nrCells, readHeads, cellSize, independentLinears, shareMemory)
    memory.dialect = dialect
    var configuration = NetworkConfiguration(
      inputSize: inputSize, hiddenSize: hiddenSize, memory: memory)
    configuration.setControllers(
      rnnType, numLayers, numHiddenLayers, bias, dropout, nonlinearity, clip)
    configuration.setShapes(outputSize, batchFirst: batchFirst, debug: debug)
    self.init(configuration: configuration, seed: seed, device: device)
  }
}
