import NeuralMemory

extension Network {
  /// This network with debug traces turned on; parameters and all else are the same.
  public var tracing: Network {
    var configuration = configuration
    configuration.debug = true
    return Network(configuration: configuration, parameters: parameters)
  }
}

extension AnyNetwork {
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
    let network = network.tracing
    let result = network(
      isBatchFirst ? first : first.transposed([1, 0, 2]), lengths: lengths.map { [$0[0]] },
      workers: workers)
    return (
      result.output.select(axis: isBatchFirst ? 0 : 1, 0), try? MemorySnapshot(result, network)
    )
  }
}

extension MemorySnapshot {
  /// The snapshot of a call that returned a trace.
  ///
  /// - Throws: `TraceError.noMemory` if it returned none.
  public init<Memory>(_ output: NetworkOutput<Memory>, _ network: Network<Memory>) throws {
    guard let trace = output.trace, !trace.isEmpty else { throw TraceError.noMemory }
    try self.init(
      tables: trace.merging(output.gates ?? [:]) { table, _ in table },
      layers: network.configuration.numLayers,
      allCells: network.configuration.nrCells)
  }
}
