import ArgumentParser
import MemoryTasks
import NeuralMemory

extension RNNType: ExpressibleByArgument {}
extension Nonlinearity: ExpressibleByArgument {}
extension Dialect: ExpressibleByArgument {}
extension MemoryIndex: ExpressibleByArgument {}

extension MemoryType: ExpressibleByArgument {
  public init?(argument: String) {
    guard let found = MemoryType.allCases.first(where: { $0.rawValue == argument }) else {
      return nil
    }
    self = found
  }
}

/// What the network is.
struct NetworkOptions: ParsableArguments {
  @Option(
    help: """
      Recurrent cells of the controller: \(RNNType.allCases.map(\.rawValue).alternatives). \
      (default: lstm)
      """)
  var rnnType: RNNType?
  @Option(help: "Squashing of rnn cells: tanh or relu. (default: tanh)")
  var nonlinearity: Nonlinearity?
  @Option(help: "Units of a hidden layer. (default: 64)")
  var nhid: Int?
  @Option(help: "Layers: controllers that take turns on the memory. (default: 1)")
  var nlayer: Int?
  @Option(help: "Hidden layers per layer. (default: 2)")
  var nhlayer: Int?
  @Option(help: "Share of units dropped between hidden layers while training. (default: 0)")
  var dropout: Float?
  @Option(
    help: """
      Kind of memory: dnc; one whose cost does not depend on the number of cells: sam, or sdnc with \
      temporal links; none, for the controller alone. (default: dnc)
      """)
  var memoryType: MemoryType?
  @Option(help: "Number of memory cells. (default: 16)")
  var memSlot: Int?
  @Option(help: "Size of a memory cell. (default: 20)")
  var memSize: Int?
  @Option(help: "Read heads. (default: 4)")
  var readHeads: Int?
  @Option(help: "Cells that a head of sam or sdnc finds by content. (default: 10)")
  var sparseReads: Int?
  @Option(help: "Cells that a head of sdnc finds by each kind of temporal link. (default: 2)")
  var temporalReads: Int?
  @Option(
    help: """
      How sam and sdnc find the nearest cells: exact, a scan of the written cells, or faiss, an \
      approximate index for builds that have it. (default: exact)
      """)
  var index: MemoryIndex?
  @Flag(inversion: .prefixedNo, help: "One linear map per field of the interface. (default: no)")
  var independentLinears: Bool?
  @Flag(inversion: .prefixedNo, help: "One memory for all layers. (default: yes)")
  var shareMemory: Bool?
  @Option(
    help: "Whose equations: nature (the paper) or pytorch-dnc (the package). (default: nature)")
  var dialect: Dialect?

  /// Checks the flags that not every kind of memory has a use for.
  /// - Throws: `ValidationError`.
  func check() throws {
    for (flag, value) in [("--sparse-reads", sparseReads), ("--temporal-reads", temporalReads)] {
      if let value, value < 1 {
        throw ValidationError("\(flag) \(value): expected a whole number of at least 1.")
      }
    }
  }

  /// - Throws: `ValidationError` for a flag that a run to be resumed cannot take, or a dialect that
  ///   the memory does not have.
  func apply<Task: MemoryTask>(to editor: inout ConfigurationEditor<Task>) throws {
    let kind = editor.configuration.model.memoryType
    if let memoryType, memoryType != kind {
      precondition(editor.resuming, "a new run's configuration is made for the kind asked for")
      throw ConfigurationEditor<Task>.kept("--memory-type \(memoryType.rawValue)", kind.rawValue)
    }
    try editor.set("--rnn-type", rnnType, \.model.rnnType)
    try editor.set("--nonlinearity", nonlinearity, \.model.nonlinearity)
    try editor.set("--nhid", nhid, \.model.hiddenSize)
    try editor.set("--nlayer", nlayer, \.model.numLayers)
    try editor.set("--nhlayer", nhlayer, \.model.numHiddenLayers)
    try editor.set("--dropout", dropout, \.model.dropout)
    // What a kind of memory has no use for is passed over, so that one line compares all kinds.
    if kind != .none {
      try editor.set("--mem-slot", memSlot, \.model.nrCells)
      try editor.set("--mem-size", memSize, \.model.cellSize)
      try editor.set("--read-heads", readHeads, \.model.readHeads)
      try editor.set("--independent-linears", independentLinears, \.model.independentLinears)
      try editor.set("--share-memory", shareMemory, \.model.shareMemory)
    }
    if kind.isSparse {
      try editor.set("--sparse-reads", sparseReads, \.model.sparseReads)
      try editor.set("--index", index, \.model.index)
    }
    if kind == .sdnc { try editor.set("--temporal-reads", temporalReads, \.model.temporalReads) }
    if kind == .dnc {
      try editor.set("--dialect", dialect, \.model.dialect)
    } else if let dialect, dialect != .nature {
      throw ValidationError(
        "--dialect \(dialect.rawValue): expected nature, the only one but for a dnc.")
    }
  }
}
