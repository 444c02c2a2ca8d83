import NeuralMemory
import Testing

/// Settings that no machine has the memory for are refused before anything is allocated; those that
/// are merely large are not.
@Suite struct SizeLimitTests {
  private func configuration(
    _ type: MemoryType, cells: Int, heads: Int, cellSize: Int, sparse: Int, temporal: Int = 1
  ) -> NetworkConfiguration {
    var c = NetworkConfiguration(inputSize: 1, hiddenSize: 1, memoryType: type)
    (c.nrCells, c.readHeads, c.cellSize) = (cells, heads, cellSize)
    c.sparseReads = sparse
    if type == .sdnc { c.temporalReads = temporal }
    return c
  }

  @Test func recordsOfAStepThatAreTooLarge() {
    let cases = [
      (
        configuration(.sdnc, cells: 1 << 20, heads: 1, cellSize: 1, sparse: 1, temporal: 1 << 30),
        "read_heads × (sparse_reads + 2 × temporal_reads) × temporal_reads",
        "1 × 2097153 × 1048576"
      ),
      (
        configuration(
          .sdnc, cells: 1 << 30, heads: 64, cellSize: 512, sparse: 1, temporal: 1 << 26),
        "read_heads × (sparse_reads + 2 × temporal_reads) × cell_size", "64 × 134217729 × 512"
      ),
      (
        configuration(.sam, cells: 1 << 30, heads: 32, cellSize: 64, sparse: 1 << 30),
        "read_heads × sparse_reads × cell_size", "32 × 1073741824 × 64"
      ),
    ]
    for (c, argument, value) in cases {
      let error = #expect(throws: ConfigurationError.self) { try c.validate() }
      #expect(error?.argument == argument)
      #expect(error?.value == value)
    }
  }

  /// Reads count only as far as there are cells.
  @Test func moreReadsThanCells() throws {
    try configuration(.sdnc, cells: 16, heads: 2, cellSize: 4, sparse: 1 << 30, temporal: 1 << 30)
      .validate()
    try configuration(.sam, cells: 16, heads: 2, cellSize: 4, sparse: 1 << 30).validate()
  }

  /// As many links as cells, where three nested lists of them would take hundreds of gigabytes.
  @Test func manyTemporalReads() throws {
    let c = configuration(.sdnc, cells: 1500, heads: 1, cellSize: 2, sparse: 1, temporal: 1500)
    try c.validate()
    let model = SDNC(configuration: c)
    #expect(model(Tensor(shape: [1, 2, 1], repeating: 1), workers: 1).output.allFinite)
  }
}
