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
public struct DNC: MemoryNetwork {
  public typealias State = DNCState

  /// Everything but the values of the parameters.
  public let configuration: DNCConfiguration

  /// The parameters, under the names of the Python package's `state_dict`.
  ///
  /// - Precondition: What is assigned has the layout of this model.
  public var parameters: ParameterStore {
    didSet {
      precondition(
        parameters.layout == engine.layout, "these parameters belong to another configuration")
    }
  }

  let engine: CPUEngine

  /// A network with fresh parameters: controllers uniform in ±1/√H, interface and output weights uniform in ±√(6/in), their biases in ±1/√in.
  ///
  /// Arguments have the Python package's names and defaults; see `DNCConfiguration`.
  ///
  /// - Precondition: `configuration.validate()` does not throw.
  public init(
    inputSize: Int, hiddenSize: Int, rnnType: RNNType = .lstm, numLayers: Int = 1,
    numHiddenLayers: Int = 2, bias: Bool = true, batchFirst: Bool = true, dropout: Float = 0,
    nrCells: Int = 5, readHeads: Int = 2, cellSize: Int = 10, nonlinearity: Nonlinearity = .tanh,
    independentLinears: Bool = false, shareMemory: Bool = true, debug: Bool = false,
    clip: Float = 20, outputSize: Int? = nil, dialect: Dialect = .nature, seed: UInt64 = 0
  ) {
    var c = DNCConfiguration(inputSize: inputSize, hiddenSize: hiddenSize)
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
  public init(configuration: DNCConfiguration, seed: UInt64 = 0) {
    let engine = DNC.engine(configuration)
    self.init(
      configuration: configuration, engine: engine,
      parameters: engine.plan.initialParameters(seed: seed))
  }

  /// A network with given parameters.
  ///
  /// - Precondition: `configuration.validate()` does not throw, and the layout is `DNC.parameterLayout(configuration)`.
  public init(configuration: DNCConfiguration, parameters: ParameterStore) {
    let engine = DNC.engine(configuration)
    precondition(
      parameters.layout == engine.layout, "these parameters belong to another configuration")
    self.init(configuration: configuration, engine: engine, parameters: parameters)
  }

  private init(
    configuration: DNCConfiguration, engine: CPUEngine, parameters: ParameterStore
  ) {
    self.configuration = configuration
    self.engine = engine
    self.parameters = parameters
  }

  private static func engine(_ configuration: DNCConfiguration) -> CPUEngine {
    do { try configuration.validate() } catch { preconditionFailure("\(error)") }
    return CPUEngine(configuration)
  }

  /// Names and shapes of a network's parameters, without the network.
  ///
  /// - Throws: `ConfigurationError`.
  public static func parameterLayout(_ configuration: DNCConfiguration) throws -> ParameterLayout {
    try configuration.validate()
    let interface = DenseInterface(
      heads: configuration.readHeads, cellSize: configuration.cellSize,
      dialect: configuration.dialect)
    return NetworkPlan(configuration, interface: interface.layout).parameterLayout
  }

  public var inputSize: Int { configuration.inputSize }
  public var outputSize: Int { configuration.outputs }

  /// The state at the start: all zero.
  ///
  /// - Complexity: O(batch · N · (N + W + R)) for each memory.
  public func initialState(batch: Int) -> State {
    precondition(batch >= 0, "a batch cannot have \(batch) elements")
    return engine.plan.initialState(batch: batch, dense: engine.dense)
  }
}
