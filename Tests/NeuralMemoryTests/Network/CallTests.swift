import NeuralMemory
import TestSupport
import Testing

/// Shapes of calls, their traces, and what a caller may not do.
@Suite struct CallTests {
  private func model(
    _ rnnType: RNNType = .lstm, batchFirst: Bool = true, debug: Bool = false,
    dialect: Dialect = .nature
  ) -> DNC {
    DNC(
      inputSize: 3, hiddenSize: 9, rnnType: rnnType, numLayers: 2, batchFirst: batchFirst,
      nrCells: 6, readHeads: 3, cellSize: 4, debug: debug, outputSize: 2, dialect: dialect,
      seed: 1)
  }

  @Test(arguments: RNNType.allCases)
  func emptyBatchesAndSequences(rnnType: RNNType) {
    let model = model(rnnType, debug: true)
    for shape in [[0, 5, 3], [4, 0, 3], [0, 0, 3]] {
      let input = Tensor(shape: shape)
      var random = RandomNumbers(seed: 1)
      let start = random.state(of: model, batch: shape[0])
      for output in [
        model(input, state: start), model.callWithPullback(input, state: start).output,
      ] {
        #expect(output.output.shape == [shape[0], shape[1], 2])
        #expect(output.state == start)
        #expect(output.trace?["memory"]?.shape == [0, 24])
      }
      #expect(model(input).state == model.initialState(batch: shape[0]))
      #expect(model.evaluate(input, lengths: nil).shape == [shape[0], shape[1], 2])
      let (output, pullback) = model.callWithPullback(input, state: start)
      let gradients = pullback(output.output, state: start)
      #expect(gradients.input.shape == shape)
      #expect(gradients.initialState == start)
      #expect(gradients.parameters == ParameterStore(layout: model.parameters.layout))
      var gradient = model.parameters
      let loss = model.lossAndGradient(
        input, lengths: nil, dropoutSeed: nil, workers: 2, into: &gradient
      ) { _, _, _ in 0 }
      #expect(loss == 0 && gradient == ParameterStore(layout: model.parameters.layout))
    }
    var state = model.initialState(batch: 0)
    #expect(model.step(Tensor(shape: [0, 3]), state: &state).shape == [0, 2])
  }

  @Test(arguments: RNNType.allCases)
  func timeFirstIsBatchFirstTransposed(rnnType: RNNType) {
    let (model, timeFirst) = (model(rnnType), model(rnnType, batchFirst: false))
    #expect(model.parameters == timeFirst.parameters)
    var random = RandomNumbers(seed: 2)
    let input = random.tensor([5, 7, 3])
    let dOutput = random.tensor([5, 7, 2])
    let lengths = [7, 0, 3, 5, 6]
    let swap = [1, 0, 2]
    let (a, pullbackA) = model.callWithPullback(input, lengths: lengths, workers: 2)
    let (b, pullbackB) = timeFirst.callWithPullback(
      input.transposed(swap), lengths: lengths, workers: 2)
    #expect(b.output.shape == [7, 5, 2])
    #expect(b.output == a.output.transposed(swap) && b.state == a.state)
    #expect(timeFirst(input.transposed(swap), lengths: lengths).output == b.output)
    let (ga, gb) = (pullbackA(dOutput), pullbackB(dOutput.transposed(swap)))
    #expect(gb.input == ga.input.transposed(swap))
    #expect(gb.parameters == ga.parameters && gb.initialState == ga.initialState)
    // training and evaluation are batch-first in any case
    #expect(timeFirst.evaluate(input, lengths: lengths) == a.output)
    #expect(model.evaluate(input, lengths: lengths) == a.output)
    func train(_ model: DNC) -> ParameterStore {
      var gradient = ParameterStore(layout: model.parameters.layout)
      _ = model.lossAndGradient(
        input, lengths: lengths, dropoutSeed: nil, workers: 2, into: &gradient
      ) { elements, _, gradient in
        gradient = dOutput.slice(axis: 0, elements)
        return 0
      }
      return gradient
    }
    #expect(train(model) == train(timeFirst))
    var stateA = a.state
    var stateB = a.state
    let x = random.tensor([5, 3])
    #expect(model.step(x, state: &stateA) == timeFirst.step(x, state: &stateB))
  }

