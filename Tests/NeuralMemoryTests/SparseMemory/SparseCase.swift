import Testing

@testable import NeuralMemory

/// A random SAM or SDNC with an input and lengths, all drawn from one seed.
struct SparseCase<Model: ExternalMemoryNetwork>: CustomStringConvertible
where Model.Memory == SparseMemoryState {
  let seed: UInt64
  var model: Model
  /// [batch, time, input]
  var input: Tensor
  var lengths: [Int]?
  var start: SparseNetworkState?
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
  }

  init(
    seed: UInt64, limits: Limits = Limits(), change: (inout NetworkConfiguration) -> Void = { _ in }
  ) {
    self.seed = seed
    var random = RandomNumbers(seed: seed, stream: 0x7370_6172_7365)
    var c = NetworkConfiguration(
      inputSize: random.integer(in: 1...limits.features),
      hiddenSize: random.integer(in: 1...limits.hidden), memoryType: Model.memoryType)
    c.rnnType = random.pick(RNNType.allCases)
    c.numLayers = random.integer(in: 1...limits.depth)
    c.numHiddenLayers = random.integer(in: 1...2)
    c.bias = random.integer(in: 0...3) > 0
    c.nrCells = random.integer(in: 1...limits.cells)
    c.cellSize = random.integer(in: 1...limits.cellSize)
    c.readHeads = random.integer(in: 1...limits.heads)
    c.sparseReads = random.integer(in: 1...limits.sparse)
    let temporal = random.integer(in: 1...limits.temporal)
    if c.memoryType == .sdnc { c.temporalReads = temporal }
    if random.integer(in: 0...5) == 0 { c.nrCells = c.sparseReads }
    c.nonlinearity = random.pick(Nonlinearity.allCases)
    c.independentLinears = random.bit()
    c.shareMemory = random.bit()
    c.clip = random.pick([20, 20, 0, 0.5])
    c.outputSize = random.bit() ? random.integer(in: 1...limits.features) : nil
    change(&c)
    model = Model(configuration: c, seed: random.next())
    // livelier than fresh parameters
    let scale = random.uniform(in: 0.7..<1.5)
    model.parameters.values = model.parameters.values.map { $0 * scale }
    let batch = random.integer(in: 1...limits.batch)
    let steps = random.integer(in: limits.shortest...limits.steps)
    input = random.tensor([batch, steps, c.inputSize])
    lengths = random.bit() ? (0..<batch).map { _ in random.integer(in: 0...steps) } : nil
    workers = random.integer(in: 1...3)
    self.random = random
  }

  var description: String {
    "seed \(seed): \(configuration.json), batch \(batch), time \(steps), lengths \(lengths.map { "\($0)" } ?? "all"), \(workers) workers"
  }

  /// Starts where a run over random inputs of so many steps ends.
  mutating func warmUp(_ steps: Int) {
    let input = random.tensor([batch, steps, configuration.inputSize])
    let lengths = (0..<batch).map { _ in random.integer(in: 0...steps) }
    start = model(input, lengths: lengths).state
  }

  /// All numbers of the case, as the reference wants them.
  var numbers: [String: [Double]] {
    var numbers: [String: [Double]] = ["input": input.values.map(Double.init)]
    for entry in model.parameters.layout.entries {
      numbers[entry.name] = model.parameters[entry.name].values.map(Double.init)
    }
    if let start {
      for (name, values) in SparseStateNumbers.dictionary(start) {
        numbers["state/\(name)"] = values
      }
    }
    return numbers
  }

  var reference: SparseReference {
    SparseReference(
      configuration: configuration, batch: batch, steps: steps,
      lengths: lengths ?? Array(repeating: steps, count: batch),
      start: start.map { start in
        (0..<batch).map { item in
          start.memories.map { SparseReferenceMemory(configuration, $0.items[item]) }
        }
      })
  }
}

/// The numbers of a sparse state, dense.
enum SparseStateNumbers {
  /// `h.`, `c.`, `reads`, `memory.M` [batch, N, W], `read_weights.M` [batch, R, N].
  static func dictionary(_ state: SparseNetworkState) -> [String: [Double]] {
    var numbers = ["reads": state.reads.values.map(Double.init)]
    for (layer, cells) in state.controllers.enumerated() {
      for (depth, cell) in cells.enumerated() {
        numbers["h.\(layer).\(depth)"] = cell.h.values.map(Double.init)
        numbers["c.\(layer).\(depth)"] = cell.c?.values.map(Double.init)
      }
    }
    for (m, memory) in state.memories.enumerated() {
      numbers["memory.\(m)"] = memory.items.flatMap { contents($0).values }
      numbers["read_weights.\(m)"] = memory.items.flatMap { reads($0).values }
    }
    return numbers
  }

  static func contents(_ item: SparseItem) -> ReferenceMatrix {
    var matrix = zeros(item.plan.n, item.plan.w)
    for cell in 0..<item.touched {
      for j in 0..<item.plan.w { matrix[cell, j] = Double(item.row(cell)[j]) }
    }
    return matrix
  }

  static func reads(_ item: SparseItem) -> ReferenceMatrix {
    var matrix = zeros(item.plan.r, item.plan.n)
    for head in 0..<item.plan.r {
      for i in 0..<item.reads.counts[head] {
        let entry = head * item.reads.capacity + i
        matrix[head, Int(item.reads.cells[entry])] = Double(item.reads.weights[entry])
      }
    }
    return matrix
  }

  static func links(_ rows: LinkRows, _ item: SparseItem) -> ReferenceMatrix {
    var matrix = zeros(item.plan.n, item.plan.n)
    for row in 0..<item.touched {
      for (cell, weight) in rows.entries(row) { matrix[row, Int(cell)] = Double(weight) }
    }
    return matrix
  }

  static func precedence(_ item: SparseItem) -> [Double] {
    var values = [Double](repeating: 0, count: item.plan.n)
    for (cell, weight) in item.links!.precedence { values[Int(cell)] = Double(weight) }
    return values
  }

  static func lastAccess(_ item: SparseItem) -> [Int] {
    (0..<item.plan.n).map { cell in
      let last = cell < item.touched ? Int(item.order.last.base[cell]) : -1
      return last >= 0 ? last : cell - item.plan.n
    }
  }

  private static func zeros(_ rows: Int, _ columns: Int) -> ReferenceMatrix {
    ReferenceMatrix(rows, columns, Array(repeating: 0, count: rows * columns))
  }
}

extension SparseReferenceMemory {
  /// What a memory of the library holds.
  init(_ c: NetworkConfiguration, _ item: SparseItem) {
    self.init(c)
    memory = SparseStateNumbers.contents(item)
    reads = SparseStateNumbers.reads(item)
    last = SparseStateNumbers.lastAccess(item)
    step = item.step
    if let links = item.links {
      a = SparseStateNumbers.links(links.before, item)
      b = SparseStateNumbers.links(links.after, item)
      precedence = SparseStateNumbers.precedence(item)
    }
  }
}
