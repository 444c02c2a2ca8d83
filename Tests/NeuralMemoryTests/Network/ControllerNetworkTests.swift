import Foundation
import NeuralMemory
import TestSupport
import Testing

/// The controllers alone, without a memory.
@Suite struct ControllerNetworkTests {
  private func parts(_ state: ControllerState) -> [String: Tensor] {
    var tensors: [String: Tensor] = [:]
    for (layer, cells) in state.controllers.enumerated() {
      for (depth, cell) in cells.enumerated() {
        tensors["h.\(layer).\(depth)"] = cell.h
        tensors["c.\(layer).\(depth)"] = cell.c
      }
    }
    return tensors
  }

  private func numbers(_ test: NetworkCase<NoMemory>) -> [String: [Double]] {
    let start = test.start.map { parts($0) } ?? [:]
    return test.numbers(start: start.mapValues { $0.values.map(Double.init) })
  }

  private func reference(_ test: NetworkCase<NoMemory>) -> ReferenceStack {
    ReferenceStack(
      configuration: test.configuration, batch: test.batch, steps: test.steps,
      lengths: test.lengths ?? Array(repeating: test.steps, count: test.batch))
  }

  @Test(arguments: 0..<40)
  func agreesWithTheReference(number: Int) {
    var test = NetworkCase<NoMemory>(seed: UInt64(800_000 + number))
    if number % 3 > 0 { test.warmUp(5) }
    let expected = reference(test).run(numbers(test))
    let result = test.model(
      test.input, state: test.start, lengths: test.lengths, workers: test.workers)
    expectClose(
      result.output,
      Tensor(shape: result.output.shape, values: expected.output.map { Float($0) }),
      relative: 5e-5, "output of \(test)")
    for (name, tensor) in parts(result.state) {
      expectClose(
        tensor, Tensor(shape: tensor.shape, values: expected.state[name]!.map { Float($0) }),
        relative: 5e-5, "\(name) of \(test)")
    }
    #expect(result.state.memories.isEmpty && result.state.reads.count == 0)
    // the recorded call is the same function, and so are steps
    let recorded = test.model.callWithPullback(
      test.input, state: test.start, lengths: test.lengths, workers: test.workers
    ).output
    #expect(recorded.output == result.output && recorded.state == result.state, "\(test)")
    guard test.lengths == nil else { return }
    var state = test.start ?? test.model.initialState(batch: test.batch)
    for step in 0..<test.steps {
      let output = test.model.step(test.input.select(axis: 1, step), state: &state)
      #expect(output == result.output.select(axis: 1, step), "step \(step) of \(test)")
    }
    #expect(state == result.state, "\(test)")
  }

