/// The dense memory of a Differentiable Neural Computer (Graves et al. 2016): N cells of size W
/// with usage, allocation, content lookup and temporal links (`docs/equations/dnc.md`).
///
/// A step costs O(N² R + N W R) and takes O(N · (N + W + R)) values of state.
public enum DenseMemory: Memory {
  public typealias State = DenseMemoryState

  /// The arguments of the Python package's `DNC` that concern its memory, and a few beyond.
  public struct Configuration: CellMemoryConfiguration {
    public typealias Memory = DenseMemory
    public static var kind: MemoryType { .dnc }

    /// Number of memory cells, N.
    public var nrCells = 5
    /// Number of read heads, R.
    public var readHeads = 2
    /// Size of a memory cell, W.
    public var cellSize = 10
    /// Whether every interface field has a linear map of its own.
    public var independentLinears = false
    /// Whether all layers share one memory and one set of interface weights.
    public var shareMemory = true
    /// Whose equations are followed.
    public var dialect = Dialect.nature
    /// Trades time for memory in training ("gradient checkpointing"): of a sequence only the memory
    /// at every k-th step is kept, and the backward pass computes the steps between again, k at a
    /// time. The results are the same, bit for bit. 0: everything is kept.
    ///
    /// With k near the square root of the number of steps T the memory's share is smallest: about
    /// 2√T instead of T states. See `docs/memory.md`.
    public var recomputeEvery = 0

    /// The defaults of the Python package's `DNC`.
    public init() {}

    public func validate(in network: NetworkConfiguration) throws {
      try validateCells(in: network)
      try ConfigurationError.check("nr_cells × nr_cells", product: nrCells, nrCells)
      guard recomputeEvery >= 0 && recomputeEvery <= 1 << 30 else {
        throw ConfigurationError(
          argument: "recompute_every", value: "\(recomputeEvery)",
          expected: "0 (everything is kept) or a number of time steps up to \(1 << 30)")
      }
    }

    enum CodingKeys: String, CodingKey {
      case nrCells = "nr_cells"
      case readHeads = "read_heads"
      case cellSize = "cell_size"
      case independentLinears = "independent_linears"
      case shareMemory = "share_memory"
      case dialect
      case recomputeEvery = "recompute_every"
    }

    public init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: CodingKeys.self)
      try values.read(.nrCells, into: &nrCells)
      try values.read(.readHeads, into: &readHeads)
      try values.read(.cellSize, into: &cellSize)
      try values.read(.independentLinears, into: &independentLinears)
      try values.read(.shareMemory, into: &shareMemory)
      try values.read(.dialect, into: &dialect)
      try values.read(.recomputeEvery, into: &recomputeEvery)
    }

    public func encode(to encoder: any Encoder) throws {
      var values = encoder.container(keyedBy: CodingKeys.self)
      try values.encode(nrCells, forKey: .nrCells)
      try values.encode(readHeads, forKey: .readHeads)
      try values.encode(cellSize, forKey: .cellSize)
      try values.encode(independentLinears, forKey: .independentLinears)
      try values.encode(shareMemory, forKey: .shareMemory)
      try values.encode(dialect, forKey: .dialect)
      try values.encode(recomputeEvery, forKey: .recomputeEvery, unless: 0)
    }
  }
}

/// Whose equations a DNC follows where the published paper and the Python package differ.
public enum Dialect: String, Sendable, Codable, CaseIterable {
  /// Graves et al. 2016: unsquashed keys, strengths `1 + softplus(x)`.
  case nature
  /// The Python package `dnc` 1.1.0, so that its networks give the same values here: keys and write
  /// vector squashed by tanh, strengths by softplus, and layer 0 sees at every step of a call the
  /// reads that the call started with.
  case pytorchDNC = "pytorch-dnc"
}
