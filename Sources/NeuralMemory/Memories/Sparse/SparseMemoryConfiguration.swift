/// The configuration of a sparse memory, with or without temporal links.
public protocol SparseMemoryConfiguration: CellMemoryConfiguration {
  /// Cells that a head finds by content, K.
  var sparseReads: Int { get set }
  /// How the nearest cells are found.
  var index: MemoryIndex { get set }
  /// Number of cells in use, for each batch element, from which an index other than the exact scan
  /// is trained and searched. See `docs/index.md`.
  var indexThreshold: Int { get set }
  /// Temporal links kept for each cell, K_L; 0 for a memory without.
  var temporalReads: Int { get }
}

extension SparseMemoryConfiguration {
  public var temporalReads: Int { 0 }

  public func validate(in network: NetworkConfiguration) throws {
    try validateSparse(in: network)
  }

  func validateSparse(in network: NetworkConfiguration) throws {
    try ConfigurationError.check("sparse_reads", sparseReads)
    try validateCells(in: network)
    try validateIndex()
    let plan = SparsePlan(self)
    // what a step records; the lists that link updates work on are shorter
    try ConfigurationError.check(
      plan.hasLinks
        ? "read_heads × (sparse_reads + 2 × temporal_reads) × cell_size"
        : "read_heads × sparse_reads × cell_size", product: plan.r, plan.headReads, plan.wp)
    if plan.hasLinks {
      try ConfigurationError.check(
        "read_heads × (sparse_reads + 2 × temporal_reads) × temporal_reads",
        product: plan.r, plan.headReads, plan.kl)
    }
  }

  private func validateIndex() throws {
    guard index != .exact else { return }
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

  mutating func read(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: SparseKeys.self)
    try values.read(.nrCells, into: &nrCells)
    try values.read(.readHeads, into: &readHeads)
    try values.read(.cellSize, into: &cellSize)
    try values.read(.independentLinears, into: &independentLinears)
    try values.read(.shareMemory, into: &shareMemory)
    try values.read(.sparseReads, into: &sparseReads)
    try values.read(.index, into: &index)
    try values.read(.indexThreshold, into: &indexThreshold)
  }

  func write(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: SparseKeys.self)
    try values.encode(nrCells, forKey: .nrCells)
    try values.encode(readHeads, forKey: .readHeads)
    try values.encode(cellSize, forKey: .cellSize)
    try values.encode(independentLinears, forKey: .independentLinears)
    try values.encode(shareMemory, forKey: .shareMemory)
    try values.encode(sparseReads, forKey: .sparseReads)
    if index != .exact {
      try values.encode(index, forKey: .index)
      try values.encode(indexThreshold, forKey: .indexThreshold)
    }
  }
}

private enum SparseKeys: String, CodingKey {
  case nrCells = "nr_cells"
  case readHeads = "read_heads"
  case cellSize = "cell_size"
  case independentLinears = "independent_linears"
  case shareMemory = "share_memory"
  case sparseReads = "sparse_reads"
  case index
  case indexThreshold = "index_threshold"
}

/// How a sparse memory finds the cells nearest to a query.
public enum MemoryIndex: String, Sendable, Codable, CaseIterable {
  /// By a scan of all cells touched so far: the published networks, and the fastest way for tens of
  /// thousands of cells.
  case exact
  /// By FAISS's inverted lists once many cells are in use, see
  /// `SparseMemoryConfiguration.indexThreshold`: fewer are looked at, and now and then one of the
  /// nearest is missed. Needs the package trait `FAISS`.
  case faiss

  /// Whether this build of the library has it.
  public var isAvailable: Bool {
    #if FAISS
      true
    #else
      self == .exact
    #endif
  }
}