  @Test(arguments: RNNType.allCases + [RNNType(LeakyIntegrator())], [Float(0), 0.4])
  func gradientsByFiniteDifferences(rnnType: RNNType, dropout: Float) {
    var checked = 0
    for seed in 810_000..<810_100 where checked < 8 {
      var limits = NetworkCase<NoMemory>.Limits()
      (limits.hidden, limits.steps, limits.batch) = (10, 6, 3)
      var test = NetworkCase<NoMemory>(seed: UInt64(seed), limits: limits) {
        ($0.rnnType, $0.dropout) = (rnnType, dropout)
        if seed % 5 == 0 { $0.clip = 0.1 }
      }
      if seed % 2 == 0 { test.warmUp(4) }
      var reference = reference(test)
      let dropoutSeed: UInt64? = dropout > 0 ? 77 : nil
      if let dropoutSeed {
        let c = test.configuration
        reference.dropout = {
          dropoutFactors(c, seed: dropoutSeed, element: $0, step: $1, hiddenLayer: $2)
        }
      }
      let numbers = numbers(test)
      guard reference.run(numbers).kink > 1e-4 else { continue }
      checked += 1
      let (output, pullback) = test.model.callWithPullback(
        test.input, state: test.start, lengths: test.lengths, dropoutSeed: dropoutSeed,
        workers: test.workers)
      let dOutput = test.random.tensor(output.output.shape)
      var dState = output.state
      for layer in dState.controllers.indices {
        for depth in dState.controllers[layer].indices {
          let cell = dState.controllers[layer][depth]
          dState.controllers[layer][depth].h = test.random.tensor(cell.h.shape)
          dState.controllers[layer][depth].c = cell.c.map { test.random.tensor($0.shape) }
        }
      }
      func loss(_ numbers: [String: [Double]]) -> Double {
        let result = reference.run(numbers)
        return parts(dState).reduce(dot(result.output, dOutput.values.map(Double.init))) {
          $0 + dot(result.state[$1.key]!, $1.value.values.map(Double.init))
        }
      }
      let gradients = pullback(dOutput, state: dState)
      var found = ["input": gradients.input]
      for entry in gradients.parameters.layout.entries {
        found[entry.name] = gradients.parameters[entry.name]
      }
      for (name, tensor) in parts(gradients.initialState) { found["state/\(name)"] = tensor }
      let whole = found.values.reduce(0.0) { $0 + squares($1) }.squareRoot()
      for (name, point) in numbers {
        let direction = (0..<point.count).map { _ in Double(test.random.normal()) }
        let expected = centralDifference(at: [0], count: 1, step: 1e-5) { t in
          var moved = numbers
          moved[name] = zip(point, direction).map { $0 + t[0] * $1 }
          return loss(moved)
        }[0]
        let ours = dot(direction, found[name]!.values.map(Double.init))
        let length = dot(direction, direction).squareRoot()
        #expect(
          abs(ours - expected) <= length
            * (1e-3 * squares(found[name]!).squareRoot() + 2e-5 * whole),
          "\(name): \(ours) instead of \(expected); \(test)")
      }
    }
    #expect(checked == 8)
  }

  private func squares(_ tensor: Tensor) -> Double {
    tensor.values.reduce(0) { $0 + Double($1) * Double($1) }
  }

  @Test func trainingGradientIsThePullbacks() {
    for seed in 0..<6 as Range<UInt64> {
      var test = NetworkCase<NoMemory>(seed: 820_000 + seed)
      let dOutput = test.random.tensor([test.batch, test.steps, test.configuration.outputs])
      var gradient = ParameterStore(layout: test.model.parameters.layout)
      _ = test.model.lossAndGradient(
        test.input, lengths: test.lengths, dropoutSeed: nil, workers: test.workers, into: &gradient
      ) { elements, _, gradient in
        gradient = dOutput.slice(axis: 0, elements)
        return 0
      }
      let (_, pullback) = test.model.callWithPullback(test.input, lengths: test.lengths)
      expectSame(gradient, pullback(dOutput).parameters, relative: 1e-5, "\(test)")
    }
  }

  @Test func parametersAreTheControllersAndTheOutputLayer() {
    let model = ControllerNetwork(inputSize: 3, hiddenSize: 5, rnnType: .gru, numLayers: 2)
    #expect(
      model.parameters.layout.entries.map { "\($0.name) \($0.shape)" } == [
        "gru_layer_0.weight_ih_l0 [15, 3]", "gru_layer_0.weight_hh_l0 [15, 5]",
        "gru_layer_0.bias_ih_l0 [15]", "gru_layer_0.bias_hh_l0 [15]",
        "gru_layer_0.weight_ih_l1 [15, 5]", "gru_layer_0.weight_hh_l1 [15, 5]",
        "gru_layer_0.bias_ih_l1 [15]", "gru_layer_0.bias_hh_l1 [15]",
        "gru_layer_1.weight_ih_l0 [15, 5]", "gru_layer_1.weight_hh_l0 [15, 5]",
        "gru_layer_1.bias_ih_l0 [15]", "gru_layer_1.bias_hh_l0 [15]",
        "gru_layer_1.weight_ih_l1 [15, 5]", "gru_layer_1.weight_hh_l1 [15, 5]",
        "gru_layer_1.bias_ih_l1 [15]", "gru_layer_1.bias_hh_l1 [15]",
        "output.weight [3, 5]", "output.bias [3]",
      ])
  }

  @Test func emptyBatchesTracesAndMemorySwitches() throws {
    let model = ControllerNetwork(inputSize: 3, hiddenSize: 5, debug: true)
    for shape in [[0, 5, 3], [4, 0, 3]] {
      let (output, pullback) = model.callWithPullback(Tensor(shape: shape))
      #expect(output.output.shape == shape && pullback(output.output).input.shape == shape)
    }
    var random = RandomNumbers(seed: 1)
    let input = random.tensor([2, 4, 3])
    let result = model(input)
    #expect(try #require(result.trace).isEmpty)
    // there is nothing to pass through, nothing to empty
    let start = model(random.tensor([2, 3, 3])).state
    #expect(
      model(input, state: start, resetExperience: true, passThroughMemory: false).output
        == model(input, state: start).output)
  }

  @Test func filesRoundTrip() throws {
    let folder = try TemporaryFolder()
    let url = folder.file("f.safetensors")
    for seed in 0..<6 as Range<UInt64> {
      let test = NetworkCase<NoMemory>(seed: 830_000 + seed)
      try test.model.write(to: url)
      let read = try ControllerNetwork(contentsOf: url)
      #expect(read.configuration == test.configuration)
      #expect(read.parameters == test.model.parameters)
      let state = test.model(test.input, lengths: test.lengths).state
      try state.write(to: url)
      #expect(try test.model.state(contentsOf: url) == state)
      let empty = test.model.initialState(batch: 0)
      try empty.write(to: url)
      #expect(try test.model.state(contentsOf: url) == empty)
    }
  }

  @Test func filesOfSomethingElse() throws {
    let folder = try TemporaryFolder()
    let url = folder.file("f.safetensors")
    let model = ControllerNetwork(inputSize: 3, hiddenSize: 5)
    let dnc = DNC(inputSize: 3, hiddenSize: 5)
    try dnc.write(to: url)
    #expect(throws: CheckpointError.self) { try ControllerNetwork(contentsOf: url) }
    #expect(throws: CheckpointError.self) { try model.state(contentsOf: url) }
    try dnc.initialState(batch: 1).write(to: url)
    #expect(throws: CheckpointError.self) { try model.state(contentsOf: url) }
    try model.write(to: url)
    #expect(throws: CheckpointError.self) { try DNC(contentsOf: url) }
    try ControllerNetwork(inputSize: 3, hiddenSize: 6).initialState(batch: 2).write(to: url)
    #expect(
      throws: CheckpointError.wrongShape(
        file: "f.safetensors", tensor: "controllers.0.0.h", expected: [2, 5], found: [2, 6])
    ) { try model.state(contentsOf: url) }
  }

  /// What only a memory could make use of is refused, not ignored.
  @Test func settingsOfAMemoryAreRefused() throws {
    let plain = NetworkConfiguration(inputSize: 3, hiddenSize: 4, memoryType: .none)
    #expect(plain.memories == 0)
    try plain.validate()
    for (argument, value) in [
      ("nr_cells", "16"), ("read_heads", "1"), ("cell_size", "10"), ("sparse_reads", "4"),
      ("temporal_reads", "2"), ("index", "\"faiss\""), ("independent_linears", "true"),
      ("share_memory", "false"), ("dialect", "\"pytorch-dnc\""),
    ] {
      let json =
        #"{"model": "none", "input_size": 3, "hidden_size": 4, "\#(argument)": \#(value)}"#
      let error = #expect(throws: ConfigurationError.self, "\(argument)") {
        try JSONDecoder().decode(NetworkConfiguration.self, from: Data(json.utf8))
      }
      #expect(error?.argument == argument)
    }
    let json = try #require(
      try JSONSerialization.jsonObject(with: Data(plain.json.utf8)) as? [String: Any])
    #expect(
      Set(json.keys) == [
        "model", "input_size", "hidden_size", "rnn_type", "num_layers", "num_hidden_layers", "bias",
        "batch_first", "dropout", "nonlinearity", "debug", "clip", "dialect",
      ])
    let read = try JSONDecoder().decode(NetworkConfiguration.self, from: Data(plain.json.utf8))
    #expect(read == plain)
  }
}
