import AllocationCount
import Foundation
import Testing

@testable import NeuralMemory

/// Nothing costs anything in the number of cells: what is touched, scanned, taken and committed is
/// counted for 2^12, 2^20 and 2^30 of them.
@Suite(.serialized) struct SparseCostTests {
  private struct Counts: Equatable {
    var touched: [Int] = []
    var bytes: [Int] = []
    var scanned: [Int] = []
    var construction: UInt64 = 0
    var call: UInt64 = 0
    var pullback: UInt64 = 0
    var training: UInt64 = 0
    var step: UInt64 = 0
    var reset: UInt64 = 0
    var output: [Float] = []
  }

  private func allocations(_ body: () -> Void) -> UInt64 {
    let before = allocation_count_of_thread()
    body()
    return allocation_count_of_thread() - before
  }

  /// The fewest of several runs: the first ones take working memory, which is kept, and what is set
  /// up once.
  private func settled(_ body: () -> Void) -> UInt64 {
    (0..<5).map { _ in allocations(body) }.min()!
  }

  private func counts<M: Memory>(_ type: Network<M>.Type, cells: Int) -> Counts
  where M.State == SparseMemoryState {
    var c = NetworkConfiguration(inputSize: 3, hiddenSize: 8, memoryType: M.kind)
    c.nrCells = cells
    let model = Network<M>(configuration: c, seed: 5)
    var random = RandomNumbers(seed: 1)
    let input = random.tensor([2, 50, 3])
    var counts = Counts()
    var state = model.initialState(batch: 2)
    counts.construction = settled { state = model.initialState(batch: 2) }
    var output = model(input, state: state, workers: 1)
    counts.call = settled { output = model(input, state: state, workers: 1) }
    counts.output = output.output.values
    func add(_ state: NetworkState<M>) {
      for item in 0..<2 {
        counts.touched.append(state.memories[0].touchedCells(of: item))
        counts.bytes.append(state.memories[0].bytes(of: item))
        counts.scanned.append(state.memories[0].elements[item].scanned)
      }
    }
    add(output.state)
    counts.pullback = settled {
      let (out, pullback) = model.callWithPullback(input, state: output.state, workers: 1)
      _ = pullback(out.output)
    }
    let (out, pullback) = model.callWithPullback(input, state: output.state, workers: 1)
    add(out.state)
    add(pullback(out.output).initialState)
    var store = ParameterStore(layout: model.parameters.layout)
    counts.training = settled {
      _ = model.lossAndGradient(
        input, lengths: nil, dropoutSeed: nil, workers: 1, into: &store
      ) { _, output, gradient in
        gradient = output
        return 0
      }
    }
    state = output.state
    let x = input.select(axis: 1, 0)
    for _ in 0..<5 { _ = model.step(x, state: &state) }
    // one element is one shard, which the calling thread runs: the one whose allocations are
    // counted
    var single = model(input.slice(axis: 0, 0..<1)).state
    let first = x.slice(axis: 0, 0..<1)
    counts.step = settled { _ = model.step(first, state: &single) }
    add(state)
    counts.reset = allocations { state.resetExperience() }
    add(state)
    return counts
  }

  @Test(.enabled(if: allocation_count_works(), "allocations are counted with glibc only"))
  func ofSAM() {
    let small = counts(SAM.self, cells: 1 << 12)
    #expect(small.touched[0] > 40 && small.scanned[0] > 1000 && small.call > 0)
    #expect(counts(SAM.self, cells: 1 << 20) == small)
    #expect(counts(SAM.self, cells: 1 << 30) == small)
  }

  @Test(.enabled(if: allocation_count_works(), "allocations are counted with glibc only"))
  func ofSDNC() {
    let small = counts(SDNC.self, cells: 1 << 12)
    #expect(small.touched[0] > 40 && small.scanned[0] > 1000 && small.call > 0)
    #expect(counts(SDNC.self, cells: 1 << 20) == small)
    #expect(counts(SDNC.self, cells: 1 << 30) == small)
  }

