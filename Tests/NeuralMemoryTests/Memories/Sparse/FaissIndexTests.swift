#if FAISS
  import Testing

  @testable import NeuralMemory

  struct FaissIndexTests {
    func configuration(
      cells: Int, threshold: Int, type: MemoryType = .sam
    ) -> NetworkConfiguration {
      var c = NetworkConfiguration(inputSize: 4, hiddenSize: 12, memoryType: type)
      c.numHiddenLayers = 1
      c.nrCells = cells
      c.readHeads = 2
      c.cellSize = 6
      c.index = .faiss
      c.indexThreshold = threshold
      return c
    }

    func input(_ batch: Int, _ steps: Int) -> Tensor {
      var random = RandomNumbers(seed: 5)
      return random.tensor([batch, steps, 4], scale: 2)
    }

    func index<M: Memory>(
      _ state: NetworkState<M>, _ element: Int = 0
    ) throws -> FaissIndex where M.State == SparseMemoryState {
      try #require(state.memories[0].elements[element].index as? FaissIndex)
    }

    /// Up to 80 cells every list is visited: the candidates then hold the nearest cells, and all
    /// numbers are those of the exact scan.
    @Test(arguments: [MemoryType.sam, .sdnc])
    func withAllListsVisitedAllIsAsByTheExactScan(type: MemoryType) throws {
      let c = configuration(cells: 80, threshold: 40, type: type)
      var exact = c
      exact.index = .exact
      if type == .sam {
        try compare(SAM(configuration: c, seed: 3), SAM(configuration: exact, seed: 3))
      } else {
        try compare(SDNC(configuration: c, seed: 3), SDNC(configuration: exact, seed: 3))
      }
    }

    private func compare<M: Memory>(
      _ model: Network<M>, _ exact: Network<M>
    ) throws where M.State == SparseMemoryState {
      let input = input(2, 400)
      let (found, pullback) = model.callWithPullback(input)
      let (expected, exactPullback) = exact.callWithPullback(input)
      #expect(try index(found.state, 1).trainings > 2)
      #expect(try index(found.state, 1).failure == nil)
      #expect(found.output == expected.output)
      #expect(found.state == expected.state)
      let cotangent = found.output.map { $0 - 0.1 }
      #expect(pullback(cotangent).parameters == exactPullback(cotangent).parameters)
      // and from one network to the other
      let onward = exact(input, state: found.state)
      #expect(onward.output == model(input, state: expected.state).output)
      #expect(onward.state.memories[0].elements[0].index is ExactIndex)
    }

    @Test func statesBranch() throws {
      let model = SAM(configuration: configuration(cells: 2000, threshold: 100), seed: 1)
      let start = model(input(2, 600)).state
      #expect(try index(start).trainings >= 1)
      // rows of 6 numbers take 16, and two numbers of 8 bytes each
      let taken = start.memories[0].elements[0]
      #expect(try index(start).bytes > 100 * (16 * 4 + 16))
      #expect(start.memories[0].bytes(of: 0) == taken.bytes)
      #expect(taken.bytes > taken.rows.bytes + (try index(start).bytes))
      #expect(start.memories[0].indexFailure(of: 0) == nil)
      let copy = start
      let first = model(input(2, 200), state: start)
      var other = start
      for step in 0..<50 { _ = model.step(input(2, 50).select(axis: 1, step), state: &other) }
      #expect(start == copy)
      let second = model(input(2, 200), state: start)
      #expect(first.output == second.output)
      #expect(first.state == second.state)
      #expect(first.state != other)
      #expect(try index(other).failure == nil)
    }

    @Test func resultsDoNotDependOnWorkers() throws {
      let model = SAM(configuration: configuration(cells: 2000, threshold: 100), seed: 2)
      let one = model(input(4, 400), workers: 1)
      let two = model(input(4, 400), workers: 2)
      #expect(one.output == two.output)
      #expect(one.state == two.state)
    }

    @Test func findsMostOfTheNearestAmongRandomRows() throws {
      let measurement = try IndexMeasurement(
        rows: 20_000, cellSize: 32, heads: 4, sparseReads: 4, index: .faiss, seed: 1)
      _ = measurement.search()
      #expect(measurement.recall(.random, searches: 50) > 0.5)
      #expect(measurement.recall(.disturbed, searches: 50) > 0.7)
      // as well while it is changed, through several trainings
      _ = measurement.steps(3000)
      #expect(measurement.recall(.random, searches: 50) > 0.5)
    }

    @Test func whatIsRemovedIsNotProposed() throws {
      let plan = SparseMemory.plan(configuration(cells: 3000, threshold: 64))
      let item = ElementMemory(plan)
      var random = RandomNumbers(seed: 2)
      item.touch(2999)
      for cell in 0..<3000 {
        for i in 0..<plan.w { item.row(cell)[i] = random.normal() }
        item.norms.base[cell] =
          (0..<plan.w).reduce(Float(0)) { $0 + item.row(cell)[$1] * item.row(cell)[$1] }
          .squareRoot()
      }
      let index = try #require(item.index as? FaissIndex)
      func proposals(near cell: Int) throws -> Set<Int32> {
        var queries = [Float](repeating: 0, count: plan.r * plan.wp)
        for i in 0..<plan.w { queries[i] = item.row(cell)[i] }
        return Set(try #require(index.candidates(queries, in: item)))
      }
      for cell in [0, 1234, 2999] { #expect(try proposals(near: cell).contains(Int32(cell))) }
      index.remove([1234])
      #expect(try !proposals(near: 1234).contains(1234))
      index.change([(1234, 1)])
      #expect(try proposals(near: 1234).contains(1234))
      // and a row beside it, once FAISS has taken the change over
      index.change((0..<300).map { (Int32($0), 1) })
      #expect(try proposals(near: 1234).contains(1234))
      // a row that is not finite is never proposed from the lists
      item.row(7)[0] = .infinity
      item.norms.base[7] = .infinity
      index.change((0..<300).map { (Int32($0), 1) })
      #expect(try !proposals(near: 8).contains(7))
      #expect(index.failure == nil)
    }
  }
#endif
