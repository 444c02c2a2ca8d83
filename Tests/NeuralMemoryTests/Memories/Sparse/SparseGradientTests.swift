import TestSupport
import Testing

@testable import NeuralMemory

/// Finite differences for parameters, input and every part of the initial state; the loss looks at
/// the output and every part of the final state.
@Suite struct SparseGradientTests {
  private func check<M: Memory>(
    _ type: Network<M>.Type, _ count: Int, from seed: UInt64, elements: Bool = false,
    resetExperience: Bool = false, passThroughMemory: Bool = true,
    change: (inout NetworkConfiguration) -> Void = { _ in }
  ) where M.State == SparseMemoryState {
    var limits = SparseCase<M>.Limits()
    (limits.cells, limits.cellSize, limits.heads, limits.sparse) = (12, 6, 3, 4)
    (limits.temporal, limits.hidden, limits.depth, limits.batch) = (4, 8, 2, 3)
    (limits.features, limits.steps) = (4, 10)
    if elements {
      (limits.cells, limits.cellSize, limits.heads, limits.hidden) = (5, 3, 2, 4)
      (limits.depth, limits.batch, limits.features, limits.steps) = (2, 2, 3, 6)
    }
    var checked = 0
    for number in 0..<UInt64(10 * count) where checked < count {
      var test = SparseCase<M>(seed: seed + number, limits: limits, change: change)
      if number % 4 > 0 { test.warmUp(8) }
      let check = SparseGradientCheck(
        test, throughState: number % 5 > 0, resetExperience: resetExperience,
        passThroughMemory: passThroughMemory)
      guard check.isSmooth else { continue }
      checked += 1
      check.check(elements: elements)
    }
    #expect(checked == count, "too few smooth cases")
  }

  @Test(arguments: RNNType.allCases, [true, false])
  func everyTensorOfSAM(rnnType: RNNType, shareMemory: Bool) {
    check(SAM.self, 8, from: 600_000) { ($0.rnnType, $0.shareMemory) = (rnnType, shareMemory) }
  }

  @Test(arguments: RNNType.allCases, [true, false])
  func everyTensorOfSDNC(rnnType: RNNType, shareMemory: Bool) {
    check(SDNC.self, 8, from: 610_000) { ($0.rnnType, $0.shareMemory) = (rnnType, shareMemory) }
  }

  @Test(arguments: RNNType.allCases)
  func everyNumberOfTinyNetworks(rnnType: RNNType) {
    check(SAM.self, 2, from: 620_000, elements: true) { $0.rnnType = rnnType }
    check(SDNC.self, 2, from: 630_000, elements: true) { $0.rnnType = rnnType }
  }

  @Test func throughATightClip() {
    check(SAM.self, 4, from: 640_000) { $0.clip = 0.1 }
    check(SDNC.self, 4, from: 650_000) { $0.clip = 0.1 }
  }

  @Test(arguments: [(true, true), (false, true), (false, false)])
  func withoutMemoryOrAfterAReset(passThroughMemory: Bool, resetExperience: Bool) {
    check(
      SAM.self, 6, from: 690_000, resetExperience: resetExperience,
      passThroughMemory: passThroughMemory)
    check(
      SDNC.self, 6, from: 695_000, resetExperience: resetExperience,
      passThroughMemory: passThroughMemory)
  }

  /// One cell, or one that is cleared and read again and again.
  @Test func oneCell() {
    check(SAM.self, 4, from: 660_000) { $0.nrCells = 1 }
    check(SDNC.self, 4, from: 670_000) { $0.nrCells = 1 }
  }

  @Test(arguments: 0..<12)
  func windowsWithChainedGradientsAreOneCallForSAM(number: Int) { chain(SAM.self, number) }

  @Test(arguments: 0..<12)
  func windowsWithChainedGradientsAreOneCallForSDNC(number: Int) { chain(SDNC.self, number) }

  private func chain<M: Memory>(_ type: Network<M>.Type, _ number: Int)
  where M.State == SparseMemoryState {
    var test = SparseCase<M>(seed: UInt64(680_000 + number))
    if number % 3 > 0 { test.warmUp(10) }
    let dOutput = test.random.tensor([test.batch, test.steps, test.configuration.outputs])
    let (whole, pullback) = test.model.callWithPullback(
      test.input, state: test.start, lengths: test.lengths, workers: test.workers)
    let dState = test.random.cotangent(of: whole.state, scale: 0.5)
    let expected = pullback(dOutput, state: dState)

    var state = test.start ?? test.model.initialState(batch: test.batch)
    var windows: [(range: Range<Int>, pullback: Network<M>.Pullback)] = []
    var begin = 0
    while begin < test.steps {
      let range = begin..<min(test.steps, begin + test.random.integer(in: 1...7))
      let (output, pullback) = test.model.callWithPullback(
        test.input.slice(axis: 1, range), state: state,
        lengths: test.lengths?.map { max(0, min($0, range.upperBound) - range.lowerBound) },
        workers: test.random.integer(in: 1...3))
      #expect(output.output == whole.output.slice(axis: 1, range), "\(test)")
      state = output.state
      windows.append((range, pullback))
      begin = range.upperBound
    }
    #expect(state == whole.state, "\(test)")

    var parameters = ParameterStore(layout: expected.parameters.layout)
    var carried = dState
    for (range, pullback) in windows.reversed() {
      let part = pullback(dOutput.slice(axis: 1, range), state: carried)
      carried = part.initialState
      for i in parameters.values.indices { parameters.values[i] += part.parameters.values[i] }
      expectClose(
        part.input, expected.input.slice(axis: 1, range), relative: 1e-4, "input \(range), \(test)")
    }
    expectSame(parameters, expected.parameters, relative: 1e-4, "\(test)")
    let parts = SparseStateNumbers.dictionary(carried)
    for (name, values) in SparseStateNumbers.dictionary(expected.initialState) {
      expectClose(
        Tensor(parts[name]!.map { Float($0) }), Tensor(values.map { Float($0) }), relative: 1e-4,
        "\(name) of \(test)")
    }
  }
}
