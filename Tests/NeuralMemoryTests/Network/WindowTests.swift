import NeuralMemory
import TestSupport
import Testing

/// Sequences cut into windows, cut into shards and their parts, and continued from kept states.
@Suite struct WindowTests {
  private static let limits: RandomCase.Limits = {
    var limits = RandomCase.Limits()
    limits.cells = 20
    limits.cellSize = 9
    limits.hidden = 24
    return limits
  }()

  /// Windows with the state passed on and the gradients chained back through it are one call,
  /// exactly.
  @Test(arguments: 0..<24)
  func windowsWithChainedGradientsAreOneCall(number: Int) {
    // the package's dialect ties what layer 0 sees to where a call starts
    var test = RandomCase(seed: UInt64(100_000 + number), limits: Self.limits, dialect: .nature)
    let (steps, batch) = (test.steps, test.batch)
    let dOutput = test.random.tensor([batch, steps, test.configuration.outputs])
    let dState = test.random.cotangent(of: test.model, batch: batch)
    let (whole, pullback) = test.model.callWithPullback(
      test.input, state: test.start, lengths: test.lengths, workers: test.workers)
    let expected = pullback(dOutput, state: dState)

    var state = test.start!
    var windows: [(range: Range<Int>, pullback: DNC.Pullback)] = []
    var begin = 0
    while begin < steps {
      let range = begin..<min(steps, begin + test.random.integer(in: 1...4))
      let (output, pullback) = test.model.callWithPullback(
        test.input.slice(axis: 1, range), state: state,
        lengths: test.lengths?.map { max(0, min($0, range.upperBound) - range.lowerBound) },
        workers: test.random.integer(in: 1...3))
      #expect(output.output == whole.output.slice(axis: 1, range), "\(test)")
      state = output.state
      windows.append((range, pullback))
      begin = range.upperBound
    }
    #expect(state == whole.state)

    var parameters = ParameterStore(layout: expected.parameters.layout)
    var carried = dState
    for (range, pullback) in windows.reversed() {
      let part = pullback(dOutput.slice(axis: 1, range), state: carried)
      carried = part.initialState
      for i in parameters.values.indices { parameters.values[i] += part.parameters.values[i] }
      expectClose(
        part.input, expected.input.slice(axis: 1, range), relative: 1e-5, "input \(range), \(test)")
    }
    expectSame(parameters, expected.parameters, relative: 1e-5, "\(test)")
    let parts = StateTensors.dictionary(carried)
    for (name, tensor) in StateTensors.dictionary(expected.initialState) {
      expectClose(parts[name]!, tensor, relative: 1e-5, "\(name) of \(test)")
    }
  }

  /// The bits of the forward pass depend on nothing but the numbers; those of the gradient on the
  /// number of workers.
  @Test(arguments: 0..<24)
  func workers(number: Int) {
    var test = RandomCase(seed: UInt64(110_000 + number), limits: Self.limits)
    let dOutput = test.random.tensor([test.batch, test.steps, test.configuration.outputs])
    var reference: (output: DNC.Output, gradients: DNC.Gradients)?
    for workers in 1...3 {
      let run = gradients(test, dOutput, workers: workers)
      let again = gradients(test, dOutput, workers: workers)
      #expect(run.output.output == again.output.output)
      #expect(run.gradients.parameters == again.gradients.parameters)
      #expect(run.gradients.input == again.gradients.input)
      #expect(run.gradients.initialState == again.gradients.initialState)
      let plain = test.model(
        test.input, state: test.start, lengths: test.lengths, workers: workers)
      let one = reference ?? run
      reference = one
      #expect(plain.output == one.output.output && plain.state == one.output.state, "\(test)")
      #expect(run.output.output == one.output.output && run.output.state == one.output.state)
      expectSame(run.gradients.parameters, one.gradients.parameters, relative: 1e-5, "\(test)")
      expectClose(run.gradients.input, one.gradients.input, relative: 1e-6, "\(test)")
    }
  }

  private func gradients(
    _ test: RandomCase, _ dOutput: Tensor, workers: Int
  ) -> (output: DNC.Output, gradients: DNC.Gradients) {
    let (output, pullback) = test.model.callWithPullback(
      test.input, state: test.start, lengths: test.lengths, workers: workers)
    return (output, pullback(dOutput))
  }

  /// A pullback may be called again, and other calls in between do not disturb what it keeps.
  @Test func pullbackIsAFunction() {
    var test = RandomCase(seed: 120_000, limits: Self.limits)
    let dOutput = test.random.tensor([test.batch, test.steps, test.configuration.outputs])
    let (_, pullback) = test.model.callWithPullback(test.input, state: test.start)
    let first = pullback(dOutput)
    var other = test.model
    other.parameters.values = other.parameters.values.map { -$0 }
    let (_, otherPullback) = other.callWithPullback(test.input, state: test.start)
    _ = otherPullback(dOutput)
    _ = test.model(test.input)
    let second = pullback(dOutput)
    #expect(first.parameters == second.parameters)
    #expect(first.input == second.input)
    #expect(first.initialState == second.initialState)
    // linear in what comes in
    let doubled = pullback(dOutput.map { 2 * $0 })
    #expect(doubled.parameters.values == first.parameters.values.map { 2 * $0 })
  }

