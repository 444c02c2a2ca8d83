import TestSupport
import Testing

@testable import NeuralMemory

/// The tables that `debug` returns.
@Suite struct SparseTraceTests {
  private func model(_ type: MemoryType, cells: Int, layers: Int = 2, shared: Bool = true)
    -> NetworkConfiguration
  {
    var c = NetworkConfiguration(inputSize: 3, hiddenSize: 7, memoryType: type)
    (c.nrCells, c.readHeads, c.cellSize, c.sparseReads) = (cells, 2, 5, 3)
    if type == .sdnc { c.temporalReads = 2 }
    (c.numLayers, c.shareMemory, c.debug) = (layers, shared, true)
    return c
  }

  private static let keys: Set = [
    "memory", "visible_memory", "read_positions", "read_weights", "write_weights", "usage",
  ]

  @Test(arguments: [true, false], [0, 4, 9])
  func keysAndAxes(shared: Bool, length: Int) throws {
    let input = Tensor(shape: [2, 9, 3], repeating: 0.3)
    for type in [MemoryType.sam, .sdnc] {
      let c = model(type, cells: 12, shared: shared)
      let lengths = [length, 9]
      let traces: [[String: Tensor]]
      if type == .sam {
        let model = SAM(configuration: c, seed: 1)
        traces = [
          try #require(model(input, lengths: lengths).trace),
          try #require(model.callWithPullback(input, lengths: lengths, workers: 2).output.trace),
        ]
      } else {
        let model = SDNC(configuration: c, seed: 1)
        traces = [
          try #require(model(input, lengths: lengths).trace),
          try #require(model.callWithPullback(input, lengths: lengths, workers: 2).output.trace),
        ]
      }
      let trace = traces[0]
      #expect(traces[1] == trace)
      let seen = 2 * (type == .sam ? 3 : 3 + 2 * 2) + 1
      var widths = [
        "memory": 12 * 5, "visible_memory": seen * 5, "read_positions": seen,
        "read_weights": 2 * 12, "write_weights": 12, "usage": 12,
      ]
      if type == .sdnc {
        widths.merge(["link_matrix": seen * seen, "rev_link_matrix": seen * seen]) { $1 }
        widths["precedence"] = 12
      }
      #expect(Set(trace.keys) == Set(widths.keys))
      for (key, table) in trace { #expect(table.shape == [2 * length, widths[key]!], "\(key)") }
    }
  }

  /// The rows are what step after step leaves behind.
  @Test func rowsAreTheStates() throws {
    let model = SDNC(configuration: model(.sdnc, cells: 10, layers: 1), seed: 2)
    var random = RandomNumbers(seed: 3)
    let input = random.tensor([1, 30, 3])
    let trace = try #require(model(input).trace)
    var state = model.initialState(batch: 1)
    for step in 0..<30 {
      _ = model.step(input.select(axis: 1, step), state: &state)
      let item = state.memories[0].elements[0]
      func row(_ key: String) -> [Double] {
        trace[key]!.select(axis: 0, step).values.map(Double.init)
      }
      #expect(row("memory") == SparseStateNumbers.contents(item).values)
      #expect(row("read_weights") == SparseStateNumbers.reads(item).values)
      #expect(row("precedence") == SparseStateNumbers.precedence(item))
      #expect(row("usage") == SparseStateNumbers.lastAccess(item).map(Double.init))
      // what is visible are the cells read and the one cleared
      let positions = row("read_positions").map { Int($0) }
      let visible = positions.filter { $0 >= 0 }
      #expect(visible == visible.sorted() && Set(visible).count == visible.count)
      var expected: Set = [item.cleared]
      for head in 0..<2 {
        expected.formUnion(state.memories[0].readWeights(of: 0, head: head).map(\.cell))
      }
      #expect(Set(visible) == expected)
      let a = SparseStateNumbers.links(item.links!.before, item)
      let b = SparseStateNumbers.links(item.links!.after, item)
      for (i, cell) in visible.enumerated() {
        #expect(
          Array(row("visible_memory")[5 * i..<5 * i + 5])
            == Array(row("memory")[5 * cell..<5 * cell + 5]))
        for (j, other) in visible.enumerated() {
          #expect(row("link_matrix")[i * positions.count + j] == b[cell, other])
          #expect(row("rev_link_matrix")[i * positions.count + j] == a[cell, other])
        }
      }
    }
  }

