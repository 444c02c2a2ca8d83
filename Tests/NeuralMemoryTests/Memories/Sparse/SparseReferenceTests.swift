import TestSupport
import Testing

@testable import NeuralMemory

/// The library against the dense second implementation, on random configurations.
///
/// Where a choice (which cells are nearest, what is cut, who was accessed) hangs on less than
/// single precision can tell, both may be right and far apart: an element is compared up to the
/// first such step. Exact ties between identical cells do not count, they have one answer.
@Suite struct SparseReferenceTests {
  @Test(arguments: 0..<8)
  func samAgrees(group: Int) { compare(SAM.self, group) }

  @Test(arguments: 0..<8)
  func sdncAgrees(group: Int) { compare(SDNC.self, group) }

  private func compare<M: Memory>(_ type: Network<M>.Type, _ group: Int)
  where M.State == SparseMemoryState {
    var tally = Tally()
    for number in 0..<16 {
      let seed = UInt64(500_000 + group * 1000 + number)
      var limits = SparseCase<M>.Limits()
      // few cells: the memory fills and cells are used again
      if number % 2 == 0 { limits.cells = 9 }
      if number % 4 == 3 { limits.temporal = 2 }
      var test = SparseCase<M>(seed: seed, limits: limits) {
        if number % 8 == 5 { $0.nrCells = 100 }
        if number % 8 == 6 { ($0.numLayers, $0.shareMemory) = (3, true) }
        if number % 8 == 7 { ($0.numLayers, $0.shareMemory) = (2, false) }
      }
      if number % 3 == 1 { test.warmUp(12) }
      compare(test, &tally)
    }
    #expect(tally.steps * 10 >= tally.allSteps * 5, "too few steps far enough from ties: \(tally)")
    #expect(tally.ends * 10 >= tally.allEnds * 5, "too few elements compared whole: \(tally)")
  }

  @Test(arguments: 0..<3)
  func longSequencesOfSAM(number: Int) { compareLong(SAM.self, number) }

  @Test(arguments: 0..<3)
  func longSequencesOfSDNC(number: Int) { compareLong(SDNC.self, number) }

  private func compareLong<M: Memory>(_ type: Network<M>.Type, _ number: Int)
  where M.State == SparseMemoryState {
    var limits = SparseCase<M>.Limits()
    (limits.steps, limits.shortest, limits.cells, limits.heads, limits.sparse) = (
      300, 300, 24, 2, 4
    )
    var tally = Tally()
    for part in 0..<6 {
      let test = SparseCase<M>(seed: UInt64(530_000 + 10 * number + part), limits: limits) {
        $0.nonlinearity = .tanh
        // in few dimensions, and without ever new inputs, scores crowd
        $0.hiddenSize = max($0.hiddenSize, 12)
        $0.cellSize = max($0.cellSize, 6)
        $0.inputSize = max($0.inputSize, 4)
        $0.numLayers = 1 + part % 2
      }
      compare(test, &tally)
    }
    #expect(tally.steps * 4 >= tally.allSteps, "too few steps far enough from ties: \(tally)")
  }

  @Test(arguments: [true, false], [true, false])
  func withoutMemoryAndAfterAReset(passThroughMemory: Bool, resetExperience: Bool) {
    var tally = Tally()
    for number in 0..<10 {
      var test = SparseCase<LinkedSparseMemory>(seed: UInt64(540_000 + number))
      test.warmUp(10)
      compare(test, &tally, passThroughMemory, resetExperience)
    }
    #expect(tally.steps * 10 >= tally.allSteps * 5, "\(tally)")
  }

  private struct Tally {
    var steps = 0
    var allSteps = 0
    var ends = 0
    var allEnds = 0
  }

  private func compare<M: Memory>(
    _ test: SparseCase<M>, _ tally: inout Tally, _ passThroughMemory: Bool = true,
    _ resetExperience: Bool = false
  ) where M.State == SparseMemoryState {
    var reference = test.reference
    reference.passThroughMemory = passThroughMemory
    var numbers = test.numbers
    if resetExperience {
      reference.start = nil
      for name in numbers.keys where name.hasPrefix("state/memory") || name.hasPrefix("state/read_")
      {
        numbers[name] = nil
      }
    }
    let expected = reference.run(numbers)
    let result = test.model(
      test.input, state: test.start, lengths: test.lengths, resetExperience: resetExperience,
      passThroughMemory: passThroughMemory, workers: test.workers)
    let recorded = test.model.callWithPullback(
      test.input, state: test.start, lengths: test.lengths, resetExperience: resetExperience,
      passThroughMemory: passThroughMemory, workers: test.workers
    ).output
    #expect(recorded.output == result.output, "\(test)")
    #expect(recorded.state == result.state, "\(test)")

    let outputs = test.configuration.outputs
    let tolerance = test.steps > 50 ? 1e-3 : 5e-5
    for item in 0..<test.batch {
      let margins = expected.margins[item]
      let sure = margins.firstIndex { $0 < 3e-5 } ?? margins.count
      tally.steps += sure
      tally.allSteps += margins.count
      tally.allEnds += 1
      let from = item * test.steps * outputs
      // past the length too: zeros
      let to = from + (sure == margins.count ? test.steps : sure) * outputs
      close(
        result.output.values[from..<to].map(Double.init), Array(expected.output[from..<to]),
        tolerance, "output of element \(item), \(sure) of \(margins.count) steps; \(test)")
      guard sure == margins.count else { continue }
      tally.ends += 1
      for (m, memory) in expected.memories[item].enumerated() {
        compare(
          result.state.memories[m].elements[item], memory, tolerance,
          "of memory \(m), element \(item); \(test)")
      }
    }
  }

  private func compare(
    _ item: ElementMemory, _ expected: SparseReferenceMemory, _ tolerance: Double, _ label: String
  ) {
    close(
      SparseStateNumbers.contents(item).values, expected.memory.values, tolerance,
      "contents \(label)")
    close(
      SparseStateNumbers.reads(item).values, expected.reads.values, tolerance,
      "read weights \(label)")
    #expect(SparseStateNumbers.lastAccess(item) == expected.last, "last accesses \(label)")
    #expect(item.step == expected.step, "steps \(label)")
    guard let links = item.links else { return }
    close(
      SparseStateNumbers.links(links.before, item).values, expected.a.values, tolerance,
      "A \(label)")
    close(
      SparseStateNumbers.links(links.after, item).values, expected.b.values, tolerance,
      "B \(label)")
    close(
      SparseStateNumbers.precedence(item), expected.precedence, tolerance, "precedence \(label)")
  }

  private func close(
    _ found: [Double], _ expected: [Double], _ tolerance: Double, _ label: String
  ) {
    let scale = expected.reduce(1e-3) { max($0, abs($1)) }
    let worst = zip(found, expected).map { abs($0 - $1) }.max() ?? 0
    #expect(
      found.count == expected.count && worst <= tolerance * scale,
      "off by \(worst) of \(scale): \(label)")
  }
}
