/// A Differentiable Neural Computer (Graves et al. 2016): recurrent controllers around a dense external memory.
///
/// ```swift
/// let dnc = DNC(inputSize: 64, hiddenSize: 128, numLayers: 4, nrCells: 100, readHeads: 4, cellSize: 32)
/// let result = dnc(Tensor(shape: [10, 4, 64]))                  // [batch, time, feature]
/// let next = dnc(Tensor(shape: [10, 4, 64]), state: result.state)
/// ```
///
/// A model is a value: a configuration and parameters. What it carries from call to call is an explicit `State`. Copies share working memory, and
/// may be called from several threads at once.
public struct DNC: ExternalMemoryNetwork {
  public typealias Memory = DenseMemoryState
  public static var memoryType: MemoryType { .dnc }

  /// Everything but the values of the parameters.
  public let configuration: NetworkConfiguration

  /// The parameters, under the names of the Python package's `state_dict`.
  ///
  /// - Precondition: What is assigned has the layout of this model.
  public var parameters: ParameterStore {
    didSet { checkLayout(parameters, _engine.layout) }
  }

  public let _engine: NetworkEngine<DenseMemoryState>

  /// A network with fresh parameters: controllers uniform in ±1/√H, interface and output weights uniform in ±√(6/in), their biases in ±1/√in.
  ///
  /// Arguments have the Python package's names and defaults; see `NetworkConfiguration`.
  ///
  /// - Precondition: `configuration.validate()` does not throw.
  public init(
    inputSize: Int, hiddenSize: Int, rnnType: RNNType = .lstm, numLayers: Int = 1,
    numHiddenLayers: Int = 2, bias: Bool = true, batchFirst: Bool = true, dropout: Float = 0,
    nrCells: Int = 5, readHeads: Int = 2, cellSize: Int = 10, nonlinearity: Nonlinearity = .tanh,
    independentLinears: Bool = false, shareMemory: Bool = true, debug: Bool = false,
    clip: Float = 20, outputSize: Int? = nil, dialect: Dialect = .nature, seed: UInt64 = 0
  ) {
    self.init(
      configuration: NetworkConfiguration(
        .dnc, inputSize: inputSize, hiddenSize: hiddenSize, rnnType: rnnType,
        numLayers: numLayers, numHiddenLayers: numHiddenLayers, bias: bias,
        batchFirst: batchFirst, dropout: dropout, nrCells: nrCells, readHeads: readHeads,
        cellSize: cellSize, nonlinearity: nonlinearity, independentLinears: independentLinears,
        shareMemory: shareMemory, debug: debug, clip: clip, outputSize: outputSize,
        dialect: dialect),
      seed: seed)
  }

  public init(configuration: NetworkConfiguration, parameters: ParameterStore) {
    do { try configuration.validate(for: Self.memoryType) } catch {
      fatalError("\(error)")
    }
    _engine = CPUEngine<DenseMemoryUnit>(configuration)
    checkLayout(parameters, _engine.layout)
    self.configuration = configuration
    self.parameters = parameters
  }
}
