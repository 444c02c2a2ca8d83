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

    public var nrCells = 5000
    public var readHeads = 4
    public var cellSize = 10
    public var independentLinears = false
    public var shareMemory = true
    public var sparseReads = 4
    public var index = MemoryIndex.exact
    public var indexThreshold = 65_536

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

    public var nrCells = 5000
    public var readHeads = 4
    public var cellSize = 10
    public var independentLinears = false
    public var shareMemory = true
    public var sparseReads = 4
    public var index = MemoryIndex.exact
    public var indexThreshold = 65_536
    /// Temporal links kept for each cell, and cells that a head reads along each direction of them,
    /// K_L.
    public var temporalReads = 4

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
