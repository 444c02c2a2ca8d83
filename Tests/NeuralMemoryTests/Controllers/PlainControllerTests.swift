import Foundation
import TestSupport
import Testing

@testable import NeuralMemory

/// Recurrences of a program's own: a leaky integrator, and two of the library's written again.
@Suite struct PlainControllerTests {
  private static let leaky = RNNType(LeakyIntegrator(rate: 0.4))

  // MARK: Values and gradients against the reference in double precision

  private static let small: RandomCase.Limits = {
    var limits = RandomCase.Limits()
    (limits.cells, limits.cellSize, limits.heads, limits.hidden) = (10, 5, 3, 12)
    (limits.depth, limits.steps, limits.batch, limits.features) = (3, 6, 3, 5)
    return limits
  }()

  /// The first `count` cases from a seed on that keep clear of ties and kinks.
  private func cases(
    _ count: Int, from seed: UInt64, change: (inout NetworkConfiguration) -> Void = { _ in }
  ) -> [GradientCheck] {
    var found: [GradientCheck] = []
    for seed in seed..<seed + 40 * UInt64(count) where found.count < count {
      var test = RandomCase(seed: seed, limits: Self.small)
      test.change {
        $0.rnnType = Self.leaky
        change(&$0)
      }
      let check = GradientCheck(test)
      if check.isSmooth { found.append(check) }
    }
    #expect(found.count == count, "too few smooth cases")
    return found
  }

  @Test func outputsAndStatesOfADNC() {
    for check in cases(10, from: 940_000) {
      let test = check.test
      let expected = check.reference.run(test.numbers)
      let found = test.model(
        test.input, state: test.start, lengths: test.lengths, workers: test.workers)
      func close(_ tensor: Tensor, _ values: [Double], _ label: String) {
        expectClose(
          tensor, Tensor(shape: tensor.shape, values: values.map { Float($0) }), relative: 5e-5,
          "\(label) of \(test)")
      }
      close(found.output, expected.output, "output")
      for (name, tensor) in StateTensors.dictionary(found.state) {
        close(tensor, expected.state[name]!, name)
      }
      let recorded = test.model.callWithPullback(
        test.input, state: test.start, lengths: test.lengths, workers: test.workers
      ).output
      #expect(recorded.output == found.output && recorded.state == found.state, "\(test)")
    }
  }

  @Test func gradientsOfADNC() {
    for check in cases(12, from: 941_000) { check.checkDirections(2) }
  }

  @Test func gradientsOfADNCThroughSeveralLayersAndDropout() {
    let checks = cases(8, from: 942_000) {
      ($0.numLayers, $0.numHiddenLayers, $0.dropout) = (2, 3, 0.4)
    }
    var checked = 0
    for var check in checks {
      check.dropoutSeed = 77 + check.test.seed
      guard check.isSmooth else { continue }
      checked += 1
      check.checkDirections(2)
    }
    #expect(checked >= 4)
  }

  @Test func gradientsOfASAM() {
    var limits = SparseCase<SparseMemory>.Limits()
    (limits.cells, limits.cellSize, limits.heads, limits.sparse) = (12, 6, 3, 4)
    (limits.hidden, limits.depth, limits.batch) = (8, 2, 3)
    (limits.features, limits.steps) = (4, 10)
    var checked = 0
    for number in 0..<80 as Range<UInt64> where checked < 8 {
      var test = SparseCase<SparseMemory>(seed: 943_000 + number, limits: limits) {
        $0.rnnType = Self.leaky
      }
      if number % 4 > 0 { test.warmUp(8) }
      let check = SparseGradientCheck(test)
      guard check.isSmooth else { continue }
      checked += 1
      check.check()
    }
    #expect(checked == 8)
  }

  // MARK: The same function, however it is called

  @Test(arguments: [leaky, RNNType(PlainLSTM())])
  func callsDoNotDependOnWorkersOrWindows(rnnType: RNNType) {
    for number in 0..<12 as Range<UInt64> {
      var test = RandomCase(seed: 944_000 + number, limits: Self.small, dialect: .nature)
      test.change { $0.rnnType = rnnType }
      let model = test.model
      let dOutput = test.random.tensor([test.batch, test.steps, test.configuration.outputs])
      let dState = test.random.cotangent(of: model, batch: test.batch)
      func run(_ workers: Int) -> (output: DNC.Output, gradients: DNC.Gradients) {
        let (output, pullback) = model.callWithPullback(
          test.input, state: test.start, lengths: test.lengths, workers: workers)
        let gradients = pullback(dOutput, state: dState)
        // a pullback may be called again
        #expect(pullback(dOutput, state: dState).parameters == gradients.parameters)
        return (output, gradients)
      }
      let (one, two) = (run(1), run(2))
      #expect(one.output.output == two.output.output && one.output.state == two.output.state)
      #expect(one.gradients.input == two.gradients.input, "\(test)")
      #expect(one.gradients.initialState == two.gradients.initialState, "\(test)")
      expectSame(one.gradients.parameters, two.gradients.parameters, relative: 1e-5, "\(test)")
      for workers in 1...2 {
        let found = model(test.input, state: test.start, lengths: test.lengths, workers: workers)
        #expect(found.output == one.output.output && found.state == one.output.state, "\(test)")
      }
      // step by step
      guard test.lengths == nil else { continue }
      var state = test.start!
      for step in 0..<test.steps {
        let output = model.step(test.input.select(axis: 1, step), state: &state)
        #expect(output == one.output.output.select(axis: 1, step), "step \(step) of \(test)")
      }
      #expect(state == one.output.state, "\(test)")
    }
  }

