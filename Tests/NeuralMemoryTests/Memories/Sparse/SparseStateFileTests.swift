import Foundation
import TestSupport
import Testing

@testable import NeuralMemory

/// States and models of SAM and SDNC to files and back.
@Suite struct SparseStateFileTests {
  @Test(arguments: 0..<10)
  func roundTripOfSAM(number: Int) throws { try roundTrip(SAM.self, number) }

  @Test(arguments: 0..<10)
  func roundTripOfSDNC(number: Int) throws { try roundTrip(SDNC.self, number) }

  private func roundTrip<M: Memory>(_ type: Network<M>.Type, _ number: Int) throws
  where M.State == SparseMemoryState {
    let folder = try TemporaryFolder()
    let url = folder.file("state.safetensors")
    var test = SparseCase<M>(seed: UInt64(700_000 + number))
    test.warmUp(30)
    let state = test.start!
    try state.write(to: url)
    let read = try test.model.state(contentsOf: url)
    #expect(read == state)
    for (a, b) in zip(read.memories, state.memories) {
      for (a, b) in zip(a.elements, b.elements) {
        #expect(a.touched == b.touched)
        #expect(a.order.list == b.order.list)
        for cell in 0..<a.touched {
          #expect(a.norms.base[cell].bitPattern == b.norms.base[cell].bitPattern)
          #expect(a.scales.base[cell].bitPattern == b.scales.base[cell].bitPattern)
        }
      }
    }
    // what comes next is the same, bit for bit, forward and back
    let (one, two) = (
      test.model.callWithPullback(test.input, state: state),
      test.model.callWithPullback(test.input, state: read)
    )
    #expect(one.output.output == two.output.output && one.output.state == two.output.state)
    let (a, b) = (one.pullback(one.output.output), two.pullback(one.output.output))
    #expect(a.parameters == b.parameters && a.initialState == b.initialState)
    // written again it is the same file
    let bytes = try Data(contentsOf: url)
    try read.write(to: url)
    #expect(try Data(contentsOf: url) == bytes)

    let empty = test.model.initialState(batch: 0)
    try empty.write(to: url)
    #expect(try test.model.state(contentsOf: url) == empty)
    try test.model.write(to: url)
    let model = try Network<M>(contentsOf: url)
    #expect(model.configuration == test.configuration)
    #expect(model.parameters.values == test.model.parameters.values)
  }

  /// Files do not grow with the number of cells.
  @Test func filesHoldTouchedCellsOnly() throws {
    let folder = try TemporaryFolder()
    func size(_ cells: Int) throws -> Int {
      let model = SDNC(
        inputSize: 3, hiddenSize: 6, nrCells: cells, readHeads: 2, cellSize: 8, seed: 1)
      let state = model(Tensor(shape: [2, 9, 3], repeating: 0.5)).state
      try state.write(to: folder.file("s"))
      #expect(try model.state(contentsOf: folder.file("s")) == state)
      // what stays differs by the digits of the number of cells, padded to 8 bytes
      return try Data(contentsOf: folder.file("s")).count / 64
    }
    #expect(try size(1 << 12) == size(1 << 30))
  }

  @Test func wrongKindsAreRefused() throws {
    let folder = try TemporaryFolder()
    let url = folder.file("s")
    let sam = SAM(inputSize: 2, hiddenSize: 3, nrCells: 9, readHeads: 1, cellSize: 2)
    let sdnc = SDNC(inputSize: 2, hiddenSize: 3, nrCells: 9, readHeads: 1, cellSize: 2)
    let dnc = DNC(inputSize: 2, hiddenSize: 3, nrCells: 9, readHeads: 1, cellSize: 2)
    func refusal(_ found: String, _ expected: String) -> CheckpointError {
      .badMetadata(file: "s", entry: "state", problem: "is \"\(found)\", not \"\(expected)\"")
    }
    try sam.initialState(batch: 2).write(to: url)
    #expect(throws: refusal("sam", "sdnc")) { try sdnc.state(contentsOf: url) }
    #expect(throws: refusal("sam", "dnc")) { try dnc.state(contentsOf: url) }
    try sdnc.initialState(batch: 2).write(to: url)
    #expect(throws: refusal("sdnc", "sam")) { try sam.state(contentsOf: url) }
    try dnc.initialState(batch: 2).write(to: url)
    #expect(throws: refusal("dnc", "sam")) { try sam.state(contentsOf: url) }
    // another number of cells, another size
    try sam.initialState(batch: 2).write(to: url)
    let larger = SAM(inputSize: 2, hiddenSize: 3, nrCells: 10, readHeads: 1, cellSize: 2)
    #expect(throws: CheckpointError.self) { try larger.state(contentsOf: url) }
    let wider = SAM(inputSize: 2, hiddenSize: 3, nrCells: 9, readHeads: 1, cellSize: 3)
    #expect(throws: CheckpointError.self) { try wider.state(contentsOf: url) }
    // models
    try sam.write(to: url)
    #expect(throws: CheckpointError.self) { try SDNC(contentsOf: url) }
    #expect(throws: CheckpointError.self) { try DNC(contentsOf: url) }
    #expect(throws: CheckpointError.self) { try sam.state(contentsOf: url) }
    try dnc.write(to: url)
    #expect(throws: CheckpointError.self) { try SAM(contentsOf: url) }
  }

  /// Every integer that a file holds is looked at before it is used.
  @Test(arguments: [
    "touched", "step", "last_access", "read_counts", "read_cells", "write_counts", "write_cells",
    "before_counts", "before_cells", "after_counts", "after_cells", "precedence_counts",
    "precedence_cells",
  ])
  func malformedIntegers(part: String) throws {
    let folder = try TemporaryFolder()
    let url = folder.file("s")
    var random = RandomNumbers(seed: 3)
    let model = SDNC(
      inputSize: 2, hiddenSize: 5, nrCells: 9, readHeads: 2, sparseReads: 3, temporalReads: 2,
      cellSize: 4)
    try model(random.tensor([2, 20, 2])).state.write(to: url)
    let whole = try SafeTensors(contentsOf: url)
    let name = "memories.0.\(part)"
    let bytes = try #require(whole.bytes(named: name))
    let shape = try #require(whole.shape(of: name))
    func refuses(_ file: SafeTensors, _ label: String) throws {
      try file.write(to: url)
      #expect(throws: CheckpointError.self, "\(part): \(label)") {
        try model.state(contentsOf: url)
      }
    }
    for value in [-2, 1 << 33, Int64.max, Int64.min] where (part, value) != ("step", 1 << 33) {
      var damaged = whole
      var changed = bytes
      // the first number of the first list is always in use
      changed.replaceSubrange(0..<8, with: withUnsafeBytes(of: value.littleEndian) { Data($0) })
      damaged.set(name, dtype: .i64, shape: shape, bytes: changed)
      try refuses(damaged, "\(value)")
    }
    var damaged = whole
    damaged.set(name, Tensor(shape: shape))
    try refuses(damaged, "floats")
    damaged.set(name, dtype: .i64, shape: [shape[0] + 1], bytes: Data(count: 8 * (shape[0] + 1)))
    try refuses(damaged, "another shape")
    var missing = SafeTensors()
    missing.metadata = whole.metadata
    for other in whole.names where other != name {
      missing.set(
        other, dtype: whole.dtype(of: other)!, shape: whole.shape(of: other)!,
        bytes: whole.bytes(named: other)!)
    }
    try missing.write(to: url)
    #expect(throws: CheckpointError.missingTensors(file: "s", names: [name])) {
      try model.state(contentsOf: url)
    }
  }
}
