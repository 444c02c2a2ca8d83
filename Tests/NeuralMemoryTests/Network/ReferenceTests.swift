import NeuralMemory
import TestSupport
import Testing

/// The library against a second implementation in double precision, on random configurations.
///
/// Starts are random and the reference watches how near usages come to a tie that matters: from the
/// all-zero memory usages differ only by rounding, the sort is then arbitrary, and single and
/// double precision may both be right and far apart. Such cases are left out and counted.
@Suite struct ReferenceTests {
  @Test(arguments: 0..<12)
  func agreesWithTheReference(group: Int) {
    var compared = 0
    for number in 0..<24 {
      var test = RandomCase(seed: UInt64(group * 1000 + number))
      if number % 5 == 0 {
        // from nothing: one access, or one cell
        test.start = nil
        if test.configuration.nrCells > 1 {
          test.change { $0.numLayers = 1 }
          test = test.prefix(1)
        }
      }
      if compare(test) { compared += 1 }
    }
    #expect(compared >= 15, "too few cases far enough from ties")
  }

  @Test(arguments: [true, false], [true, false])
  func withoutMemoryAndAfterAReset(passThroughMemory: Bool, resetExperience: Bool) {
    var compared = 0
    for number in 0..<20 {
      // one step: after a reset the memory is empty, and only its first usages are exactly tied
      var limits = RandomCase.Limits()
      if resetExperience { limits.steps = 1 }
      let test = RandomCase(seed: UInt64(50_000 + number), limits: limits)
      if compare(test, passThroughMemory: passThroughMemory, resetExperience: resetExperience) {
        compared += 1
      }
    }
    #expect(compared >= 12)
  }

  /// Returns false if the case is too near a tie to be compared.
  private func compare(
    _ test: RandomCase, passThroughMemory: Bool = true, resetExperience: Bool = false
  ) -> Bool {
    var reference = test.reference
    reference.passThroughMemory = passThroughMemory
    reference.resetExperience = resetExperience
    let expected = reference.run(test.numbers)
    guard expected.tie > 1e-5 else { return false }
    let result = test.model(
      test.input, state: test.start, lengths: test.lengths, resetExperience: resetExperience,
      passThroughMemory: passThroughMemory, workers: test.workers)
    let shape = [test.batch, test.steps, test.configuration.outputs]
    expectClose(
      result.output, tensor(shape, expected.output), relative: 5e-5, "output of \(test)")
    for (name, found) in StateTensors.dictionary(result.state) {
      expectClose(
        found, tensor(found.shape, expected.state[name] ?? []), relative: 5e-5,
        "\(name) of \(test)")
    }
    // the recorded call is the same function
    let recorded = test.model.callWithPullback(
      test.input, state: test.start, lengths: test.lengths, resetExperience: resetExperience,
      passThroughMemory: passThroughMemory, workers: test.workers
    ).output
    #expect(recorded.output == result.output, "\(test)")
    #expect(recorded.state == result.state, "\(test)")
    return true
  }

  private func tensor(_ shape: [Int], _ values: [Double]) -> Tensor {
    Tensor(shape: shape, values: values.map { Float($0) })
  }
}
