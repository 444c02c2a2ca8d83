import NeuralMemory

/// A random network with an input, lengths and a start, all drawn from one seed.
struct RandomCase: CustomStringConvertible {
  let seed: UInt64
  var model: DNC
  /// [batch, time, input], whatever the configuration says.
  var input: Tensor
  var lengths: [Int]?
  var start: DNCState?
  var workers: Int
  var random: RandomNumbers

  var configuration: DNCConfiguration { model.configuration }
  var batch: Int { input.shape[0] }
  var steps: Int { input.shape[1] }

  /// How large things may get.
  struct Limits {
    var cells = 40
    var cellSize = 20
    var heads = 6
    var hidden = 50
    var depth = 3
    var steps = 12
    var batch = 5
    var features = 20
  }

  init(seed: UInt64, limits: Limits = Limits(), dialect: Dialect? = nil) {
    self.seed = seed
    var random = RandomNumbers(seed: seed, stream: 0x6d6f_6465_6c73)
    var c = DNCConfiguration(
      inputSize: random.integer(in: 1...limits.features),
      hiddenSize: random.integer(in: 1...limits.hidden))
    c.rnnType = random.pick(RNNType.allCases)
    c.numLayers = random.integer(in: 1...limits.depth)
    c.numHiddenLayers = random.integer(in: 1...limits.depth)
    c.bias = random.integer(in: 0...3) > 0
    c.nrCells = random.integer(in: 1...limits.cells)
    c.cellSize = random.integer(in: 1...limits.cellSize)
    c.readHeads = random.integer(in: 1...limits.heads)
    c.nonlinearity = random.pick(Nonlinearity.allCases)
    c.independentLinears = random.bit()
    c.shareMemory = random.bit()
    c.clip = random.pick([20, 20, 0, 0.2])
    c.outputSize = random.bit() ? random.integer(in: 1...limits.features) : nil
    c.dialect = dialect ?? random.pick(Dialect.allCases)
    model = DNC(configuration: c, seed: random.next())
    // livelier than fresh parameters
    let scale = random.uniform(in: 0.7..<1.5)
    model.parameters.values = model.parameters.values.map { $0 * scale }
    let batch = random.integer(in: 1...limits.batch)
    let steps = random.integer(in: 1...limits.steps)
    input = random.tensor([batch, steps, c.inputSize])
    lengths = random.bit() ? (0..<batch).map { _ in random.integer(in: 0...steps) } : nil
    start = random.state(of: model, batch: batch)
    workers = random.integer(in: 1...3)
    self.random = random
  }

  var description: String {
    "seed \(seed): \(configuration.json), batch \(batch), time \(steps), lengths \(lengths.map { "\($0)" } ?? "all"), \(workers) workers"
  }

  /// Changes the configuration; the parameters are drawn anew, and the start if there is one.
  mutating func change(_ body: (inout DNCConfiguration) -> Void) {
    var c = configuration
    body(&c)
    guard c != configuration else { return }
    model = DNC(configuration: c, seed: seed)
    if start != nil { start = random.state(of: model, batch: batch) }
  }

  /// The same for the first steps alone.
  func prefix(_ steps: Int) -> RandomCase {
    var part = self
    part.input = input.slice(axis: 1, 0..<min(steps, self.steps))
    part.lengths = lengths?.map { min($0, steps) }
    return part
  }

  /// All numbers of the case, as the reference wants them.
  var numbers: [String: [Double]] {
    var numbers: [String: [Double]] = ["input": input.values.map(Double.init)]
    for entry in model.parameters.layout.entries {
      numbers[entry.name] = model.parameters[entry.name].values.map(Double.init)
    }
    let parts: [String: Tensor] = start.map { StateTensors.dictionary($0) } ?? [:]
    for (name, tensor) in parts {
      numbers["state/\(name)"] = tensor.values.map(Double.init)
    }
    return numbers
  }

  var reference: ReferenceDNC {
    ReferenceDNC(
      configuration: configuration, batch: batch, steps: steps,
      lengths: lengths ?? Array(repeating: steps, count: batch))
  }
}
