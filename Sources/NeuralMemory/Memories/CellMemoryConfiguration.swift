/// The configuration of a memory of N cells of size W that R heads read.
public protocol CellMemoryConfiguration: MemoryConfiguration {
  /// Number of memory cells, N.
  var nrCells: Int { get set }
  /// Number of read heads, R.
  var readHeads: Int { get set }
  /// Size of a memory cell, W.
  var cellSize: Int { get set }
  /// Whether every interface field has a linear map of its own.
  var independentLinears: Bool { get set }
  /// Whether all layers share one memory and one set of interface weights.
  var shareMemory: Bool { get set }
}

extension CellMemoryConfiguration {
  public var readSize: Int { readHeads * cellSize }

  /// Checks the sizes that all memories of cells have.
  func validateCells(in network: NetworkConfiguration) throws {
    try ConfigurationError.check("nr_cells", nrCells)
    try ConfigurationError.check("read_heads", readHeads)
    try ConfigurationError.check("cell_size", cellSize)
    let hidden = network.controller.hiddenSize
    try ConfigurationError.check("nr_cells × cell_size", product: nrCells, cellSize)
    try ConfigurationError.check("read_heads × nr_cells", product: readHeads, nrCells)
    try ConfigurationError.check(
      "read_heads × cell_size × hidden_size", product: readHeads, cellSize, hidden, 8)
    try ConfigurationError.check(
      "output_size × read_heads × cell_size", product: network.outputs, readHeads, cellSize)
  }
}
