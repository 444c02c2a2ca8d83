import AllocationCount
import Foundation
import TestSupport
import Testing

@testable import NeuralMemory

/// Bounds of what the sparse memories hold, and everything finite, forward and backward, at the
/// limits of sizes and numbers.
@Suite struct SparseInvariantTests {
  /// The rules that a memory breaks.
  static func broken(_ item: ElementMemory) -> [String] {
    let most: Float = 1 + 1e-5
    var broken: [String] = []
    func check(_ entries: [(cell: Int32, weight: Float)], _ capacity: Int, _ name: String) {
      let sum = entries.reduce(0) { $0 + $1.weight }
      if !(sum <= most && entries.allSatisfy { $0.weight >= 0 && $0.weight <= most }) {
        broken.append("\(name) is no distribution: \(sum)")
      }
      if entries.count > capacity { broken.append("\(name) has \(entries.count) entries") }
      if entries.contains(where: { $0.cell < 0 || $0.cell >= item.touched })
        || Set(entries.map(\.cell)).count < entries.count
      {
        broken.append("cells of \(name)")
      }
    }
    func entries(_ lists: WeightLists, _ list: Int) -> [(cell: Int32, weight: Float)] {
      (list * lists.capacity..<list * lists.capacity + lists.counts[list]).map {
        (lists.cells[$0], lists.weights[$0])
      }
    }
    for head in 0..<item.plan.r {
      check(entries(item.reads, head), item.plan.headReads, "read weights of head \(head)")
    }
    check(entries(item.writes, 0), item.plan.writes, "write weights")
    if let links = item.links {
      check(links.precedence, item.plan.kl, "precedence")
      for cell in 0..<item.touched {
        check(links.before.entries(cell), item.plan.kl, "row \(cell) of A")
        check(links.after.entries(cell), item.plan.kl, "row \(cell) of B")
        if (links.before.entries(cell) + links.after.entries(cell)).contains(where: {
          $0.cell == cell
        }) {
          broken.append("diagonal of row \(cell)")
        }
      }
    }
    let order = item.order.list
    let last = (0..<item.touched).map { item.order.last.base[$0] }
    let accessed = (0..<item.touched).filter { last[$0] >= 0 }
    if order != accessed.sorted(by: { (last[$0], $0) < (last[$1], $1) }) {
      broken.append("order of access")
    }
    for cell in 0..<item.touched {
      for j in 0..<item.plan.w where !item.row(cell)[j].isFinite {
        broken.append("cell \(cell) is not finite")
      }
    }
    return broken
  }

  enum Inputs: CaseIterable { case normal, zero, huge, mixed }

  @Test(arguments: 0..<8)
  func holdForSAM(group: Int) { check(SAM.self, group) }

  @Test(arguments: 0..<8)
  func holdForSDNC(group: Int) { check(SDNC.self, group) }

