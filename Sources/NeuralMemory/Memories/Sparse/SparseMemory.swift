/// The sparse access memory of Rae et al. 2016: heads read and write a few cells at a time
/// (`docs/equations/sam.md`).
///
/// The cost of a step, of a reset and of a state does not depend on the number of cells; only those
/// touched take storage.
public enum SparseMemory: Memory {
  public typealias State = SparseMemoryState

  /// The arguments of the Python package's `SAM` that concern its memory, and a few beyond.
  public struct Configuration: SparseMemoryConfiguration {
    public typealias Memory = SparseMemory
    public static var kind: MemoryType { .sam }

    /// Number of memory cells, N. They take storage only once they are touched.
    public var nrCells = 5000
    /// Number of read heads, R.
    public var readHeads = 4
    /// Size of a memory cell, W.
    public var cellSize = 10
    /// Whether every interface field has a linear map of its own.
    public var independentLinears = false
    /// Whether all layers share one memory and one set of interface weights.
    public var shareMemory = true
    /// Cells that a head finds by content, K.
    public var sparseReads = 4
    /// How the nearest cells are found.
    public var index = MemoryIndex.exact
    /// Cells in use, for each batch element, from which an index other than the exact scan is used.
    /// See `docs/index.md`.
    public var indexThreshold = 65_536

    /// The defaults of the Python package's `SAM`.
    public init() {}

    public init(from decoder: any Decoder) throws { try read(from: decoder) }
    public func encode(to encoder: any Encoder) throws { try write(to: encoder) }
  }
}

/// The sparse memory with temporal links of Rae et al. 2016, supplement D
/// (`docs/equations/sdnc.md`).
///
/// The cost of a step, of a reset and of a state does not depend on the number of cells; only those
/// touched take storage.
public enum LinkedSparseMemory: Memory {
  public typealias State = SparseMemoryState

  /// The arguments of the Python package's `SDNC` that concern its memory, and a few beyond.
  public struct Configuration: SparseMemoryConfiguration {
    public typealias Memory = LinkedSparseMemory
    public static var kind: MemoryType { .sdnc }

    /// Number of memory cells, N. They take storage only once they are touched.
    public var nrCells = 5000
    /// Number of read heads, R.
    public var readHeads = 4
    /// Size of a memory cell, W.
    public var cellSize = 10
    /// Whether every interface field has a linear map of its own.
    public var independentLinears = false
    /// Whether all layers share one memory and one set of interface weights.
    public var shareMemory = true
    /// Cells that a head finds by content, K.
    public var sparseReads = 4
    /// How the nearest cells are found.
    public var index = MemoryIndex.exact
    /// Cells in use, for each batch element, from which an index other than the exact scan is used.
    /// See `docs/index.md`.
    public var indexThreshold = 65_536
    /// Temporal links kept for each cell, and cells that a head reads along each direction of them,
    /// K_L.
    public var temporalReads = 4

    /// The defaults of the Python package's `SDNC`.
    public init() {}

    public func validate(in network: NetworkConfiguration) throws {
      try ConfigurationError.check("temporal_reads", temporalReads)
      try validateSparse(in: network)
    }

    enum CodingKeys: String, CodingKey {
      case temporalReads = "temporal_reads"
    }

    public init(from decoder: any Decoder) throws {
      try read(from: decoder)
      try decoder.container(keyedBy: CodingKeys.self).read(.temporalReads, into: &temporalReads)
    }

    public func encode(to encoder: any Encoder) throws {
      try write(to: encoder)
      var values = encoder.container(keyedBy: CodingKeys.self)
      try values.encode(temporalReads, forKey: .temporalReads)
    }
  }
}
