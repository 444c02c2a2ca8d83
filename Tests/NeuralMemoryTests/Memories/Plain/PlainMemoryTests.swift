import Foundation
import TestSupport
import Testing

@testable import NeuralMemory

/// A memory of a program's own in networks of all kinds.
@Suite struct PlainMemoryTests {
  typealias Model = Network<KeyValueMemory>

  private func configuration(
    layers: Int = 2, shared: Bool = true, rnnType: RNNType = .lstm,
    change: (inout NetworkConfiguration) -> Void = { _ in }
  ) -> NetworkConfiguration {
    var c = NetworkConfiguration(inputSize: 3, hiddenSize: 6, memory: KeyValueMemory.self)
    (c.outputSize, c.controller.numLayers, c.controller.rnnType) = (2, layers, rnnType)
    c[KeyValueMemory.self].shareMemory = shared
    change(&c)
    return c
  }

  /// A network, an input with lengths, and where a run over a few steps from zero ends.
  private struct Example {
    let model: Model
    let input: Tensor
    let lengths: [Int]
    let start: Model.State
    let dOutput: Tensor
    var dState: Model.State

    init(_ c: NetworkConfiguration, seed: UInt64) {
      var random = RandomNumbers(seed: 950_000 + seed)
      var model = Model(configuration: c, seed: seed)
      // livelier than fresh parameters
      model.parameters.values = model.parameters.values.map { 1.3 * $0 }
      self.model = model
      input = random.tensor([3, 6, c.inputSize])
      lengths = [6, 0, 4]
      start = model(random.tensor([3, 5, c.inputSize])).state
      dOutput = random.tensor([3, 6, c.outputs])
      dState = start
      for (part, shape) in Example.parts(start).map({ ($0.key, $0.value.shape) })
        .sorted(by: { $0.0 < $1.0 })
      {
        Example.set(part, of: &dState, to: random.tensor(shape))
      }
    }

    /// `h.LAYER.DEPTH`, `c.LAYER.DEPTH`, `memory.NUMBER`, `reads`.
    static func parts(_ state: Model.State) -> [String: Tensor] {
      var tensors = ["reads": state.reads]
      for (layer, hiddenLayers) in state.controllers.enumerated() {
        for (depth, hidden) in hiddenLayers.enumerated() {
          tensors["h.\(layer).\(depth)"] = hidden.h
          tensors["c.\(layer).\(depth)"] = hidden.c
        }
      }
      for (number, memory) in state.memories.enumerated() {
        tensors["memory.\(number)"] = memory.values
      }
      return tensors
    }

    static func set(_ part: String, of state: inout Model.State, to tensor: Tensor) {
      let words = part.split(separator: ".")
      let numbers = words.dropFirst().map { Int($0)! }
      switch words[0] {
      case "h": state.controllers[numbers[0]][numbers[1]].h = tensor
      case "c": state.controllers[numbers[0]][numbers[1]].c = tensor
      case "memory": state.memories[numbers[0]].values = tensor
      default: state.reads = tensor
      }
    }
  }

  // MARK: Gradients

