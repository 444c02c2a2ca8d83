import NeuralMemory
import TestSupport
import Testing

/// Sequences of different lengths in one batch.
@Suite struct LengthTests {
  private func test(_ seed: Int) -> RandomCase {
    var test = RandomCase(seed: UInt64(300_000 + seed))
    test.input = test.random.tensor([4, 9, test.configuration.inputSize])
    test.lengths = [0, 9, test.random.integer(in: 1...8), test.random.integer(in: 0...9)]
    test.start = test.random.state(of: test.model, batch: 4)
    return test
  }

  /// Numbers of one batch element, in every part of a state.
  private func element(_ item: Int, _ state: DNCState) -> [String: Tensor] {
    StateTensors.dictionary(state).mapValues { $0.select(axis: 0, item) }
  }

  @Test(arguments: 0..<16)
  func anElementIsItsOwnShorterCall(seed: Int) {
    let test = test(seed)
    let lengths = test.lengths!
    let whole = test.model(
      test.input, state: test.start, lengths: lengths, workers: test.workers)
    for (item, length) in lengths.enumerated() {
      var alone = test.model.initialState(batch: 1)
      let parts = element(item, test.start!)
      StateTensors.fill(&alone) { name, shape in parts[name]!.reshaped(shape) }
      let input = test.input.slice(axis: 0, item..<item + 1).slice(axis: 1, 0..<length)
      let short = test.model(input, state: alone)
      let output = whole.output.slice(axis: 0, item..<item + 1)
      #expect(output.slice(axis: 1, 0..<length) == short.output, "\(test)")
      #expect(output.slice(axis: 1, length..<9).values.allSatisfy { $0 == 0 })
      #expect(element(item, whole.state) == element(0, short.state), "\(test)")
    }
    #expect(element(0, whole.state) == element(0, test.start!), "length 0 leaves the state")
  }

  /// Whatever stands past an element's end, in the input or in the output's gradient, does nothing.
  @Test(arguments: 0..<16, [Float.nan, .infinity, 3e38])
  func whatIsPastTheEndIsIgnored(seed: Int, junk: Float) {
    let test = test(seed)
    let lengths = test.lengths!
    var input = test.input
    var dOutput = Tensor(
      shape: [4, 9, test.configuration.outputs], repeating: 1)
    let clean = (input, dOutput)
    for item in 0..<4 {
      for step in lengths[item]..<9 {
        for i in 0..<input.shape[2] { input[item, step, i] = junk }
        for i in 0..<dOutput.shape[2] { dOutput[item, step, i] = junk }
      }
    }
    func run(_ input: Tensor, _ dOutput: Tensor) -> (DNC.Output, DNC.Gradients) {
      let (output, pullback) = test.model.callWithPullback(
        input, state: test.start, lengths: lengths, workers: test.workers)
      return (output, pullback(dOutput))
    }
    let (expected, expectedGradients) = run(clean.0, clean.1)
    let (found, gradients) = run(input, dOutput)
    #expect(found.output.allFinite)
    #expect(found.output == expected.output)
    #expect(found.state == expected.state)
    #expect(gradients.parameters == expectedGradients.parameters)
    #expect(gradients.input == expectedGradients.input)
    #expect(gradients.initialState == expectedGradients.initialState)
    #expect(
      test.model(input, state: test.start, lengths: lengths, workers: test.workers).output
        == expected.output)
    for item in 0..<4 {
      for step in lengths[item]..<9 {
        #expect(gradients.input.select(axis: 0, item).select(axis: 0, step).sum == 0)
      }
    }
  }

  /// The same in training's pass, where every part of a shard has lengths of its own.
  @Test func trainingIgnoresWhatIsPastTheEnd() {
    let test = test(1)
    let lengths = test.lengths!
    var input = test.input
    for step in lengths[2]..<9 { input[2, step, 0] = .nan }
    func gradient(_ input: Tensor, junk: Float) -> (Double, ParameterStore) {
      var gradient = ParameterStore(layout: test.model.parameters.layout)
      let loss = test.model.lossAndGradient(
        input, lengths: lengths, dropoutSeed: nil, workers: 2, into: &gradient
      ) { elements, output, gradient in
        gradient = output
        for (row, item) in elements.enumerated() {
          for step in lengths[item]..<9 { gradient[row, step, 0] = junk }
        }
        return output.values.reduce(0.0) { $0 + Double($1) }
      }
      return (loss, gradient)
    }
    let clean = gradient(test.input, junk: 0)
    let dirty = gradient(input, junk: .nan)
    #expect(clean.0 == dirty.0 && clean.1 == dirty.1)
    #expect(clean.1.firstNonFinite() == nil && clean.1.globalNorm > 0)
  }

  /// Of frozen elements the gradient of the final state is that of the initial state.
  @Test func gradientsPassThroughFrozenElements() {
    var test = test(2)
    let dState = test.random.cotangent(of: test.model, batch: 4)
    let (output, pullback) = test.model.callWithPullback(
      test.input, state: test.start, lengths: [0, 0, 0, 0])
    let gradients = pullback(output.output, state: dState)
    #expect(gradients.initialState == dState)
    #expect(gradients.parameters.globalNorm == 0)
  }
}