  @Test(arguments: [false, true])
  func traces(shareMemory: Bool) throws {
    let model = DNC(
      inputSize: 3, hiddenSize: 8, numLayers: 3, nrCells: 5, readHeads: 2, cellSize: 4,
      shareMemory: shareMemory, debug: true, seed: 1)
    var random = RandomNumbers(seed: 3)
    let input = random.tensor([3, 6, 3])
    let result = model(input, lengths: [4, 6, 2], workers: 2)
    let trace = try #require(result.trace)
    let columns = [
      "memory": 20, "link_matrix": 25, "precedence": 5, "read_weights": 10, "write_weights": 5,
      "usage_vector": 5,
    ]
    #expect(Set(trace.keys) == Set(columns.keys))
    for (key, count) in columns {
      // element 0 has four steps
      #expect(trace[key]?.shape == [4 * 3, count], "\(key)")
    }
    // row t · layers + l is what layer l left at step t; the last ones are the final state's
    for layer in 0..<3 where layer == 2 || !shareMemory {
      let memory = result.state.memories[shareMemory ? 0 : layer]
      let row = 3 * 3 + layer
      let parts: [(String, Tensor)] = [
        ("memory", memory.memory), ("link_matrix", memory.link),
        ("precedence", memory.precedence), ("read_weights", memory.readWeights),
        ("write_weights", memory.writeWeights), ("usage_vector", memory.usage),
      ]
      for (key, tensor) in parts {
        #expect(
          trace[key]!.select(axis: 0, row).values == tensor.select(axis: 0, 0).values, "\(key)")
      }
    }
    let recorded = model.callWithPullback(input, lengths: [4, 6, 2]).output.trace
    #expect(recorded == trace)
    // windows of the engine do not show
    let long = random.tensor([1, 40, 3])
    let longTrace = try #require(model(long).trace)
    #expect(longTrace["memory"]?.shape == [120, 20])
    #expect(longTrace == model.callWithPullback(long).output.trace)

    let none = try #require(model(input, passThroughMemory: false).trace)
    #expect(none["memory"]?.shape == [0, 20])
    let plain = DNC(inputSize: 3, hiddenSize: 8, seed: 1)
    #expect(plain(input).trace == nil)
  }

  @Test(arguments: Dialect.allCases)
  func withoutMemory(dialect: Dialect) {
    let model = model(dialect: dialect)
    var random = RandomNumbers(seed: 4)
    let start = random.state(of: model, batch: 2)
    let input = random.tensor([2, 4, 3])
    let result = model(input, state: start, passThroughMemory: false)
    #expect(result.state.memories == start.memories)
    #expect(result.state.reads == Tensor(shape: [2, 12]))
    #expect(result.state.controllers != start.controllers)
    #expect(result.output != model(input, state: start).output)
    var state = start
    _ = model.step(input.select(axis: 1, 0), state: &state, passThroughMemory: false)
    #expect(state.memories == start.memories && state.reads == Tensor(shape: [2, 12]))
  }

  @Test func valueAndGradient() {
    let model = model()
    var random = RandomNumbers(seed: 5)
    let input = random.tensor([2, 4, 3])
    let (value, gradients) = model.valueAndGradient(input) { output in
      (output.output.sum, output.output.map { _ in 1 })
    }
    #expect(value == model(input).output.sum)
    let (_, pullback) = model.callWithPullback(input)
    let expected = pullback(Tensor(shape: [2, 4, 2], repeating: 1))
    #expect(gradients.parameters == expected.parameters && gradients.input == expected.input)
  }

  @Test func seedsAndDefaults() {
    #expect(model().parameters == model().parameters)
    #expect(
      DNC(inputSize: 3, hiddenSize: 4, seed: 1).parameters
        != DNC(inputSize: 3, hiddenSize: 4, seed: 2).parameters)
    let c = DNC(inputSize: 3, hiddenSize: 4).configuration
    #expect(c == NetworkConfiguration(inputSize: 3, hiddenSize: 4))
    #expect(c.outputs == 3 && c.clip == 20 && c.numHiddenLayers == 2 && c.nrCells == 5)
    // bounds of the first values, by name
    let fresh = DNC(inputSize: 3, hiddenSize: 16, nrCells: 4, readHeads: 2, cellSize: 5, seed: 9)
    for (name, bound) in [
      ("lstm_layer_0.weight_ih_l0", 1 / 4), ("lstm_layer_0.bias_hh_l1", 1 / 4),
      ("rnn_layer_memory_shared.interface_weights.weight", (6.0 / 16).squareRoot()),
      ("rnn_layer_memory_shared.interface_weights.bias", 1 / 4),
      ("output.weight", (6.0 / 26).squareRoot()), ("output.bias", (1 / 26.0).squareRoot()),
    ] as [(String, Double)] {
      let largest = Double(fresh.parameters[name].values.map(abs).max()!)
      #expect(largest <= bound && largest > bound / 4, "\(name)")
    }
  }

  /// Mistakes of the caller stop the program.
  @Test func mistakesAreCaught() async {
    await #expect(processExitsWith: .failure) {
      _ = DNC(inputSize: 3, hiddenSize: 4)(Tensor(shape: [2, 5, 4]))
    }
    await #expect(processExitsWith: .failure) {
      _ = DNC(inputSize: 3, hiddenSize: 4)(Tensor(shape: [2, 5, 3]), lengths: [5, 6])
    }
    await #expect(processExitsWith: .failure) {
      let model = DNC(inputSize: 3, hiddenSize: 4)
      _ = model(Tensor(shape: [2, 5, 3]), state: model.initialState(batch: 1))
    }
    await #expect(processExitsWith: .failure) {
      _ = DNC(inputSize: 3, hiddenSize: 4, nrCells: 0)
    }
    await #expect(processExitsWith: .failure) {
      var model = DNC(inputSize: 3, hiddenSize: 4)
      model.parameters = DNC(inputSize: 3, hiddenSize: 5).parameters
    }
  }
}
