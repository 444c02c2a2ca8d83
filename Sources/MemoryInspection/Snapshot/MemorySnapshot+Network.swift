import NeuralMemory

extension ExternalMemoryNetwork {
  /// This network with debug traces turned on; parameters and all else are the same.
  public var tracing: Self {
    var configuration = configuration
    configuration.debug = true
    return Self(configuration: configuration, parameters: parameters)
  }

  /// Runs the first sequence of a batch from the zero state, and says what the memory did.
  ///
  /// - Parameters:
  ///   - input: [batch, time, inputSize] for every network, as tasks make it.
  ///   - lengths: steps of each sequence; nil: all.
  ///   - workers: number of threads; nil: all processors.
  /// - Returns: the output [time, outputSize] and the snapshot; nil for a network without a memory.
  public func observe(
    _ input: Tensor, lengths: [Int]? = nil, workers: Int? = nil
  ) -> (output: Tensor, snapshot: MemorySnapshot?) {
    let isBatchFirst = configuration.batchFirst
    let first = input.slice(axis: 0, 0..<1)
    let result = tracing(
      isBatchFirst ? first : first.transposed([1, 0, 2]), lengths: lengths.map { [$0[0]] },
      workers: workers)
    return (
      result.output.select(axis: isBatchFirst ? 0 : 1, 0), try? MemorySnapshot(result, self)
    )
  }
}

extension MemorySnapshot {
  /// The snapshot of a call that returned a trace.
  ///
  /// - Throws: `TraceError.noMemory` if it returned none.
  public init<Network: ExternalMemoryNetwork>(
    _ output: NetworkOutput<Network.Memory>, _ network: Network
  ) throws {
    guard let trace = output.trace, !trace.isEmpty else { throw TraceError.noMemory }
    try self.init(
      tables: trace.merging(output.gates ?? [:]) { table, _ in table },
      layers: network.configuration.numLayers,
      allCells: network.configuration.nrCells)
  }
}
