import Foundation
import MemoryTasks
import MemoryTraining
import NeuralMemory
import TestSupport
import Testing

@testable import MemoryInspection

/// Snapshots say what the memory did, and their maps show it.
@Suite struct SnapshotTests {
  private func configuration(
    _ type: MemoryType, cells: Int = 12, layers: Int = 2, dialect: Dialect = .nature
  ) -> NetworkConfiguration {
    var c = NetworkConfiguration(inputSize: 4, hiddenSize: 9, memoryType: type)
    (c.nrCells, c.readHeads, c.cellSize, c.numLayers) = (cells, 2, 3, layers)
    c.outputSize = 5
    switch type {
    case .dnc: c.dialect = dialect
    case .sdnc: (c.sparseReads, c.temporalReads) = (3, 2)
    default: c.sparseReads = 3
    }
    return c
  }

  private func input(_ steps: Int, batch: Int = 3) -> Tensor {
    var random = RandomNumbers(seed: 5)
    return Tensor(
      shape: [batch, steps, 4],
      values: (0..<batch * steps * 4).map { _ in random.uniform(in: -1..<1) })
  }

  /// What is shown has the length that stands above it, also where training mixes lengths.
  @Test func examplesHaveTheLengthAskedFor() throws {
    let task = try CopyTask(mixedLengths: true)
    var model = NetworkConfiguration(inputSize: 6, hiddenSize: 8)
    (model.nrCells, model.readHeads, model.cellSize) = (6, 1, 3)
    let network = model.makeNetwork(seed: 1)
    var random = RandomNumbers(seed: 3)
    for _ in 0..<5 {
      let example = ExampleSnapshot(
        of: task, length: 7, network: network, iteration: nil, using: &random)
      #expect(example.length == 7 && example.input.shape == [15, 6])
    }
  }

  @Test func mapsHoldTheTablesOfADNC() throws {
    let network = DNC(configuration: configuration(.dnc), seed: 2)
    let (output, found) = network.observe(input(6), lengths: [5, 6, 6])
    let snapshot = try #require(found)
    #expect(output == network(input(6), lengths: [5, 6, 6]).output.select(axis: 0, 0))
    let trace = try #require(network.tracing(input(6), lengths: [5, 6, 6]).trace)
    #expect(snapshot.rows == 10 && snapshot.layers == 2 && snapshot.readHeads == 2)
    #expect(!snapshot.isSparse && snapshot.place(7) == "step 3, layer 1")

    let maps = Dictionary(uniqueKeysWithValues: snapshot.courses.map { ($0.key, $0) })
    #expect(
      Set(maps.keys) == [
        "memory_size", "usage_vector", "precedence", "write_weights", "read_weights_0",
        "read_weights_1", "gates", "read_modes",
      ])
    for key in ["usage_vector", "precedence", "write_weights"] {
      // cells from top to bottom, accesses from left to right
      #expect(maps[key]!.values == trace[key]!.transposed().values, "\(key)")
      #expect(maps[key]!.range == 0...1)
    }
    let second = trace["read_weights"]!.slice(axis: 1, 12..<24).transposed().values
    #expect(maps["read_weights_1"]!.values == second)
    let contents = snapshot.contents(after: 7)
    #expect(contents.values == trace["memory"]!.select(axis: 0, 7).values)
    #expect(contents.rows == 12 && contents.columns == 3 && contents.scale == .diverging)
    #expect(snapshot.links(after: 7)?.values == trace["link_matrix"]!.select(axis: 0, 7).values)
    let cell = contents.values[15..<18]
    let size: Float = cell.reduce(0) { $0 + $1 * $1 }.squareRoot()