  private func check<M: Memory>(_ type: Network<M>.Type, _ group: Int)
  where M.State == SparseMemoryState {
    for number in 0..<20 {
      let seed = UInt64(800_000 + group * 1000 + number)
      let scale = [1, 10, 1e3, 1e6][(number + group) % 4] as Float
      var test = SparseCase<M>(seed: seed) {
        switch number % 6 {
        case 1: $0.nrCells = 1
        case 2: $0.readHeads = 1
        case 3: $0.cellSize = 1
        case 4: ($0.nrCells, $0.sparseReads) = (3, 9)
        case 5: $0.sparseReads = 1
        default: break
        }
        if M.kind == .sdnc && number % 6 >= 4 { $0.temporalReads = number % 6 == 4 ? 9 : 1 }
        // what overflows by itself: a relu with large weights, or with large numbers and no clip
        if scale > 1 { $0.nonlinearity = .tanh }
        if $0.nonlinearity == .relu { $0.clip = 20 }
        if scale > 10 { $0.bias = true }
      }
      test.model.parameters.values = test.model.parameters.values.map { $0 * scale }
      let input = self.input(Inputs.allCases[number / 5], test.input.shape, &test)
      let label = "scale \(scale), \(Inputs.allCases[number / 5]), \(test)"
      var state = test.model.initialState(batch: test.batch)
      var broken: [String] = []
      for step in 0..<test.steps {
        let output = test.model.step(input.select(axis: 1, step), state: &state)
        if !output.allFinite { broken.append("output of step \(step)") }
        for item in state.memories.flatMap(\.elements) {
          broken += Self.broken(item).map { "\($0) in step \(step)" }
        }
      }
      // networks of large scale are chaotic: their gradient itself grows beyond single precision,
      // so it is taken in pieces
      let window = scale > 1 ? 4 : test.steps
      var from: NetworkState<M>?
      for first in stride(from: 0, to: test.steps, by: window) {
        let (output, pullback) = test.model.callWithPullback(
          input.slice(axis: 1, first..<min(first + window, test.steps)), state: from)
        from = output.state
        let gradients = pullback(output.output.map { $0 < 0 ? -1 : 1 })
        if let bad = gradients.parameters.firstNonFinite() {
          broken.append("gradient of \(bad.name) \(bad.indices) is \(bad.value)")
        }
        if !gradients.input.allFinite { broken.append("gradient of the input") }
        for (name, values) in SparseStateNumbers.dictionary(gradients.initialState)
        where !values.allSatisfy(\.isFinite) {
          broken.append("gradient of \(name)")
        }
      }
      #expect(from == state, "\(label)")
      #expect(broken.isEmpty, "\(broken.prefix(3)), \(label)")
    }
  }

  private func input<M>(_ kind: Inputs, _ shape: [Int], _ test: inout SparseCase<M>)
    -> Tensor
  {
    let normal = test.random.tensor(shape)
    switch kind {
    case .normal: return normal
    case .zero: return Tensor(shape: shape)
    case .huge: return normal.map { $0 < 0 ? -1e30 : 1e30 }
    case .mixed: return normal.map { $0 < -1 ? -1e30 : $0 < 0 ? 0 : $0 > 1 ? 1e-30 : $0 }
    }
  }

  @Test(arguments: RNNType.allCases)
  func aParameterThatIsNotANumberShows(rnnType: RNNType) {
    check(
      SAM(
        inputSize: 3, hiddenSize: 7, rnnType: rnnType, numLayers: 2, nrCells: 9, readHeads: 2,
        sparseReads: 3, cellSize: 4, shareMemory: rnnType == .gru, seed: 5))
    check(
      SDNC(
        inputSize: 3, hiddenSize: 7, rnnType: rnnType, numLayers: 2, nrCells: 9, readHeads: 2,
        sparseReads: 3, temporalReads: 2, cellSize: 4, shareMemory: rnnType == .gru, seed: 5))
  }

  private func check<M: Memory>(_ model: Network<M>)
  where M.State == SparseMemoryState {
    var random = RandomNumbers(seed: 810_000)
    let input = random.tensor([2, 6, 3])
    let expected = model(input)
    for entry in model.parameters.layout.entries {
      for position in [0, entry.count / 2, entry.count - 1] {
        for junk in [Float.nan, .infinity] {
          var broken = model
          broken.parameters.values[entry.offset + position] = junk
          let (output, pullback) = broken.callWithPullback(input)
          _ = pullback(output.output)
          // a gate may well be infinite
          guard junk.isNaN else { continue }
          #expect(!output.output.select(axis: 1, 5).allFinite, "\(entry.name) \(position)")
          #expect(!broken(input).output.select(axis: 1, 5).allFinite, "\(entry.name) \(position)")
        }
      }
    }
    // nothing of it stays in the working memory
    #expect(model(input).output == expected.output)
    #expect(model.callWithPullback(input).output.state == expected.state)
  }

  /// 200,000 steps of one memory: the order of access, norms and bounds as after a few, and no
  /// memory taken once all cells are in use.
  @Test func aPersistentMemoryOfSAM() {
    persist(
      SAM(inputSize: 3, hiddenSize: 6, numHiddenLayers: 1, nrCells: 64, readHeads: 2, cellSize: 5))
  }

