import NeuralMemory

/// A random network with an input, lengths and a start, all drawn from one seed.
struct NetworkCase<M: Memory>: CustomStringConvertible {
  typealias Model = Network<M>

  let seed: UInt64
  var model: Model
  /// [batch, time, input], whatever the configuration says.
  var input: Tensor
  var lengths: [Int]?
  /// Random for a DNC, else nil.
  var start: NetworkState<M>?
  var workers: Int
  var random: RandomNumbers

  var configuration: NetworkConfiguration { model.configuration }
  var batch: Int { input.shape[0] }
  var steps: Int { input.shape[1] }

  /// How large things may get.
  struct Limits {
    var cells = 40
    var cellSize = 20
    var heads = 4
    var sparse = 6
    var temporal = 6
    var hidden = 24
    var depth = 3
    var batch = 4
    var features = 8
    var steps = 24
    var shortest = 1

    init() {
      guard M.Configuration.kind == .dnc else { return }
      (heads, hidden, batch, features, steps) = (6, 50, 5, 20, 12)
    }
  }

  init(
    seed: UInt64, limits: Limits = Limits(), dialect: Dialect? = nil,
    change: (inout NetworkConfiguration) -> Void = { _ in }
  ) {
    self.seed = seed
    var random = RandomNumbers(
      seed: seed, stream: M.Configuration.kind == .dnc ? 0x6d6f_6465_6c73 : 0x7370_6172_7365)
    var c = Self.configuration(limits, dialect, &random)
    change(&c)
    model = Network<M>(configuration: c, seed: random.next())
    // livelier than fresh parameters
    let scale = random.uniform(in: 0.7..<1.5)
    model.parameters.values = model.parameters.values.map { $0 * scale }
    let batch = random.integer(in: 1...limits.batch)
    let steps = random.integer(in: limits.shortest...limits.steps)
    input = random.tensor([batch, steps, c.inputSize])
    lengths = random.bit() ? (0..<batch).map { _ in random.integer(in: 0...steps) } : nil
    if let dnc = model as? DNC { start = random.state(of: dnc, batch: batch) as? NetworkState<M> }
    workers = random.integer(in: 1...3)
    self.random = random
  }

  private static func configuration(
    _ limits: Limits, _ dialect: Dialect?, _ random: inout RandomNumbers
  ) -> NetworkConfiguration {
    let type = M.Configuration.kind
    var c = NetworkConfiguration(
      inputSize: random.integer(in: 1...limits.features),
      hiddenSize: random.integer(in: 1...limits.hidden), memoryType: type)
    c.rnnType = random.pick(RNNType.allCases)
    c.numLayers = random.integer(in: 1...limits.depth)
    c.numHiddenLayers = random.integer(in: 1...(type == .dnc ? limits.depth : 2))
    c.bias = random.integer(in: 0...3) > 0
    if type != .none {
      c.nrCells = random.integer(in: 1...limits.cells)
      c.cellSize = random.integer(in: 1...limits.cellSize)
      c.readHeads = random.integer(in: 1...limits.heads)
    }
    if type == .sam || type == .sdnc {
      c.sparseReads = random.integer(in: 1...limits.sparse)
      let temporal = random.integer(in: 1...limits.temporal)
      if type == .sdnc { c.temporalReads = temporal }
      if random.integer(in: 0...5) == 0 { c.nrCells = c.sparseReads }
    }
    c.nonlinearity = random.pick(Nonlinearity.allCases)
    if type != .none {
      c.independentLinears = random.bit()
      c.shareMemory = random.bit()
    }
    c.clip = random.pick([20, 20, 0, type == .dnc ? 0.2 : 0.5])
    c.outputSize = random.bit() ? random.integer(in: 1...limits.features) : nil
    if type == .dnc { c.dialect = dialect ?? random.pick(Dialect.allCases) }
    return c
  }

  var description: String {
    "seed \(seed): \(configuration.json), batch \(batch), time \(steps), lengths \(lengths.map { "\($0)" } ?? "all"), \(workers) workers"
  }

  /// The same for the first steps alone.
  func prefix(_ steps: Int) -> NetworkCase {
    var part = self
    part.input = input.slice(axis: 1, 0..<min(steps, self.steps))
    part.lengths = lengths?.map { min($0, steps) }
    return part
  }

  /// Starts where a run over random inputs of so many steps ends.
  mutating func warmUp(_ steps: Int) {
    let input = random.tensor([batch, steps, configuration.inputSize])
    let lengths = (0..<batch).map { _ in random.integer(in: 0...steps) }
    start = model(input, lengths: lengths).state
  }

  /// All numbers of the case as the references want them; `parts` are those of the start.
  func numbers(start parts: [String: [Double]]) -> [String: [Double]] {
    var numbers = ["input": input.values.map(Double.init)]
    for entry in model.parameters.layout.entries {
      numbers[entry.name] = model.parameters[entry.name].values.map(Double.init)
    }
    for (name, values) in parts { numbers["state/\(name)"] = values }
    return numbers
  }
}

/// A random DNC.
typealias RandomCase = NetworkCase<DenseMemory>

extension NetworkCase<DenseMemory> {
  /// Changes the configuration; the parameters are drawn again, and the start if there is one.
  mutating func change(_ body: (inout NetworkConfiguration) -> Void) {
    var c = configuration
    body(&c)
    guard c != configuration else { return }
    model = DNC(configuration: c, seed: seed)
    if start != nil { start = random.state(of: model, batch: batch) }
  }

  var numbers: [String: [Double]] {
    let parts = start.map { StateTensors.dictionary($0) } ?? [:]
    return numbers(start: parts.mapValues { $0.values.map(Double.init) })
  }

  var reference: ReferenceDNC {
    ReferenceDNC(
      configuration: configuration, batch: batch, steps: steps,
      lengths: lengths ?? Array(repeating: steps, count: batch))
  }
}
