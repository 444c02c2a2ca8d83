/// The kind of a network's memory.
public enum MemoryType: String, Sendable, Codable, CaseIterable {
  /// Dense memory with temporal links (Graves et al. 2016): `DNC`.
  case dnc
  /// Sparse access memory (Rae et al. 2016): `SAM`.
  case sam
  /// Sparse memory with sparse temporal links (Rae et al. 2016, supplement D): `SDNC`.
  case sdnc
  /// No memory, the controllers alone: `ControllerNetwork`.
  case none

  /// Whether the memory is a sparse one, `sam` or `sdnc`.
  var isSparse: Bool { self == .sam || self == .sdnc }
}

/// Everything that says what a network is, apart from the values of its parameters.
///
/// The fields are the constructor arguments of the Python package, with its defaults, and a few beyond. A configuration
/// is stored in checkpoints under the package's spellings (`input_size`, `nr_cells`, …).
public struct NetworkConfiguration: Sendable, Equatable, Codable {
  /// The kind of memory.
  public let memoryType: MemoryType
  /// Size of the input vectors.
  public var inputSize: Int
  /// Units of every hidden layer of the controllers.
  public var hiddenSize: Int
  /// The kind of recurrent cell.
  public var rnnType: RNNType = .lstm
  /// Layers: controllers that take turns on the memory.
  public var numLayers = 1
  /// Hidden layers per layer: the depth of one controller.
  public var numHiddenLayers = 2
  /// Whether the controllers' cells have biases.
  public var bias = true
  /// Whether input and output are [batch, time, feature]; otherwise [time, batch, feature].
  public var batchFirst = true
  /// Probability with which a unit is dropped between the hidden layers of a controller, while training.
  public var dropout: Float = 0
  /// Number of memory cells, N.
  public var nrCells: Int
  /// Number of read heads, R.
  public var readHeads: Int
  /// Size of a memory cell, W.
  public var cellSize = 10
  /// Cells that a head of a sparse memory finds by content, K.
  public var sparseReads = 4
  /// Temporal links kept per cell of an SDNC, K_L.
  public var temporalReads = 4
  /// How a sparse memory finds the nearest cells.
  public var index: MemoryIndex = .exact
  /// Number of cells in use from which an index other than the exact scan is trained and searched, by batch element. See `docs/index.md`.
  public var indexThreshold = 65_536
  /// Trades time for memory in training a DNC ("gradient checkpointing", `checkpointEvery` in other places): of a sequence only the memory at every k-th step is
  /// kept, and the way back computes the steps between anew, k at a time. The results are the same, bit for bit. 0: everything is kept.
  ///
  /// With k near the square root of the number of steps the memory's share is smallest: some 2√T instead of T states. See `docs/memory.md`.
  public var recomputeEvery = 0
  /// Squashing of plain recurrent cells.
  public var nonlinearity: Nonlinearity = .tanh
  /// Whether every interface field has a linear map of its own.
  public var independentLinears = false
  /// Whether all layers share one memory and one set of interface weights.
  public var shareMemory = true
  /// Whether calls return a trace of what the memory did.
  public var debug = false
  /// Limit of the controllers' output: clipped to ±clip; 0 turns it off.
  public var clip: Float = 20
  /// Size of the output vectors; nil: the input size.
  public var outputSize: Int?
  /// Whose equations are followed.
  public var dialect: Dialect = .nature

  /// A configuration with the package's defaults: 5 cells and 2 read heads for a DNC, 5,000 cells and 4 read heads for sparse memories. Without a memory its
  /// sizes are 0, and must stay so.
  public init(inputSize: Int, hiddenSize: Int, memoryType: MemoryType = .dnc) {
    self.memoryType = memoryType
    self.inputSize = inputSize
    self.hiddenSize = hiddenSize
    switch memoryType {
    case .dnc: (nrCells, readHeads) = (5, 2)
    case .sam, .sdnc: (nrCells, readHeads) = (5000, 4)
    case .none:
      (nrCells, readHeads) = (0, 0)
      (cellSize, sparseReads, temporalReads) = (0, 0, 0)
    }
  }

  /// The size of the output vectors.
  public var outputs: Int { outputSize ?? inputSize }

  /// Number of memories: one, or one per layer; 0 for a network without.
  public var memories: Int { memoryType == .none ? 0 : shareMemory ? 1 : numLayers }

  /// Checks that a network of the given kind can be built.
  func validate(for type: MemoryType) throws {
    guard memoryType == type else {
      throw ConfigurationError(
        argument: "memory_type", value: memoryType.rawValue, expected: type.rawValue)
    }
    try validate()
  }

