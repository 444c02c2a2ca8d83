import Testing
import VectorKernels

@testable import NeuralMemory

/// The table of what is kept per step is that of the engine's own buffers.
@Suite struct RecordedBytesTests {
  /// What the buffers of a run of `steps` steps have more than those of a run of one.
  private func growth<M: CPUMemory>(
    _ memory: M.Type, _ configuration: NetworkConfiguration, elements: Int, steps: Int
  ) -> Int {
    let memory = M.plan(configuration)
    let plan = NetworkPlan(configuration, interface: memory.interface)
    func bytes(_ steps: Int) -> Int {
      ShardRunner<M.Shard>(
        plan: plan, memory: memory, kernels: vk_active(), elements: elements, steps: steps,
        recording: true
      ).recordedBytes
    }
    return bytes(steps) - bytes(1)
  }

  private func check<M: CPUMemory>(
    _ memory: M.Type, _ configuration: NetworkConfiguration, _ label: String
  ) throws {
    for (elements, steps) in [(1, 2), (3, 12), (2, 37)] {
      #expect(
        try growth(memory, configuration, elements: elements, steps: steps)
          == elements
          * (RecordedBytes(configuration, steps: steps).total
            - RecordedBytes(configuration, steps: 1).total),
        "\(elements) elements, \(steps) steps, \(label)")
    }
  }

  @Test(arguments: 0..<12)
  func ofTheBuffers(number: Int) throws {
    let seed = UInt64(910_000 + number)
    var dnc = RandomCase(seed: seed).configuration
    if number % 2 == 0 { dnc.dropout = 0.1 }
    try check(DenseMemory.self, dnc, dnc.json)
    for k in [1, 2, 3, 12, 50] {
      dnc.recomputeEvery = k
      try check(DenseMemory.self, dnc, dnc.json)
    }
    (dnc.nrCells, dnc.recomputeEvery) = (80, 0)
    try check(DenseMemory.self, dnc, dnc.json)
    dnc.recomputeEvery = 5
    try check(DenseMemory.self, dnc, dnc.json)
    let sam = SparseCase<SparseMemory>(seed: seed).configuration
    try check(SparseMemory.self, sam, sam.json)
    let sdnc = SparseCase<LinkedSparseMemory>(seed: seed).configuration
    try check(LinkedSparseMemory.self, sdnc, sdnc.json)
    let none = NetworkCase<NoMemory>(seed: seed).configuration
    try check(NoMemory.self, none, none.json)
  }

  /// By hand: one step of a small DNC, in floats.
  @Test func linksOfASmallDNC() throws {
    var c = NetworkConfiguration(inputSize: 4, hiddenSize: 16)
    (c.nrCells, c.cellSize, c.readHeads) = (32, 16, 2)
    let parts = Dictionary(
      uniqueKeysWithValues: try RecordedBytes(c, steps: 1).mechanisms.map {
        ($0.name, $0.bytes / 4)
      })
    #expect(parts["link matrices"] == 32 * 32)
    #expect(parts["precedence"] == 32)
    // contents, norms and inverse norms
    #expect(parts["memory"] == 16 * 32 + 2 * 32)
    #expect(parts["directions"] == 2 * 2 * 32)
    // two cells of four gates, and as much gradient
    #expect(parts["controllers: gates and their gradient"] == 2 * 2 * 4 * 16)
    #expect(parts["controllers: c"] == 2 * 16)
    #expect(throws: ConfigurationError.self) {
      c.nrCells = 0
      _ = try RecordedBytes(c, steps: 1)
    }
  }

  /// Sequences longer than any machine could keep: as much as can be said.
  @Test(arguments: [0, 1, 3])
  func tooManySteps(recomputeEvery: Int) throws {
    var c = NetworkConfiguration(inputSize: 4, hiddenSize: 16)
    (c.numLayers, c.recomputeEvery) = (3, recomputeEvery)
    for steps in [Int.max, .max / 2, .max / 400] {
      let bytes = try RecordedBytes(c, steps: steps)
      #expect(bytes.total == .max)
      #expect(bytes.mechanisms.allSatisfy { $0.bytes >= 0 })
    }
    #expect(try RecordedBytes(c, steps: 0).total == 0)
    let sdnc = NetworkConfiguration(inputSize: 4, hiddenSize: 16, memoryType: .sdnc)
    #expect(try RecordedBytes(sdnc, steps: .max).total == .max)
  }

  @Test func negativeSteps() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      _ = try RecordedBytes(NetworkConfiguration(inputSize: 4, hiddenSize: 16), steps: -1)
    }
    let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(message.contains("a sequence cannot have -1 time steps"), "\(message)")
  }
}