  /// Two to the thirty cells of 32 numbers, for a batch of 8, construct, train and reset; as
  /// memory, 2^30 · 32 · 4 · 8 bytes would be a tebibyte.
  @Test func aBillionCells() {
    let model = SDNC(inputSize: 4, hiddenSize: 16, nrCells: 1 << 30, cellSize: 32)
    var state = model.initialState(batch: 8)
    var random = RandomNumbers(seed: 2)
    let input = random.tensor([8, 10, 4])
    var store = ParameterStore(layout: model.parameters.layout)
    _ = model.lossAndGradient(
      input, lengths: nil, dropoutSeed: nil, workers: nil, into: &store
    ) { _, output, gradient in
      gradient = output
      return 0
    }
    #expect(store.globalNorm > 0 && store.firstNonFinite() == nil)
    let (output, pullback) = model.callWithPullback(input, state: state)
    #expect(pullback(output.output).parameters.firstNonFinite() == nil)
    state = output.state
    for item in 0..<8 {
      #expect(state.memories[0].bytes(of: item) < 1 << 18)
      // ten steps, each of 4 heads, of 4 fresh cells and the stalest one
      #expect(state.memories[0].touchedCells(of: item) <= 10 * (4 * 4 + 1))
    }
    state.resetExperience()
    #expect(state.memories == model.initialState(batch: 8).memories)
  }

  /// The time loop takes no memory from the heap, once the cells are in use: as many allocations
  /// for 200 steps as for 50.
  @Test(.enabled(if: allocation_count_works(), "allocations are counted with glibc only"))
  func stepsOfAFullMemoryAllocateNothing() {
    check(SAM(inputSize: 3, hiddenSize: 8, nrCells: 24, readHeads: 2, cellSize: 5))
    check(
      SDNC(
        inputSize: 3, hiddenSize: 8, nrCells: 64, readHeads: 6, sparseReads: 6, temporalReads: 6,
        cellSize: 5))
  }

  private func check<M: Memory>(_ model: Network<M>)
  where M.State == SparseMemoryState {
    var random = RandomNumbers(seed: 1)
    let full = model(random.tensor([1, 400, 3])).state
    #expect(full.memories[0].touchedCells(of: 0) == model.configuration.nrCells)
    func count(_ steps: Int) -> UInt64 {
      let input = random.tensor([1, steps, 3])
      return settled { _ = model(input, state: full, workers: 1) }
    }
    let long = count(200)
    #expect(count(50) == long, "\(Network<M>.self)")
  }

  /// The backward pass touches the gradients of the cells that the call touched, not those of all
  /// that the memory holds.
  @Test func theBackwardPassCostsWhatTheCallTouched() {
    for steps in [30, 600] {
      let model = SAM(inputSize: 3, hiddenSize: 8, nrCells: 1 << 20, cellSize: 5)
      var random = RandomNumbers(seed: 1)
      let start = model(random.tensor([1, steps, 3])).state
      let plan = SparsePlan(model.configuration[SparseMemory.self])
      let gradients = SparseGradients(plan, elements: 1)
      let reads = WeightLists(lists: plan.r, capacity: plan.headReads)
      let touched = start.memories[0].touchedCells(of: 0)
      #expect(touched > steps)
      gradients.begin(0, touched: touched, reads: reads, gradient: nil)
      for cell in [3, touched - 1, 3] { gradients.row(0, cell)[0] += 1 }
      #expect(gradients.changedCells(0) == 2)
      let result = ElementMemory(plan)
      gradients.end(0, reads: reads, into: result)
      #expect(result.touched == touched)
      #expect(result.row(3)[0] == 2 && result.row(touched - 1)[0] == 1 && result.row(4)[0] == 0)
      // what was changed is zero again at the next backward pass
      gradients.begin(0, touched: touched, reads: reads, gradient: nil)
      #expect(gradients.changedCells(0) == 0 && gradients.row(0, 3)[0] == 0)
    }
  }
}