  /// Checks that a network can be built.
  ///
  /// - Throws: `ConfigurationError`, naming the argument, its value and what would do.
  public func validate() throws {
    func atLeastOne(_ name: String, _ value: Int) throws {
      if value < 1 || value > 1 << 30 {
        throw ConfigurationError(
          argument: name, value: "\(value)", expected: "a number from 1 to \(1 << 30)")
      }
    }
    try atLeastOne("input_size", inputSize)
    try atLeastOne("hidden_size", hiddenSize)
    try atLeastOne("num_layers", numLayers)
    try atLeastOne("num_hidden_layers", numHiddenLayers)
    try atLeastOne("output_size", outputs)
    if memoryType == .none {
      try validateAbsence()
    } else {
      try atLeastOne("nr_cells", nrCells)
      try atLeastOne("read_heads", readHeads)
      try atLeastOne("cell_size", cellSize)
    }
    if memoryType.isSparse { try atLeastOne("sparse_reads", sparseReads) }
    if memoryType == .sdnc { try atLeastOne("temporal_reads", temporalReads) }
    try validateIndex()
    try validateRecomputing()
    if memoryType != .dnc && dialect != .nature {
      throw ConfigurationError(
        argument: "dialect", value: dialect.rawValue, expected: "nature, the only one but for a dnc"
      )
    }
    if !(dropout >= 0 && dropout < 1) {
      throw ConfigurationError(
        argument: "dropout", value: "\(dropout)", expected: "a probability from 0 to below 1")
    }
    if !(clip >= 0 && clip.isFinite) {
      throw ConfigurationError(
        argument: "clip", value: "\(clip)", expected: "0 (no clipping) or a positive number")
    }
    // Products of sizes are indices; far below where they could overflow, no machine has the memory.
    func fits(_ what: String, _ factors: Int...) throws {
      let product = factors.reduce(1.0) { $0 * Double($1) }
      if product > 0x1p40 {
        throw ConfigurationError(
          argument: what, value: factors.map(String.init).joined(separator: " × "),
          expected: "at most 2^40 numbers")
      }
    }
    try fits("num_layers × num_hidden_layers × 2^24", numLayers, numHiddenLayers, 1 << 24)
    if memoryType == .dnc { try fits("nr_cells × nr_cells", nrCells, nrCells) }
    try fits("nr_cells × cell_size", nrCells, cellSize)
    try fits("read_heads × nr_cells", readHeads, nrCells)
    try fits("read_heads × cell_size × hidden_size", readHeads, cellSize, hiddenSize, 8)
    if memoryType.isSparse {
      let plan = SparsePlan(self)
      // what a step records; the lists that link updates work on are shorter
      try fits(
        plan.hasLinks
          ? "read_heads × (sparse_reads + 2 × temporal_reads) × cell_size"
          : "read_heads × sparse_reads × cell_size", plan.r, plan.headReads, plan.wp)
      if plan.hasLinks {
        try fits(
          "read_heads × (sparse_reads + 2 × temporal_reads) × temporal_reads", plan.r,
          plan.headReads, plan.kl)
      }
    }
    try fits("hidden_size × hidden_size", hiddenSize, hiddenSize, 8)
    try fits("input_size × hidden_size", inputSize, hiddenSize, 4)
    try fits("output_size × hidden_size", outputs, hiddenSize)
    try fits("output_size × read_heads × cell_size", outputs, readHeads, cellSize)
  }

  /// Checks that nothing was asked of a memory that is not there.
  private func validateAbsence() throws {
    for (name, value) in [
      ("nr_cells", nrCells), ("read_heads", readHeads), ("cell_size", cellSize),
      ("sparse_reads", sparseReads), ("temporal_reads", temporalReads),
    ] where value != 0 {
      throw ConfigurationError(
        argument: name, value: "\(value)", expected: "0 for a network without a memory")
    }
    for (name, value, expected) in [
      ("independent_linears", independentLinears, false), ("share_memory", shareMemory, true),
    ] where value != expected {
      throw ConfigurationError(
        argument: name, value: "\(value)",
        expected: "\(expected), as it is for a network without a memory")
    }
  }

  private func validateRecomputing() throws {
    guard recomputeEvery != 0 else { return }
    if memoryType != .dnc {
      throw ConfigurationError(
        argument: "recompute_every", value: "\(recomputeEvery)",
        expected: "0; only a dnc keeps whole memories, a step of other networks keeps less than "
          + "what computing it anew would need")
    }
    if recomputeEvery < 0 || recomputeEvery > 1 << 30 {
      throw ConfigurationError(
        argument: "recompute_every", value: "\(recomputeEvery)",
        expected: "0 (everything is kept) or a number of time steps up to \(1 << 30)")
    }
  }

