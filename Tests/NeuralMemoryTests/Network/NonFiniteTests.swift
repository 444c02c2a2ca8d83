import NeuralMemory
import TestSupport
import Testing

/// A value that is not a number must be seen, must not spread to other elements, and must leave
/// nothing behind.
@Suite struct NonFiniteTests {
  private static let types: [(RNNType, Nonlinearity)] = [
    (.lstm, .tanh), (.gru, .tanh), (.rnn, .tanh), (.rnn, .relu),
  ]

  private func model(_ type: Int, _ dialect: Dialect, clip: Float = 20) -> DNC {
    DNC(
      inputSize: 3, hiddenSize: 7, rnnType: Self.types[type].0, numLayers: 2, nrCells: 6,
      readHeads: 3, cellSize: 4, nonlinearity: Self.types[type].1, shareMemory: type % 2 == 0,
      clip: clip, dialect: dialect, seed: 5)
  }

  @Test(arguments: 0..<4, Dialect.allCases)
  func aParameterThatIsNotANumberShows(type: Int, dialect: Dialect) {
    let model = model(type, dialect)
    var random = RandomNumbers(seed: 310_000)
    let input = random.tensor([2, 4, 3])
    for entry in model.parameters.layout.entries {
      for position in [0, entry.count / 2, entry.count - 1] {
        var broken = model
        broken.parameters.values[entry.offset + position] = .nan
        let output = broken(input).output
        #expect(!output.select(axis: 1, 3).allFinite, "\(entry.name) \(position)")
        let recorded = broken.callWithPullback(input).output.output
        #expect(recorded.values.map { $0.isNaN } == output.values.map { $0.isNaN })
      }
    }
  }

  @Test(arguments: 0..<4, Dialect.allCases)
  func anInputThatIsNotANumberShowsInItsElementAlone(type: Int, dialect: Dialect) {
    let model = model(type, dialect)
    var random = RandomNumbers(seed: 311_000)
    let clean = random.tensor([3, 5, 3])
    let expected = model(clean, workers: 1)
    for i in 0..<3 {
      var input = clean
      input[1, 2, i] = .nan
      for output in [model(input, workers: 1), model.callWithPullback(input, workers: 1).output] {
        let rows = output.output
        #expect(rows.select(axis: 0, 0) == expected.output.select(axis: 0, 0))
        #expect(rows.select(axis: 0, 2) == expected.output.select(axis: 0, 2))
        let element = rows.select(axis: 0, 1)
        for step in 0..<5 {
          #expect(element.select(axis: 0, step).allFinite == (step < 2), "step \(step)")
        }
        #expect(!output.state.memories[0].usage.allFinite)
      }
    }
  }

  /// Working memory is used again: what was not finite in one call must not show in the next.
  @Test(arguments: 0..<4, [Float.nan, .infinity, 3e38])
  func nothingIsLeftBehind(type: Int, junk: Float) {
    for clip in [0, 20] as [Float] {
      let model = model(type, .nature, clip: clip)
      var random = RandomNumbers(seed: 312_000)
      let clean = random.tensor([2, 20, 3])
      func run(_ model: DNC) -> (Tensor, ParameterStore, DNCState) {
        let output = model(clean, workers: 1)
        let (recorded, pullback) = model.callWithPullback(clean, workers: 1)
        #expect(recorded.output == output.output)
        return (output.output, pullback(output.output).parameters, output.state)
      }
      let expected = run(model)
      #expect(expected.0.allFinite && expected.1.firstNonFinite() == nil)

      var state = model.initialState(batch: 2)
      StateTensors.fill(&state) { _, shape in Tensor(shape: shape, repeating: junk) }
      let dirty = clean.map { _ in junk }
      for start in [nil, state] {
        _ = model(dirty, state: start, workers: 1)
        let (output, pullback) = model.callWithPullback(dirty, state: start, workers: 1)
        _ = pullback(output.output, state: state)
        var gradient = ParameterStore(layout: model.parameters.layout)
        _ = model.lossAndGradient(
          dirty, lengths: nil, dropoutSeed: nil, workers: 1, into: &gradient
        ) { _, output, gradient in
          gradient = output
          return 0
        }
      }
      // a model of its own parameters shares the working memory
      var broken = model
      broken.parameters.values = broken.parameters.values.map { _ in junk }
      _ = broken(clean, workers: 1)
      let (output, pullback) = broken.callWithPullback(clean, workers: 1)
      _ = pullback(output.output)
      let found = run(model)
      #expect(found.0 == expected.0 && found.1 == expected.1 && found.2 == expected.2)
    }
  }

  /// A relu network may overflow; it must come to an end all the same, and show it.
  @Test(arguments: Dialect.allCases)
  func aNetworkThatOverflowsIsHeard(dialect: Dialect) {
    var model = model(3, dialect, clip: 0)
    model.parameters.values = model.parameters.values.map { abs($0) * 1e20 }
    let input = Tensor(shape: [2, 12, 3], repeating: 1)
    let (output, pullback) = model.callWithPullback(input)
    #expect(!output.output.select(axis: 1, 11).allFinite)
    #expect(pullback(output.output).parameters.firstNonFinite() != nil)
    #expect(!model(input).output.allFinite)
  }

  /// A state that went bad can be repaired: its parts are all there is to it.
  @Test func aStateCanBeRepaired() {
    let model = model(0, .nature)
    var random = RandomNumbers(seed: 313_000)
    let good = random.state(of: model, batch: 2)
    let input = random.tensor([2, 3, 3])
    var bad = model(input.map { _ in .nan }).state
    let parts = StateTensors.dictionary(good)
    StateTensors.fill(&bad) { name, _ in parts[name]! }
    #expect(bad == good)
    let output = model(input, state: bad).output
    #expect(output.allFinite && output == model(input, state: good).output)
  }
}