  @Test func aPersistentMemoryOfSDNC() {
    persist(
      SDNC(inputSize: 3, hiddenSize: 6, numHiddenLayers: 1, nrCells: 64, readHeads: 2, cellSize: 5))
  }

  private func persist<M: Memory>(_ model: Network<M>)
  where M.State == SparseMemoryState {
    var model = model
    // livelier than fresh parameters
    model.parameters.values = model.parameters.values.map { 2 * $0 }
    var random = RandomNumbers(seed: 4)
    let inputs = (0..<4).map { _ in random.tensor([1, 1000, 3]) }
    var state = model.initialState(batch: 1)
    var bytes = 0
    var broken: [String] = []
    for round in 0..<200 {
      let output = model(inputs[round % 4], state: state, workers: 1)
      if !output.output.allFinite { broken.append("output of round \(round)") }
      state = output.state
      let item = state.memories[0].elements[0]
      broken += Self.broken(item).map { "\($0) in round \(round)" }
      for cell in 0..<item.touched {
        let row = (0..<item.plan.w).map { Double(item.row(cell)[$0]) }
        let norm = (dot(row, row) + 1e-6).squareRoot()
        // scaled, if the cell is large
        if item.scales.base[cell] == 1, abs(Double(item.norms.base[cell]) - norm) > 1e-6 * norm {
          broken.append("norm of cell \(cell) in round \(round)")
        }
      }
      if round == 2 { bytes = state.memories[0].bytes(of: 0) }
      if round >= 2 && state.memories[0].bytes(of: 0) != bytes {
        broken.append("\(state.memories[0].bytes(of: 0)) bytes instead of \(bytes)")
      }
    }
    #expect(state.memories[0].touchedCells(of: 0) == 64)
    #expect(state.memories[0].elements[0].step == 200_000)
    #expect(broken.isEmpty, "\(broken.prefix(3))")
  }

  /// A million steps of one memory: no number drifts off, and once all cells are in use nothing is
  /// taken from the heap, so that what is resident stays the same.
  @Test(.enabled(if: allocation_count_works(), "allocations are counted with glibc only"))
  func aMillionStepsOfSAM() {
    million(
      SAM(
        inputSize: 2, hiddenSize: 4, numHiddenLayers: 1, nrCells: 32, readHeads: 1,
        sparseReads: 2, cellSize: 4))
  }

  @Test(.enabled(if: allocation_count_works(), "allocations are counted with glibc only"))
  func aMillionStepsOfSDNC() {
    million(
      SDNC(
        inputSize: 2, hiddenSize: 4, numHiddenLayers: 1, nrCells: 32, readHeads: 1,
        sparseReads: 1, temporalReads: 1, cellSize: 4))
  }

  private func million<M: Memory>(_ fresh: Network<M>)
  where M.State == SparseMemoryState {
    var model = fresh
    model.parameters.values = model.parameters.values.map { 2 * $0 }
    var random = RandomNumbers(seed: 5)
    let inputs = (0..<1000).map { _ in random.tensor([1, 2]) }
    var state = model.initialState(batch: 1)
    var output = Tensor(shape: [1, 2])
    var allocations: UInt64 = 0
    var broken: [String] = []
    for round in 0..<1000 {
      let before = allocation_count_of_thread()
      for input in inputs { model.step(input, state: &state, into: &output) }
      if round >= 20 { allocations += allocation_count_of_thread() - before }
      if !output.allFinite { broken.append("output of round \(round)") }
      broken += Self.broken(state.memories[0].elements[0]).map { "\($0) in round \(round)" }
    }
    #expect(state.memories[0].touchedCells(of: 0) == 32)
    #expect(state.memories[0].elements[0].step == 1_000_000)
    #expect(allocations == 0)
    #expect(broken.isEmpty, "\(broken.prefix(3))")
  }
}