  @Test func theTrainingPassIsThePullback() {
    for number in 0..<6 as Range<UInt64> {
      var test = RandomCase(seed: 945_000 + number, limits: Self.small)
      test.change { ($0.rnnType, $0.dropout, $0.numHiddenLayers) = (Self.leaky, 0.3, 2) }
      let batch = 37
      let input = test.random.tensor([batch, test.steps, test.configuration.inputSize])
      let lengths = (0..<batch).map { _ in test.random.integer(in: 0...test.steps) }
      let dOutput = test.random.tensor([batch, test.steps, test.configuration.outputs])
      var gradient = ParameterStore(layout: test.model.parameters.layout)
      _ = test.model.lossAndGradient(
        input, lengths: lengths, dropoutSeed: 3, workers: 2, into: &gradient
      ) { elements, _, gradient in
        gradient = dOutput.slice(axis: 0, elements)
        return 0
      }
      let (_, pullback) = test.model.callWithPullback(input, lengths: lengths, dropoutSeed: 3)
      expectSame(gradient, pullback(dOutput).parameters, relative: 1e-5, "\(test)")
    }
  }

  // MARK: The library's recurrences, written again

  @Test func theLibrarysRNN() { compare(RNNType(PlainTanh()), .rnn) }
  @Test func theLibrarysLSTM() { compare(RNNType(PlainLSTM()), .lstm) }

