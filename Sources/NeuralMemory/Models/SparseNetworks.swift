/// A network around a Sparse Access Memory (Rae et al. 2016, section 3): each head reads the K cells nearest to its query, and writes go to those and to
/// the least recently accessed cell.
///
/// The cost of a step, of a reset and of a state does not depend on the number of cells; only those touched take storage.
public struct SAM: ExternalMemoryNetwork {
  public typealias Memory = SparseMemoryState
  public static var memoryType: MemoryType { .sam }

  public let configuration: NetworkConfiguration

  /// The parameters, under the Python package's names.
  ///
  /// - Precondition: What is assigned has the layout of this model.
  public var parameters: ParameterStore {
    didSet { checkLayout(parameters, _engine.layout) }
  }

  public let _engine: NetworkEngine<SparseMemoryState>

  /// A network with fresh parameters; arguments have the Python package's names and defaults, see `NetworkConfiguration`.
  ///
  /// - Precondition: `configuration.validate()` does not throw.
  public init(
    inputSize: Int, hiddenSize: Int, rnnType: RNNType = .lstm, numLayers: Int = 1,
    numHiddenLayers: Int = 2, bias: Bool = true, batchFirst: Bool = true, dropout: Float = 0,
    nrCells: Int = 5000, readHeads: Int = 4, sparseReads: Int = 4, cellSize: Int = 10,
    nonlinearity: Nonlinearity = .tanh, independentLinears: Bool = false,
    shareMemory: Bool = true, debug: Bool = false, clip: Float = 20, outputSize: Int? = nil,
    seed: UInt64 = 0
  ) {
    self.init(
      configuration: NetworkConfiguration(
        .sam, inputSize: inputSize, hiddenSize: hiddenSize, rnnType: rnnType,
        numLayers: numLayers, numHiddenLayers: numHiddenLayers, bias: bias,
        batchFirst: batchFirst, dropout: dropout, nrCells: nrCells, readHeads: readHeads,
        sparseReads: sparseReads, cellSize: cellSize, nonlinearity: nonlinearity,
        independentLinears: independentLinears, shareMemory: shareMemory, debug: debug,
        clip: clip, outputSize: outputSize),
      seed: seed)
  }

  public init(configuration: NetworkConfiguration, parameters: ParameterStore) {
    _engine = sparseEngine(configuration, Self.memoryType)
    checkLayout(parameters, _engine.layout)
    self.configuration = configuration
    self.parameters = parameters
  }
}

/// A network around a sparse memory with sparse temporal links (Rae et al. 2016, supplement D).
///
/// The cost of a step, of a reset and of a state does not depend on the number of cells; only those touched take storage.
public struct SDNC: ExternalMemoryNetwork {
  public typealias Memory = SparseMemoryState
  public static var memoryType: MemoryType { .sdnc }

  public let configuration: NetworkConfiguration

  /// The parameters, under the Python package's names.
  ///
  /// - Precondition: What is assigned has the layout of this model.
  public var parameters: ParameterStore {
    didSet { checkLayout(parameters, _engine.layout) }
  }

  public let _engine: NetworkEngine<SparseMemoryState>

  /// A network with fresh parameters; arguments have the Python package's names and defaults, see `NetworkConfiguration`.
  ///
  /// - Precondition: `configuration.validate()` does not throw.
  public init(
    inputSize: Int, hiddenSize: Int, rnnType: RNNType = .lstm, numLayers: Int = 1,
    numHiddenLayers: Int = 2, bias: Bool = true, batchFirst: Bool = true, dropout: Float = 0,
    nrCells: Int = 5000, readHeads: Int = 4, sparseReads: Int = 4, temporalReads: Int = 4,
    cellSize: Int = 10, nonlinearity: Nonlinearity = .tanh, independentLinears: Bool = false,
    shareMemory: Bool = true, debug: Bool = false, clip: Float = 20, outputSize: Int? = nil,
    seed: UInt64 = 0
  ) {
    self.init(
      configuration: NetworkConfiguration(
        .sdnc, inputSize: inputSize, hiddenSize: hiddenSize, rnnType: rnnType,
        numLayers: numLayers, numHiddenLayers: numHiddenLayers, bias: bias,
        batchFirst: batchFirst, dropout: dropout, nrCells: nrCells, readHeads: readHeads,
        sparseReads: sparseReads, temporalReads: temporalReads, cellSize: cellSize,
        nonlinearity: nonlinearity,
        independentLinears: independentLinears, shareMemory: shareMemory, debug: debug,
        clip: clip, outputSize: outputSize),
      seed: seed)
  }

  public init(configuration: NetworkConfiguration, parameters: ParameterStore) {
    _engine = sparseEngine(configuration, Self.memoryType)
    checkLayout(parameters, _engine.layout)
    self.configuration = configuration
    self.parameters = parameters
  }
}

private func sparseEngine(
  _ configuration: NetworkConfiguration, _ type: MemoryType
) -> NetworkEngine<SparseMemoryState> {
  do { try configuration.validate(for: type) } catch { fatalError("\(error)") }
  return CPUEngine<SparseMemoryUnit>(configuration)
}
