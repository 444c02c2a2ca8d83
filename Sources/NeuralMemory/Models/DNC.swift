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
    didSet {
      precondition(
        parameters.layout == _engine.layout, "these parameters belong to another configuration")
    }
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
    var c = NetworkConfiguration(inputSize: inputSize, hiddenSize: hiddenSize)
    c.rnnType = rnnType
    c.numLayers = numLayers
    c.numHiddenLayers = numHiddenLayers
    c.bias = bias
    c.batchFirst = batchFirst
    c.dropout = dropout
    c.nrCells = nrCells
    c.readHeads = readHeads
    c.cellSize = cellSize
    c.nonlinearity = nonlinearity
    c.independentLinears = independentLinears
    c.shareMemory = shareMemory
    c.debug = debug
    c.clip = clip
    c.outputSize = outputSize
    c.dialect = dialect
    self.init(configuration: c, seed: seed)
  }

  /// A network with fresh parameters drawn from `seed`.
  ///
  /// - Precondition: `configuration.validate()` does not throw.
  public init(configuration: NetworkConfiguration, seed: UInt64 = 0) {
    let engine = DNC.engine(configuration)
    self.init(
      configuration: configuration, engine: engine,
      parameters: engine.plan.initialParameters(seed: seed))
  }

  /// A network with given parameters.
  ///
  /// - Precondition: `configuration.validate()` does not throw, and the layout is `DNC.parameterLayout(configuration)`.
  public init(configuration: NetworkConfiguration, parameters: ParameterStore) {
    let engine = DNC.engine(configuration)
    precondition(
      parameters.layout == engine.layout, "these parameters belong to another configuration")
    self.init(configuration: configuration, engine: engine, parameters: parameters)
  }

  private init(
    configuration: NetworkConfiguration, engine: NetworkEngine<DenseMemoryState>,
    parameters: ParameterStore
  ) {
    self.configuration = configuration
    self._engine = engine
    self.parameters = parameters
  }

  private static func engine(
    _ configuration: NetworkConfiguration
  ) -> NetworkEngine<DenseMemoryState> {
    do { try configuration.validate(for: memoryType) } catch { preconditionFailure("\(error)") }
    return CPUEngine<DenseMemoryUnit>(configuration)
  }

  public static func parameterLayout(
    _ configuration: NetworkConfiguration
  ) throws -> ParameterLayout {
    try configuration.validate(for: memoryType)
    return NetworkPlan(configuration, interface: DensePlan(configuration).interface)
      .parameterLayout
  }
}
