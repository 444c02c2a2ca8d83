import AllocationCount
import NeuralMemory
import Testing

/// The time loop takes no memory from the heap: a call of 40 steps makes as many allocations as one
/// of 10, once its working memory is there.
///
/// Counted on the calling thread, which runs the only shard.
@Suite(.enabled(if: allocation_count_works(), "allocations are counted with glibc only"))
struct AllocationTests {
  // A new one for each test: models share working memory with their copies, and tests run side by
  // side.
  private func model(_ number: Int) -> DNC {
    DNC(
      inputSize: 5, hiddenSize: 20, rnnType: RNNType.allCases[number % 3], numLayers: 2,
      dropout: 0.2, nrCells: 10, readHeads: 3, cellSize: 6, shareMemory: number < 3)
  }

  private func count(_ body: () -> Void) -> UInt64 {
    // working memory, and whatever is set up once
    for _ in 0..<3 { body() }
    let before = allocation_count_of_thread()
    body()
    return allocation_count_of_thread() - before
  }

  @Test func theCountCounts() {
    var kept: [[Float]] = []
    kept.reserveCapacity(100)
    let before = allocation_count_of_thread()
    for i in 1...100 { kept.append([Float](repeating: 1, count: i)) }
    #expect(allocation_count_of_thread() - before >= 100)
    #expect(kept.count == 100)
  }

  @Test(arguments: 0..<6)
  func calls(number: Int) {
    let model = model(number)
    func allocations(_ steps: Int) -> UInt64 {
      let input = Tensor(shape: [3, steps, 5], repeating: 0.5)
      return count { _ = model(input, workers: 1) }
    }
    // the longer first: its working memory serves both
    let long = allocations(40)
    #expect(allocations(10) == long)
  }

  @Test(arguments: 0..<6)
  func pullbacks(number: Int) {
    let model = model(number)
    func allocations(_ steps: Int) -> UInt64 {
      let input = Tensor(shape: [3, steps, 5], repeating: 0.5)
      let gradient = Tensor(shape: [3, steps, 5], repeating: 1)
      return count {
        let (_, pullback) = model.callWithPullback(input, dropoutSeed: 1, workers: 1)
        _ = pullback(gradient)
      }
    }
    // the longer first: its working memory serves both
    let long = allocations(40)
    #expect(allocations(10) == long)
  }

  @Test(arguments: 0..<6)
  func training(number: Int) {
    let model = model(number)
    func allocations(_ steps: Int) -> UInt64 {
      let input = Tensor(shape: [3, steps, 5], repeating: 0.5)
      var store = ParameterStore(layout: model.parameters.layout)
      return count {
        _ = model.lossAndGradient(
          input, lengths: nil, dropoutSeed: 1, workers: 1, into: &store
        ) { _, output, gradient in
          gradient = output
          return 0
        }
      }
    }
    // the longer first: its working memory serves both
    let long = allocations(40)
    #expect(allocations(10) == long)
  }

  /// A step of a state that nobody else holds works in place: it does not take new memory for the
  /// memories.
  @Test func stepsWorkInPlace() {
    let model = DNC(inputSize: 4, hiddenSize: 8, nrCells: 64, readHeads: 2, cellSize: 8)
    let x = Tensor(shape: [1, 4], repeating: 1)
    var state = model.initialState(batch: 1)
    let alone = count { _ = model.step(x, state: &state) }
    let shared = count {
      let held = state
      _ = model.step(x, state: &state)
      withExtendedLifetime(held) {}
    }
    #expect(alone < shared)
  }

  /// A step into a tensor that is there takes nothing from the heap at all.
  @Test func streamingStepsAllocateNothing() {
    stream(DNC(inputSize: 4, hiddenSize: 8, numLayers: 2, nrCells: 12, readHeads: 2, cellSize: 8))
    stream(
      DNC(
        inputSize: 4, hiddenSize: 8, rnnType: .gru, numLayers: 2, nrCells: 12, shareMemory: false))
    stream(ControllerNetwork(inputSize: 4, hiddenSize: 8))
    // with all cells in use
    stream(SAM(inputSize: 4, hiddenSize: 8, nrCells: 24, readHeads: 2, cellSize: 5))
    stream(
      SDNC(
        inputSize: 4, hiddenSize: 8, numLayers: 2, nrCells: 64, readHeads: 6, sparseReads: 6,
        temporalReads: 6, cellSize: 5, shareMemory: false))
  }

  private func stream<M: Memory>(_ model: Network<M>) {
    var random = RandomNumbers(seed: 1)
    let inputs = (0..<60).map { _ in random.tensor([1, 4]) }
    var state = model(random.tensor([1, 400, 4])).state
    var output = Tensor(shape: [1, 4])
    func run() { for x in inputs { model.step(x, state: &state, into: &output) } }
    #expect(count(run) == 0, "\(Network<M>.self)")
    // and gives what a plain step gives
    var (a, b) = (state, state)
    let expected = model.step(inputs[0], state: &a)
    model.step(inputs[0], state: &b, into: &output)
    #expect(output == expected && a == b && a != state)
  }

  /// A training pass over sparse memories allocates no more for a longer sequence, even from the
  /// empty memory: its storage is kept from pass to pass.
  @Test func trainingOfSparseMemories() {
    train(SAM(inputSize: 5, hiddenSize: 12, nrCells: 1000, readHeads: 2, cellSize: 6))
    train(
      SDNC(
        inputSize: 5, hiddenSize: 12, numLayers: 2, nrCells: 1000, readHeads: 3, cellSize: 6,
        shareMemory: false))
  }

  private func train<M: Memory>(_ model: Network<M>) {
    var random = RandomNumbers(seed: 2)
    func allocations(_ steps: Int) -> UInt64 {
      let input = random.tensor([3, steps, 5])
      var store = ParameterStore(layout: model.parameters.layout)
      return count {
        _ = model.lossAndGradient(
          input, lengths: nil, dropoutSeed: nil, workers: 1, into: &store
        ) { _, output, gradient in
          gradient = output
          return 0
        }
      }
    }
    let long = allocations(60)
    #expect(allocations(15) == long, "\(Network<M>.self)")
  }
}