  @Test(arguments: [true, false], [RNNType.lstm, .gru, RNNType(LeakyIntegrator())])
  func gradientsByFiniteDifferences(shared: Bool, rnnType: RNNType) {
    for seed in 0..<3 as Range<UInt64> {
      let c = configuration(shared: shared, rnnType: rnnType) {
        $0[KeyValueMemory.self].independentLinears = seed == 1
        if seed == 2 { $0.controller.dropout = 0.3 }
      }
      let example = Example(c, seed: seed)
      let dropoutSeed: UInt64? = seed == 2 ? 11 : nil
      let (_, pullback) = example.model.callWithPullback(
        example.input, state: example.start, lengths: example.lengths, dropoutSeed: dropoutSeed,
        workers: 2)
      let gradients = pullback(example.dOutput, state: example.dState)

      /// The sum of all outputs and all parts of the final state, each times a random value.
      func loss(_ model: Model, _ input: Tensor, _ start: Model.State) -> Double {
        let output = model.callWithPullback(
          input, state: start, lengths: example.lengths, dropoutSeed: dropoutSeed
        ).output
        func product(_ a: Tensor, _ b: Tensor) -> Double {
          zip(a.values, b.values).reduce(0) { $0 + Double($1.0) * Double($1.1) }
        }
        let parts = Example.parts(output.state)
        return Example.parts(example.dState).reduce(product(output.output, example.dOutput)) {
          $0 + product(parts[$1.key]!, $1.value)
        }
      }
      var random = RandomNumbers(seed: seed)
      let whole = norm(
        gradients.parameters.values + gradients.input.values
          + Example.parts(gradients.initialState).values.flatMap(\.values))
      func check(_ name: String, _ gradient: Tensor, _ moved: (Tensor) -> Double) {
        var direction = random.tensor(gradient.shape)
        let length = Float(norm(direction.values))
        direction = direction.map { $0 / length }
        func difference(_ step: Float) -> Double {
          moved(direction.map { $0 * step }) - moved(direction.map { -$0 * step })
        }
        // of fourth order: in single precision small steps drown in rounding
        let step: Float = 0.02
        let expected = (8 * difference(step) - difference(2 * step)) / (12 * Double(step))
        let ours = zip(gradient.values, direction.values).reduce(0.0) {
          $0 + Double($1.0) * Double($1.1)
        }
        #expect(
          abs(ours - expected) <= 1e-3 * norm(gradient.values) + 1e-4 * whole,
          "\(name): \(ours) instead of \(expected), of \(whole); \(c.json)")
      }
      func sum(_ a: Tensor, _ b: Tensor) -> Tensor { a.combining(b, +) }
      for entry in example.model.parameters.layout.entries {
        check(entry.name, gradients.parameters[entry.name]) {
          var model = example.model
          model.parameters[entry.name] = sum(model.parameters[entry.name], $0)
          return loss(model, example.input, example.start)
        }
      }
      check("input", gradients.input) {
        loss(example.model, sum(example.input, $0), example.start)
      }
      let parts = Example.parts(example.start)
      for (name, gradient) in Example.parts(gradients.initialState) {
        check("state/\(name)", gradient) {
          var start = example.start
          Example.set(name, of: &start, to: sum(parts[name]!, $0))
          return loss(example.model, example.input, start)
        }
      }
    }
  }

  private func norm(_ values: [Float]) -> Double {
    values.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
  }

  /// What the memory does is what its equations say: one step by hand.
  @Test func oneStepByHand() {
    var c = KeyValueMemory.Configuration()
    (c.keySize, c.valueSize) = (2, 2)
    var state: [Float] = [1, 0, 0, 2]
    var reads: [Float] = [0, 0]
    // strength 3, value (4, 5), key (1, −1), gate ½, query (1, 1)
    _ = KeyValueMemory(c).forward(
      interface: [3, 4, 5, 1, -1, 0.5, 1, 1], state: &state, reads: &reads)
    #expect(state == [2.5, -1.5, 3.5, -1.5])
    #expect(reads == [3, 6])
  }

  // MARK: The same function, however it is called

  @Test(arguments: [true, false], [1, 2])
  func callsAreOneFunction(shared: Bool, layers: Int) {
    let example = Example(configuration(layers: layers, shared: shared), seed: 5)
    let model = example.model
    #expect(example.start.memories.count == (shared ? 1 : layers))
    func run(_ workers: Int) -> (output: Model.Output, gradients: Model.Gradients) {
      let (output, pullback) = model.callWithPullback(
        example.input, state: example.start, lengths: example.lengths, workers: workers)
      let gradients = pullback(example.dOutput, state: example.dState)
      let again = pullback(example.dOutput, state: example.dState)
      #expect(again.parameters == gradients.parameters)
      #expect(again.initialState == gradients.initialState)
      return (output, gradients)
    }
    let start = example.start.memories.map(\.values)
    let one = run(1)
    for workers in 1...3 {
      let found = model(
        example.input, state: example.start, lengths: example.lengths, workers: workers)
      #expect(found.output == one.output.output && found.state == one.output.state)
      let (output, gradients) = run(workers)
      #expect(output.output == one.output.output && output.state == one.output.state)
      #expect(gradients.input == one.gradients.input)
      #expect(gradients.initialState == one.gradients.initialState)
      expectSame(gradients.parameters, one.gradients.parameters, relative: 1e-5, "\(workers)")
    }
    // states are values
    #expect(example.start.memories.map(\.values) == start)
    #expect(one.output.state.memories.map(\.values) != start)
    // an element of length 0 keeps its memory
    #expect(
      one.output.state.memories[0].values.select(axis: 0, 1) == start[0].select(axis: 0, 1))

    // and of time-first networks
    var c = model.configuration
    c.batchFirst = false
    let timeFirst = Model(configuration: c, parameters: model.parameters)
    let (output, pullback) = timeFirst.callWithPullback(
      example.input.transposed([1, 0, 2]), state: example.start, lengths: example.lengths,
      workers: 1)
    #expect(output.output.transposed([1, 0, 2]) == one.output.output)
    let gradients = pullback(example.dOutput.transposed([1, 0, 2]), state: example.dState)
    #expect(gradients.parameters == one.gradients.parameters)
  }

  @Test(arguments: [true, false])
  func stepsAreTheSequenceCall(shared: Bool) {
    let example = Example(configuration(shared: shared), seed: 6)
    for start in [nil, example.start] {
      let whole = example.model(example.input, state: start)
      var state = start ?? example.model.initialState(batch: 3)
      let held = state
      for step in 0..<6 {
        let output = example.model.step(example.input.select(axis: 1, step), state: &state)
        #expect(output == whole.output.select(axis: 1, step))
      }
      #expect(state == whole.state && state != held)
      #expect(held == start ?? example.model.initialState(batch: 3))
    }
  }

  @Test func theTrainingPassIsThePullback() {
    let model = Model(configuration: configuration(), seed: 3)
    var random = RandomNumbers(seed: 7)
    let input = random.tensor([37, 5, 3])
    let lengths = (0..<37).map { _ in random.integer(in: 0...5) }
    let dOutput = random.tensor([37, 5, 2])
    var gradient = ParameterStore(layout: model.parameters.layout)
    // twice: the second pass starts from working memory that was used
    for _ in 0..<2 {
      _ = model.lossAndGradient(
        input, lengths: lengths, dropoutSeed: nil, workers: 2, into: &gradient
      ) { elements, _, gradient in
        gradient = dOutput.slice(axis: 0, elements)
        return 0
      }
      let (_, pullback) = model.callWithPullback(input, lengths: lengths)
      expectSame(gradient, pullback(dOutput).parameters, relative: 1e-5, "training")
    }
  }

  @Test func aResetEmptiesTheMemory() {
    let example = Example(configuration(), seed: 8)
    var emptied = example.start
    emptied.resetExperience()
    #expect(emptied.memories[0] == PlainMemoryState(batch: 3, size: 12))
    #expect(emptied.memories[0] != example.start.memories[0])
    #expect(emptied.controllers == example.start.controllers)
    let expected = example.model(example.input, state: emptied)
    let found = example.model(example.input, state: example.start, resetExperience: true)
    #expect(found.output == expected.output && found.state == expected.state)
    #expect(found.output != example.model(example.input, state: example.start).output)
    // nothing goes back through it
    let (output, pullback) = example.model.callWithPullback(
      example.input, state: example.start, resetExperience: true)
    #expect(output.output == expected.output)
    let gradient = pullback(example.dOutput).initialState.memories[0].values
    #expect(gradient == Tensor(shape: [3, 12]))
  }

  /// Without a memory its state stays as it is, and its gradient goes through.
  @Test func passedBy() {
    let example = Example(configuration(), seed: 9)
    let (output, pullback) = example.model.callWithPullback(
      example.input, state: example.start, passThroughMemory: false)
    #expect(output.state.memories == example.start.memories)
    let gradients = pullback(example.dOutput, state: example.dState)
    #expect(gradients.initialState.memories == example.dState.memories)
  }

  // MARK: Files

  @Test(arguments: [true, false])
  func statesInFiles(shared: Bool) throws {
    let folder = try TemporaryFolder()
    let url = folder.file("s")
    let example = Example(configuration(shared: shared), seed: 10)
    try example.start.write(to: url)
    let read = try example.model.state(contentsOf: url)
    #expect(read == example.start)
    #expect(
      example.model(example.input, state: read).output
        == example.model(example.input, state: example.start).output)
    // another memory's, and another size's
    try DNC(inputSize: 3, hiddenSize: 6).initialState(batch: 1).write(to: url)
    #expect(
      throws: CheckpointError.badMetadata(
        file: "s", entry: "state", problem: "is \"dnc\", not \"key-value\"")
    ) { try example.model.state(contentsOf: url) }
    let wider = Model(configuration: configuration { $0[KeyValueMemory.self].keySize = 5 })
    try wider.initialState(batch: 1).write(to: url)
    #expect(throws: CheckpointError.self) { try example.model.state(contentsOf: url) }
  }

  @Test func checkpoints() throws {
    let folder = try TemporaryFolder()
    let url = folder.file("m")
    let c = configuration(shared: false) {
      ($0[KeyValueMemory.self].keySize, $0[KeyValueMemory.self].valueSize) = (2, 5)
    }
    let model = Model(configuration: c, seed: 11)
    try model.write(to: url)
    let read = try Model(contentsOf: url)
    #expect(read.configuration == c && read.parameters == model.parameters)
    #expect(read.configuration[KeyValueMemory.self].valueSize == 5)
    let input = Tensor(shape: [1, 3, 3], repeating: 0.5)
    #expect(read(input).output == model(input).output)
    // with a controller of a program's own too
    let leaky = Model(configuration: configuration(rnnType: RNNType(LeakyIntegrator())), seed: 1)
    try leaky.write(to: url)
    let both = try Model(contentsOf: url, controllers: [LeakyIntegrator.self])
    #expect(both(input).output == leaky(input).output)
    // others do not know it
    try model.write(to: url)
    let error = #expect(throws: CheckpointError.self) { try DNC(contentsOf: url) }
    #expect("\(error!)".contains("key-value"), "\(error!)")
    try DNC(inputSize: 3, hiddenSize: 6).write(to: url)
    #expect(throws: CheckpointError.self) { try Model(contentsOf: url) }
  }

  @Test func settingsAreChecked() {
    var c = configuration()
    c[KeyValueMemory.self].keySize = 0
    let error = #expect(throws: ConfigurationError.self) { try c.validate() }
    #expect(error?.argument == "keySize")
  }

  // MARK: Looking inside

  @Test(arguments: [true, false])
  func traces(shared: Bool) throws {
    let c = configuration(shared: shared) { $0.debug = true }
    let example = Example(c, seed: 12)
    let found = example.model(
      example.input, state: example.start, lengths: [4, 6, 6], workers: 1)
    let trace = try #require(found.trace)
    let gates = try #require(found.gates)
    #expect(Set(trace.keys) == ["state"])
    #expect(trace["state"]!.shape == [8, 12])
    let fields = [
      "read_strength_transform": 1, "write_value_transform": 4, "write_key_transform": 3,
      "write_gate_transform": 1, "read_key_transform": 3,
    ]
    #expect(gates.mapValues(\.shape) == fields.mapValues { [8, $0] })
    // the last rows are the state left behind
    for layer in 0..<2 where !shared || layer == 1 {
      #expect(
        trace["state"]!.select(axis: 0, 6 + layer)
          == found.state.memories[shared ? 0 : layer].values.select(axis: 0, 0))
    }
    // of the first element, whatever is beside it, recorded or not
    let alone = example.model(
      example.input.slice(axis: 0, 0..<1), state: first(example.start), lengths: [4])
    #expect(alone.trace == trace && alone.gates == gates)
    let recorded = example.model.callWithPullback(
      example.input, state: example.start, lengths: [4, 6, 6], workers: 2
    ).output
    #expect(recorded.trace == trace && recorded.gates == gates)
  }

  /// The state of the first batch element alone.
  private func first(_ state: Model.State) -> Model.State {
    var part = Model(configuration: configuration(shared: state.memories.count == 1))
      .initialState(batch: 1)
    for (name, tensor) in Example.parts(state) {
      Example.set(name, of: &part, to: tensor.slice(axis: 0, 0..<1))
    }
    return part
  }

  @Test func recordedBytesGrowWithTheSteps() throws {
    let c = configuration()
    let (one, ten) = (try RecordedBytes(c, steps: 1), try RecordedBytes(c, steps: 10))
    #expect(one.total > 0 && ten.total == 10 * one.total)
    #expect(ten.mechanisms.contains { $0.name == "interface and its gradient" })
  }

  // MARK: Mistakes

  @Test func readsOfAnotherLengthStopTheProgram() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      var c = NetworkConfiguration(inputSize: 2, hiddenSize: 3, memory: MistakenMemory.self)
      c[MistakenMemory.self].mistake = .reads
      _ = Network<MistakenMemory>(configuration: c)(Tensor(shape: [1, 2, 2]))
    }
    let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(
      message.contains("MistakenMemory must keep the lengths of its reads, 2, and of its state, 3"),
      "\(message)")
  }

  @Test func statesOfAnotherLengthStopTheProgram() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      var c = NetworkConfiguration(inputSize: 2, hiddenSize: 3, memory: MistakenMemory.self)
      c[MistakenMemory.self].mistake = .state
      _ = Network<MistakenMemory>(configuration: c)(Tensor(shape: [1, 2, 2]))
    }
    let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(
      message.contains("MistakenMemory must keep the lengths of its reads, 2, and of its state, 3"),
      "\(message)")
  }

  @Test func gradientsOfAnotherLengthStopTheProgram() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      var c = NetworkConfiguration(inputSize: 2, hiddenSize: 3, memory: MistakenMemory.self)
      c[MistakenMemory.self].mistake = .gradient
      let model = Network<MistakenMemory>(configuration: c)
      _ = model.callWithPullback(Tensor(shape: [1, 2, 2])).pullback(Tensor(shape: [1, 2, 2]))
    }
    let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(
      message.contains("MistakenMemory must keep the lengths of its gradients"), "\(message)")
  }

  @Test func statesOfAnotherMemoryStopTheProgram() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      var c = NetworkConfiguration(inputSize: 2, hiddenSize: 3, memory: KeyValueMemory.self)
      let model = Network<KeyValueMemory>(configuration: c)
      c[KeyValueMemory.self].keySize = 7
      let state = Network<KeyValueMemory>(configuration: c).initialState(batch: 1)
      _ = model(Tensor(shape: [1, 2, 2]), state: state)
    }
    let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(
      message.contains("a memory for batch 1 with 12 values was expected, not for batch 1 with 28"),
      "\(message)")
  }
}

/// A memory that gets a length wrong.
private struct MistakenMemory: PlainMemory {
  enum Mistake: String, Codable { case reads, state, gradient }

  struct Configuration: MemoryConfiguration {
    typealias Memory = MistakenMemory
    static var kind: MemoryType { MemoryType(rawValue: "mistaken") }
    var mistake = Mistake.reads
    var readSize: Int { 2 }
  }

  let mistake: Mistake
  let interface = [InterfaceField("value_transform", size: 1)]
  let stateSize = 3

  init(_ configuration: Configuration) { mistake = configuration.mistake }

  func forward(interface: [Float], state: inout [Float], reads: inout [Float]) -> Bool {
    if mistake == .reads { reads.append(0) }
    if mistake == .state { state.removeLast() }
    return true
  }

  func backward(
    saved: Bool, readGradient: [Float], stateGradient: inout [Float],
    interfaceGradient: inout [Float]
  ) {
    if mistake == .gradient { interfaceGradient = [] }
  }
}