  /// Beyond 4,096 cells the columns are those touched, which `cells` names; the numbers are the
  /// same.
  @Test(arguments: [4097, 1 << 20, 1 << 30])
  func largeMemoriesShowTouchedCells(cells: Int) throws {
    var random = RandomNumbers(seed: 5)
    let input = random.tensor([1, 15, 3])
    let small = SDNC(configuration: model(.sdnc, cells: 4096), seed: 4)
    let large = SDNC(configuration: model(.sdnc, cells: cells), seed: 4)
    let whole = try #require(small(input).trace)
    let output = large(input)
    let trace = try #require(output.trace)
    #expect(whole["cells"] == nil)
    #expect(Set(trace.keys) == Set(whole.keys).union(["cells"]))
    let columns = output.state.memories[0].touchedCells(of: 0)
    #expect(trace["cells"] == Tensor((0..<columns).map { Float($0) }))
    #expect(trace["memory"] == whole["memory"]!.slice(axis: 1, 0..<columns * 5))
    for key in ["write_weights", "precedence"] {
      #expect(trace[key] == whole[key]!.slice(axis: 1, 0..<columns), "\(key)")
    }
    for key in ["visible_memory", "read_positions", "link_matrix", "rev_link_matrix"] {
      #expect(trace[key] == whole[key], "\(key)")
    }
    let reads = whole["read_weights"]!.reshaped([30, 2, 4096]).slice(axis: 2, 0..<columns)
    #expect(trace["read_weights"] == reads.reshaped([30, 2 * columns]))
    let usage = try #require(trace["usage"])
    for (a, b) in zip(usage.values, whole["usage"]!.slice(axis: 1, 0..<columns).values) {
      #expect(a == b || (a < 0 && b < 0))
    }
  }

  /// Of a large memory that earlier calls filled, only what this call touches has a column.
  @Test(arguments: [MemoryType.sam, .sdnc])
  func cellsOfEarlierCallsHaveNoColumn(type: MemoryType) throws {
    var c = model(type, cells: 5000, layers: 1)
    c.debug = false
    if type == .sam {
      try warm(SAM(configuration: c, seed: 6)) { SAM(configuration: $0, parameters: $1) }
    } else {
      try warm(SDNC(configuration: c, seed: 6)) { SDNC(configuration: $0, parameters: $1) }
    }
  }

  private func warm<M: Memory>(
    _ model: Network<M>, _ make: (NetworkConfiguration, ParameterStore) -> Network<M>
  ) throws where M.State == SparseMemoryState {
    var random = RandomNumbers(seed: 7)
    let start = model(random.tensor([1, 400, 3])).state
    let known = start.memories[0].touchedCells(of: 0)
    var c = model.configuration
    c.debug = true
    let input = random.tensor([1, 6, 3])
    let trace = try #require(make(c, model.parameters)(input, state: start).trace)
    let cells = try #require(trace["cells"]).values.map { Int($0) }
    #expect(cells == cells.sorted() && cells.count < known / 2, "\(cells.count) of \(known)")

    // step by step: what was cleared, written or read, and the numbers in the columns
    var state = start
    var touched: Set<Int> = []
    for step in 0..<6 {
      _ = model.step(input.select(axis: 1, step), state: &state)
      let item = state.memories[0].elements[0]
      touched.insert(item.cleared)
      for entry in 0..<item.writes.counts[0] where item.writes.weights[entry] != 0 {
        touched.insert(Int(item.writes.cells[entry]))
      }
      let reads = (0..<2).map { state.memories[0].readWeights(of: 0, head: $0) }
      touched.formUnion(reads.joined().map(\.cell))
      func row(_ key: String) -> [Float] { trace[key]!.select(axis: 0, step).values }
      let contents = state.memories[0].memory(of: 0)
      for (column, cell) in cells.enumerated() {
        let isThere = cell < item.touched
        #expect(
          Array(row("memory")[5 * column..<5 * column + 5])
            == (isThere ? contents.select(axis: 0, cell).values : [0, 0, 0, 0, 0]))
        for head in 0..<2 {
          #expect(
            row("read_weights")[head * cells.count + column]
              == reads[head].first { $0.cell == cell }?.weight ?? 0)
        }
        let last = isThere ? Int(item.order.last.base[cell]) : -1
        #expect(row("usage")[column] == Float(last >= 0 ? last : cell - 5000))
        if let links = item.links {
          #expect(
            row("precedence")[column]
              == links.precedence.first { $0.cell == cell }?.weight ?? 0)
        }
      }
    }
    #expect(Set(cells) == touched)
  }
}