  /// Training's pass, in parts and on workers, against the pullback of one call; the batch is
  /// large enough for several parts.
  @Test(arguments: 0..<8, [1, 2, 3])
  func lossAndGradientIsThePullback(number: Int, workers: Int) {
    var test = RandomCase(seed: UInt64(130_000 + number), limits: Self.limits)
    let batch = [1, 5, 37, 75][number % 4]
    let steps = test.steps
    let c = test.configuration
    if number % 2 == 1 { test.change { $0.dropout = 0.3 } }
    let seed: UInt64? = number % 3 == 0 ? nil : 99
    let input = test.random.tensor([batch, steps, c.inputSize])
    let lengths = (0..<batch).map { _ in test.random.integer(in: 0...steps) }
    let target = test.random.tensor([batch, steps, c.outputs])
    let (output, pullback) = test.model.callWithPullback(
      input, lengths: lengths, dropoutSeed: seed, workers: workers)
    let difference = output.output.combining(target, -)
    let expected = pullback(difference)
    let expectedLoss = difference.values.reduce(0.0) { $0 + 0.5 * Double($1) * Double($1) }

    func train() -> (Double, ParameterStore) {
      var gradient = ParameterStore(layout: test.model.parameters.layout)
      gradient.values = gradient.values.map { _ in .nan }
      let loss = test.model.lossAndGradient(
        input, lengths: lengths, dropoutSeed: seed, workers: workers, into: &gradient
      ) { elements, output, gradient in
        let target = target.slice(axis: 0, elements)
        #expect(output.shape == [elements.count, steps, c.outputs])
        gradient = output.combining(target, -)
        return gradient.values.reduce(0.0) { $0 + 0.5 * Double($1) * Double($1) }
      }
      return (loss, gradient)
    }
    let (loss, gradient) = train()
    let (lossAgain, gradientAgain) = train()
    #expect(loss == lossAgain && gradient == gradientAgain)
    #expect(abs(loss - expectedLoss) <= 1e-6 * expectedLoss)
    expectSame(gradient, expected.parameters, relative: 1e-5, "\(test)")
  }

  /// Step by step gives the bits of the call, for batches that fill no whole tile.
  @Test(arguments: [1, 2, 3, 5, 7, 9, 17], RNNType.allCases)
  func streamingIsTheCall(batch: Int, rnnType: RNNType) {
    var random = RandomNumbers(seed: UInt64(140_000 + batch))
    let model = DNC(
      inputSize: 5, hiddenSize: 19, rnnType: rnnType, numLayers: 2, nrCells: 21, readHeads: 3,
      cellSize: 6, shareMemory: batch % 2 == 0, seed: 3)
    // beyond the engine's window of 16 steps
    let input = random.tensor([batch, 35, 5])
    let whole = model(input)
    var state = model.initialState(batch: batch)
    for step in 0..<35 {
      let output = model.step(input.select(axis: 1, step), state: &state)
      #expect(output == whole.output.select(axis: 1, step), "step \(step)")
    }
    #expect(state == whole.state)
  }

  /// In the package's dialect the reads that layer 0 sees change with each call: steps are calls of
  /// their own.
  @Test func streamingInThePackagesDialect() {
    var test = RandomCase(seed: 150_000, limits: Self.limits, dialect: .pytorchDNC)
    test.lengths = nil
    var state = test.start!
    var expected = test.start!
    for step in 0..<test.steps {
      let input = test.input.slice(axis: 1, step..<step + 1)
      let call = test.model(input, state: expected)
      expected = call.state
      let output = test.model.step(input.select(axis: 1, 0), state: &state)
      #expect(output == call.output.select(axis: 1, 0))
      #expect(state == expected)
    }
  }

  @Test(arguments: Dialect.allCases)
  func statesAreValues(dialect: Dialect) {
    var test = RandomCase(seed: 160_000, limits: Self.limits, dialect: dialect)
    let start = test.start!
    let before = StateTensors.dictionary(start)
    let first = test.model(test.input, state: start)
    let recorded = test.model.callWithPullback(test.input, state: start)
    _ = recorded.pullback(
      recorded.output.output,
      state: test.random.cotangent(of: test.model, batch: test.batch))
    var copy = start
    let x = test.random.tensor([test.batch, test.configuration.inputSize])
    for _ in 0..<3 { _ = test.model.step(x, state: &copy) }
    #expect(copy != start)
    #expect(StateTensors.dictionary(start) == before, "the start is unchanged")
    #expect(test.model(test.input, state: start).output == first.output)

    // two ways on from one state
    let other = test.random.tensor(test.input.shape)
    let one = test.model(test.input, state: first.state)
    let two = test.model(other, state: first.state)
    #expect(one.output != two.output)
    #expect(test.model(test.input, state: first.state).output == one.output)
    #expect(test.model(other, state: first.state).state == two.state)

    var emptied = first.state
    emptied.resetExperience()
    #expect(emptied.controllers == first.state.controllers && emptied.reads == first.state.reads)
    #expect(emptied.memories == test.model.initialState(batch: test.batch).memories)
    #expect(
      test.model(test.input, state: emptied).output
        == test.model(test.input, state: first.state, resetExperience: true).output)
  }
}
