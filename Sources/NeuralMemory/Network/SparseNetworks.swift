/// A network around a sparse access memory (Rae et al. 2016): heads read and write a few cells at a
/// time.
///
/// The cost of a step, of a reset and of a state does not depend on the number of cells; only those
/// touched take storage.
public typealias SAM = Network<SparseMemory>

/// A network around a sparse memory with sparse temporal links (Rae et al. 2016, supplement D).
///
/// The cost of a step, of a reset and of a state does not depend on the number of cells; only those
/// touched take storage.
public typealias SDNC = Network<LinkedSparseMemory>

extension Network where Memory == SparseMemory {
  /// A network with fresh parameters drawn from `seed`.
  ///
  /// Arguments have the Python package's names and defaults; see `NetworkConfiguration`,
  /// `ControllerConfiguration` and `SparseMemory.Configuration`.
  ///
  /// - Precondition: `configuration.validate()` does not throw.
  public init(
    inputSize: Int, hiddenSize: Int, rnnType: RNNType = .lstm, numLayers: Int = 1,
    numHiddenLayers: Int = 2, bias: Bool = true, batchFirst: Bool = true, dropout: Float = 0,
    nrCells: Int = 5000, readHeads: Int = 4, sparseReads: Int = 4, cellSize: Int = 10,
    nonlinearity: Nonlinearity = .tanh, independentLinears: Bool = false,
    shareMemory: Bool = true, debug: Bool = false, clip: Float = 20, outputSize: Int? = nil,
    seed: UInt64 = 0, device: Device = .cpu
  ) {
    var memory = SparseMemory.Configuration()
    memory.setCells(nrCells, readHeads, cellSize, independentLinears, shareMemory)
    memory.sparseReads = sparseReads
    var configuration = NetworkConfiguration(
      inputSize: inputSize, hiddenSize: hiddenSize, memory: memory)
    configuration.setControllers(
      rnnType, numLayers, numHiddenLayers, bias, dropout, nonlinearity, clip)
    configuration.setShapes(outputSize, batchFirst: batchFirst, debug: debug)
    self.init(configuration: configuration, seed: seed, device: device)
  }
}

extension Network where Memory == LinkedSparseMemory {
  /// A network with fresh parameters drawn from `seed`.
  ///
  /// Arguments have the Python package's names and defaults; see `NetworkConfiguration`,
  /// `ControllerConfiguration` and `LinkedSparseMemory.Configuration`.
  ///
  /// - Precondition: `configuration.validate()` does not throw.
  public init(
    inputSize: Int, hiddenSize: Int, rnnType: RNNType = .lstm, numLayers: Int = 1,
    numHiddenLayers: Int = 2, bias: Bool = true, batchFirst: Bool = true, dropout: Float = 0,
    nrCells: Int = 5000, readHeads: Int = 4, sparseReads: Int = 4, temporalReads: Int = 4,
    cellSize: Int = 10, nonlinearity: Nonlinearity = .tanh, independentLinears: Bool = false,
    shareMemory: Bool = true, debug: Bool = false, clip: Float = 20, outputSize: Int? = nil,
    seed: UInt64 = 0, device: Device = .cpu
  ) {
    var memory = LinkedSparseMemory.Configuration()
    memory.setCells(nrCells, readHeads, cellSize, independentLinears, shareMemory)
    memory.sparseReads = sparseReads
    memory.temporalReads = temporalReads
    var configuration = NetworkConfiguration(
      inputSize: inputSize, hiddenSize: hiddenSize, memory: memory)
    configuration.setControllers(
      rnnType, numLayers, numHiddenLayers, bias, dropout, nonlinearity, clip)
    configuration.setShapes(outputSize, batchFirst: batchFirst, debug: debug)
    self.init(configuration: configuration, seed: seed, device: device)
  }
}