  /// Networks with the same parameters, but for their names.
  private func compare(_ own: RNNType, _ library: RNNType) {
    for number in 0..<10 as Range<UInt64> {
      var test = RandomCase(seed: 946_000 + number, limits: Self.small)
      // from a random start of several steps small differences stay small
      test.change { ($0.rnnType, $0.nonlinearity, $0.dropout) = (library, .tanh, 0.2) }
      var c = test.configuration
      c.rnnType = own
      var plain = DNC(configuration: c, seed: 1)
      plain.parameters.values = test.model.parameters.values
      #expect(
        plain.parameters.layout.entries.map(\.shape)
          == test.model.parameters.layout.entries.map(\.shape))
      let dOutput = test.random.tensor([test.batch, test.steps, c.outputs])
      let dState = test.random.cotangent(of: test.model, batch: test.batch)
      func run(_ model: DNC) -> (output: DNC.Output, gradients: DNC.Gradients) {
        let (output, pullback) = model.callWithPullback(
          test.input, state: test.start, lengths: test.lengths, dropoutSeed: 5,
          workers: test.workers)
        return (output, pullback(dOutput, state: dState))
      }
      let (found, expected) = (run(plain), run(test.model))
      expectClose(
        found.output.output, expected.output.output, relative: 1e-5, "output of \(test)")
      expectClose(
        found.gradients.input, expected.gradients.input, relative: 1e-4, "input of \(test)")
      let parts = StateTensors.dictionary(found.gradients.initialState)
      for (name, tensor) in StateTensors.dictionary(expected.gradients.initialState) {
        expectClose(parts[name]!, tensor, relative: 1e-4, "\(name) of \(test)")
      }
      var renamed = ParameterStore(layout: test.model.parameters.layout)
      renamed.values = found.gradients.parameters.values
      expectSame(renamed, expected.gradients.parameters, relative: 1e-4, "\(test)")
    }
  }

  // MARK: Names and files

  @Test func parametersAreInTheLayout() {
    let model = ControllerNetwork(inputSize: 3, hiddenSize: 5, rnnType: Self.leaky)
    #expect(
      model.parameters.layout.entries.map { "\($0.name) \($0.shape)" } == [
        "leaky_layer_0.weight_ih_l0 [5, 3]", "leaky_layer_0.weight_hh_l0 [5, 5]",
        "leaky_layer_0.bias_ih_l0 [5]", "leaky_layer_0.weight_ih_l1 [5, 5]",
        "leaky_layer_0.weight_hh_l1 [5, 5]", "leaky_layer_0.bias_ih_l1 [5]",
        "output.weight [3, 5]", "output.bias [3]",
      ])
    let bound = 1 / Float(5).squareRoot()
    let drawn = model.parameters["leaky_layer_0.weight_ih_l0"].values
    #expect(drawn.allSatisfy { abs($0) <= bound } && Set(drawn).count > 10)
    #expect(model.initialState(batch: 2).controllers[0][1].c == nil)
    let lstm = ControllerNetwork(inputSize: 3, hiddenSize: 5, rnnType: RNNType(PlainLSTM()))
    #expect(lstm.initialState(batch: 2).controllers[0][1].c == Tensor(shape: [2, 5]))
  }

  @Test func checkpointsKeepItsSettings() throws {
    let folder = try TemporaryFolder()
    let url = folder.file("model.safetensors")
    let model = DNC(inputSize: 3, hiddenSize: 6, rnnType: Self.leaky, numLayers: 2, seed: 4)
    try model.write(to: url)
    let read = try DNC(contentsOf: url, controllers: [PlainTanh.self, LeakyIntegrator.self])
    #expect(read.configuration == model.configuration)
    #expect(read.configuration.controller.rnnType == Self.leaky)
    #expect(read.configuration.controller.rnnType != RNNType(LeakyIntegrator(rate: 0.5)))
    #expect(read.parameters == model.parameters)
    let input = Tensor(shape: [1, 4, 3], repeating: 0.5)
    #expect(read(input).output == model(input).output)
    // and a state
    let state = model(input).state
    try state.write(to: url)
    #expect(try read.state(contentsOf: url) == state)
  }

  @Test func itChecksItsSettings() throws {
    var configuration = NetworkConfiguration(inputSize: 3, hiddenSize: 6)
    configuration.rnnType = RNNType(LeakyIntegrator(rate: 1))
    try configuration.validate()
    configuration.rnnType = RNNType(LeakyIntegrator(rate: 1.5))
    let error = #expect(throws: ConfigurationError.self) { try configuration.validate() }
    #expect(error?.argument == "rate")
  }

  @Test func anUnknownRecurrenceIsAnError() throws {
    let folder = try TemporaryFolder()
    let url = folder.file("model.safetensors")
    try DNC(inputSize: 3, hiddenSize: 6, rnnType: Self.leaky).write(to: url)
    for controllers in [[], [PlainTanh.self]] as [[any Controller.Type]] {
      let error = #expect(throws: CheckpointError.self) {
        try DNC(contentsOf: url, controllers: controllers)
      }
      guard case .badMetadata("model.safetensors", "config", let problem) = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(problem.contains("leaky"), "\(problem)")
    }
  }

  @Test func recordedBytesAreThoseOfTheBuffers() throws {
    var c = NetworkConfiguration(inputSize: 4, hiddenSize: 16)
    (c.rnnType, c.numLayers) = (Self.leaky, 2)
    let parts = try RecordedBytes(c, steps: 3).mechanisms
    #expect(!parts.map(\.name).contains("controllers: c"))
    #expect(parts.contains { $0.name == "controllers: inputs, reads and h" && $0.bytes > 0 })
  }

  // MARK: Mistakes

  @Test func statesOfAnotherLengthStopTheProgram() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let model = ControllerNetwork(
        inputSize: 2, hiddenSize: 3, rnnType: RNNType(Mistaken(mistake: .state)))
      _ = model(Tensor(shape: [1, 2, 2]))
    }
    let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(
      message.contains("Mistaken must keep the lengths of h and c, not make them 4 and 0"),
      "\(message)")
  }

  @Test func inputGradientsOfAnotherLengthStopTheProgram() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let model = ControllerNetwork(
        inputSize: 2, hiddenSize: 3, rnnType: RNNType(Mistaken(mistake: .inputGradient)))
      _ = model.callWithPullback(Tensor(shape: [1, 2, 2])).pullback(Tensor(shape: [1, 2, 2]))
    }
    let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(
      message.contains("Mistaken must return a gradient of 3 input values, not 7"), "\(message)")
  }

  @Test func parameterGradientsOfAnotherShapeStopTheProgram() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let model = ControllerNetwork(
        inputSize: 2, hiddenSize: 3, rnnType: RNNType(Mistaken(mistake: .parameterGradient)))
      _ = model.callWithPullback(Tensor(shape: [1, 2, 2])).pullback(Tensor(shape: [1, 2, 2]))
    }
    let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(
      message.contains("Mistaken must keep the shapes of its parameters' gradients"),
      "\(message)")
  }
}

/// A recurrence that gets a length wrong.
private struct Mistaken: PlainController {
  static var name: String { "mistaken" }

  enum Mistake: String, Codable { case state, inputGradient, parameterGradient }
  var mistake: Mistake

  func parameters(inputs: Int, units: Int, bias: Bool) -> [ControllerParameter] {
    [ControllerParameter("scale", shape: [units], initialValues: .constant(1))]
  }

  func forward(input: [Float], state: inout UnitState, parameters: [Tensor]) -> Int {
    if mistake == .state { state.h.append(0) }
    return input.count
  }

  func backward(
    saved: Int, stateGradient: inout UnitState, parameters: [Tensor],
    parameterGradients: inout [Tensor]
  ) -> [Float] {
    if mistake == .parameterGradient { parameterGradients[0] = Tensor(shape: [1]) }
    return [Float](repeating: 0, count: mistake == .inputGradient ? 7 : saved)
  }
}