  private func validateIndex() throws {
    guard index != .exact else { return }
    if !memoryType.isSparse {
      throw ConfigurationError(
        argument: "index", value: index.rawValue,
        expected: "exact; only sparse memories, sam and sdnc, have an index")
    }
    if !index.isAvailable {
      throw ConfigurationError(
        argument: "index", value: index.rawValue,
        expected:
          "exact in this build; to have faiss, install libfaiss-dev and build with "
          + "--traits default,FAISS")
    }
    if indexThreshold < 16 || indexThreshold > 1 << 30 {
      throw ConfigurationError(
        argument: "index_threshold", value: "\(indexThreshold)",
        expected: "a number of cells from 16 to \(1 << 30)")
    }
  }

  enum CodingKeys: String, CodingKey {
    case memoryType = "model"
    case inputSize = "input_size"
    case hiddenSize = "hidden_size"
    case rnnType = "rnn_type"
    case numLayers = "num_layers"
    case numHiddenLayers = "num_hidden_layers"
    case bias
    case batchFirst = "batch_first"
    case dropout
    case nrCells = "nr_cells"
    case readHeads = "read_heads"
    case cellSize = "cell_size"
    case sparseReads = "sparse_reads"
    case temporalReads = "temporal_reads"
    case index
    case indexThreshold = "index_threshold"
    case recomputeEvery = "recompute_every"
    case nonlinearity
    case independentLinears = "independent_linears"
    case shareMemory = "share_memory"
    case debug
    case clip
    case outputSize = "output_size"
    case dialect
  }

  /// Reads a configuration; what is missing has the package's default.
  public init(from decoder: any Decoder) throws {
    let box = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      inputSize: try box.decode(Int.self, forKey: .inputSize),
      hiddenSize: try box.decode(Int.self, forKey: .hiddenSize),
      memoryType: try box.decodeIfPresent(MemoryType.self, forKey: .memoryType) ?? .dnc)
    func read<Value: Decodable>(_ key: CodingKeys, into value: inout Value) throws {
      value = try box.decodeIfPresent(Value.self, forKey: key) ?? value
    }
    try read(.rnnType, into: &rnnType)
    try read(.numLayers, into: &numLayers)
    try read(.numHiddenLayers, into: &numHiddenLayers)
    try read(.bias, into: &bias)
    try read(.batchFirst, into: &batchFirst)
    try read(.dropout, into: &dropout)
    try read(.nrCells, into: &nrCells)
    try read(.readHeads, into: &readHeads)
    try read(.cellSize, into: &cellSize)
    try read(.sparseReads, into: &sparseReads)
    try read(.temporalReads, into: &temporalReads)
    try read(.index, into: &index)
    try read(.indexThreshold, into: &indexThreshold)
    try read(.recomputeEvery, into: &recomputeEvery)
    try read(.nonlinearity, into: &nonlinearity)
    try read(.independentLinears, into: &independentLinears)
    try read(.shareMemory, into: &shareMemory)
    try read(.debug, into: &debug)
    try read(.clip, into: &clip)
    outputSize = try box.decodeIfPresent(Int.self, forKey: .outputSize)
    try read(.dialect, into: &dialect)
  }
}

extension NetworkConfiguration {
  /// Writes the configuration; what the kind of memory does not have is left out.
  public func encode(to encoder: any Encoder) throws {
    var box = encoder.container(keyedBy: CodingKeys.self)
    try box.encode(memoryType, forKey: .memoryType)
    try box.encode(inputSize, forKey: .inputSize)
    try box.encode(hiddenSize, forKey: .hiddenSize)
    try box.encode(rnnType, forKey: .rnnType)
    try box.encode(numLayers, forKey: .numLayers)
    try box.encode(numHiddenLayers, forKey: .numHiddenLayers)
    try box.encode(bias, forKey: .bias)
    try box.encode(batchFirst, forKey: .batchFirst)
    try box.encode(dropout, forKey: .dropout)
    if memoryType != .none {
      try box.encode(nrCells, forKey: .nrCells)
      try box.encode(readHeads, forKey: .readHeads)
      try box.encode(cellSize, forKey: .cellSize)
    }
    if memoryType.isSparse { try box.encode(sparseReads, forKey: .sparseReads) }
    if memoryType == .sdnc { try box.encode(temporalReads, forKey: .temporalReads) }
    if index != .exact {
      try box.encode(index, forKey: .index)
      try box.encode(indexThreshold, forKey: .indexThreshold)
    }
    if recomputeEvery != 0 { try box.encode(recomputeEvery, forKey: .recomputeEvery) }
    try box.encode(nonlinearity, forKey: .nonlinearity)
    if memoryType != .none {
      try box.encode(independentLinears, forKey: .independentLinears)
      try box.encode(shareMemory, forKey: .shareMemory)
    }
    try box.encode(debug, forKey: .debug)
    try box.encode(clip, forKey: .clip)
    try box.encodeIfPresent(outputSize, forKey: .outputSize)
    try box.encode(dialect, forKey: .dialect)
  }
}

/// The configuration of a DNC.
public typealias DNCConfiguration = NetworkConfiguration