    #expect(abs(maps["memory_size"]!.values[5 * 10 + 7] - size) < 1e-6)
    let modes = maps["read_modes"]!.values
    for access in 0..<10 {
      let sum: Float = modes[30 + access] + modes[40 + access] + modes[50 + access]
      #expect(abs(sum - 1) < 1e-5)
    }
  }

  /// The gates a snapshot shows are those that the write weights were made with.
  @Test(arguments: [Dialect.nature, .pytorchDNC])
  func gatesAreThoseOfTheAccess(dialect: Dialect) throws {
    let network = DNC(configuration: configuration(.dnc, dialect: dialect), seed: 3)
    let result = network.tracing(input(5), workers: 1)
    let alone = network.tracing(input(5).slice(axis: 0, 0..<1))
    let recorded = network.tracing.callWithPullback(input(5), workers: 2).output
    let gates = try #require(result.gates)
    #expect(Set(gates.keys) == ["free_gates", "allocation_gate", "write_gate", "read_modes"])
    // the first element's, however many share the working memory
    #expect(gates == alone.gates && gates == recorded.gates)
    // the first write goes to the first free cell and, by content, to all cells alike
    let (write, allocation) = (gates["write_gate"]!.values[0], gates["allocation_gate"]!.values[0])
    let first = result.trace!["write_weights"]!
    #expect(abs(first[0, 0] - write * (allocation + (1 - allocation) / 12)) < 1e-4)
    #expect(abs(first[0, 7] - write * (1 - allocation) / 12) < 1e-4)
  }

  @Test(arguments: [MemoryType.sam, .sdnc], [12, 5000])
  func sparseMemoriesShowWhatWasTouched(type: MemoryType, cells: Int) throws {
    let configuration = configuration(type, cells: cells)
    let network: any AnyNetwork =
      type == .sam ? SAM(configuration: configuration) : SDNC(configuration: configuration)
    let snapshot = try #require(network.observe(input(4)).snapshot)
    #expect(snapshot.isSparse && snapshot.allCells == cells)
    #expect(snapshot.shownCells > 0 && snapshot.shownCells <= min(cells, 8 * 5))
    let maps = Dictionary(uniqueKeysWithValues: snapshot.courses.map { ($0.key, $0) })
    #expect(maps["usage"]?.rows == snapshot.shownCells)
    #expect(maps["usage"]?.range == -1...7)
    #expect(maps["gates"]?.rowNames == ["write", "interpolation"])
    #expect((maps["read_modes"] != nil) == (type == .sdnc))
    let positions = snapshot.positions(after: 3)
    #expect(!positions.isEmpty && positions.allSatisfy { $0 < snapshot.shownCells })
    let links = snapshot.links(after: 3)
    #expect((links == nil) == (type == .sam))
    if let links { #expect(links.rowNames == positions.map(String.init)) }
    let weights = maps["read_weights_0"]!.values
    for access in 0..<8 {
      var sum: Float = 0
      for cell in 0..<snapshot.shownCells { sum += weights[cell * 8 + access] }
      #expect(sum > 0.01 && sum < 1.001)
    }
  }

  @Test func filesComeBackEqual() throws {
    let folder = try TemporaryFolder()
    let network = SDNC(configuration: configuration(.sdnc, cells: 5000), seed: 2)
    let snapshot = try #require(network.observe(input(4)).snapshot)
    try snapshot.write(to: folder.file("t.npz"))
    #expect(try MemorySnapshot(contentsOf: folder.file("t.npz")) == snapshot)
    // without our key, as the Python package's tables are
    try NpzFile.write(snapshot.tables, to: folder.file("plain.npz"))
    #expect(try MemorySnapshot(contentsOf: folder.file("plain.npz")).layers == 1)
  }

  @Test func otherFilesAreNoTraces() throws {
    #expect(throws: TraceError.missing("write_weights")) {
      try MemorySnapshot(tables: ["x": Tensor([1])], layers: 1)
    }
    let network = DNC(configuration: configuration(.dnc), seed: 2)
    var tables = try #require(network.observe(input(2)).snapshot).tables
    tables["usage_vector"] = Tensor(shape: [4, 11])
    #expect(throws: TraceError.shape("usage_vector", [4, 11], "[4, 12]")) {
      try MemorySnapshot(tables: tables, layers: 2)
    }
    let plain = network(input(2))
    #expect(throws: TraceError.noMemory) { try MemorySnapshot(plain, network) }
  }

  /// Tables that may be missing must fit where they are there, or nothing could be drawn from them.
  @Test(arguments: [
    (MemoryType.dnc, "write_gate", Tensor(shape: [1, 1])), (.dnc, "write_gate", Tensor([1, 1])),
    (.dnc, "allocation_gate", Tensor(shape: [4, 2])),
    (.dnc, "free_gates", Tensor(shape: [], repeating: 1)),
    (.dnc, "free_gates", Tensor(shape: [4, 3])), (.dnc, "read_modes", Tensor(shape: [0, 3])),
    (.dnc, "read_modes", Tensor([1, 2, 3])), (.dnc, "link_matrix", Tensor(shape: [4, 12])),
    (.sdnc, "interpolation_gate", Tensor(shape: [5, 1])),
    (.sdnc, "read_positions", Tensor(shape: [1, 1])),
    (.sdnc, "link_matrix", Tensor(shape: [4, 1])),
    (.sdnc, "rev_link_matrix", Tensor([1])), (.sdnc, "precedence", Tensor(shape: [4, 1])),
    (.sdnc, "visible_memory", Tensor(shape: [4, 1])),
  ])
  func optionalTablesFitToo(type: MemoryType, key: String, table: Tensor) throws {
    var tables = try tables(type)
    #expect(tables[key] != nil)
    tables[key] = table
    #expect {
      try MemorySnapshot(tables: tables, layers: 2)
    } throws: { error in
      guard case TraceError.shape(key, table.shape, _) = error else { return false }
      return true
    }
  }

  @Test(arguments: [Float.infinity, .nan, 0.5, 12, 1e30])
  func positionsAreThoseOfCells(position: Float) throws {
    var tables = try tables(.sdnc)
    tables["read_positions"]!.values[1] = position
    #expect {
      try MemorySnapshot(tables: tables, layers: 2)
    } throws: { error in
      guard case TraceError.value("read_positions", "\(position)", _) = error else { return false }
      return true
    }
  }

  @Test(arguments: [Float.infinity, .nan, 1.5, -1])
  func layersAreWholeNumbers(value: Float) throws {
    let folder = try TemporaryFolder()
    var tables = try tables(.dnc)
    for numbers in [Tensor([value, 12]), Tensor([2, value])] {
      tables[MemorySnapshot.shapeKey] = numbers
      try NpzFile.write(tables, to: folder.file("t.npz"))
      #expect(throws: TraceError.self) { try MemorySnapshot(contentsOf: folder.file("t.npz")) }
    }
  }

  /// Of two steps: four accesses.
  private func tables(_ type: MemoryType) throws -> [String: Tensor] {
    let network: any AnyNetwork = configuration(type).makeNetwork(seed: 2)
    return try #require(network.observe(input(2)).snapshot).tables
  }

  @Test func examplesHoldOneSequence() throws {
    var c = NetworkConfiguration(inputSize: 6, hiddenSize: 8)
    c.nrCells = 5
    var random = RandomNumbers(seed: 1)
    let task = try CopyTask(mixedLengths: true)
    let example = ExampleSnapshot(
      of: task, length: 7, network: DNC(configuration: c), iteration: 3, using: &random)
    let steps = example.input.shape[0]
    #expect(steps % 2 == 1 && steps <= 15)
    #expect(example.target.shape == [steps, 6] && example.output.shape == [steps, 6])
    #expect(example.memory?.rows == steps && !example.description.isEmpty)
    let maps = example.maps(isLogit: true)
    #expect(maps.map(\.key) == ["input", "target", "output"])
    #expect(maps[1].values == example.target.transposed().values)
    // outputs that do not count are not shown as if they did
    #expect(maps[2].values[0] == 0 && maps[2].values.contains { $0 > 0 && $0 < 1 })
    // the middle of a diverging scale is zero, however small the values are
    let signed = example.maps(isLogit: false)[2]
    #expect(signed.scale == .diverging && signed.values.allSatisfy { abs($0) < 0.5 })
    #expect(signed.range == -1...1)
  }
}
