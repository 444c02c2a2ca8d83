// The settings under the names of the Python package's arguments, whatever the kind of memory: for
// programs that choose the kind at run time, as the command does. A setting that the memory does
// not have is 0 or its neutral value, and cannot be set.

extension NetworkConfiguration {
  package var hiddenSize: Int {
    get { controller.hiddenSize }
    set { controller.hiddenSize = newValue }
  }
  package var rnnType: RNNType {
    get { controller.rnnType }
    set { controller.rnnType = newValue }
  }
  package var numLayers: Int {
    get { controller.numLayers }
    set { controller.numLayers = newValue }
  }
  package var numHiddenLayers: Int {
    get { controller.numHiddenLayers }
    set { controller.numHiddenLayers = newValue }
  }
  package var bias: Bool {
    get { controller.bias }
    set { controller.bias = newValue }
  }
  package var dropout: Float {
    get { controller.dropout }
    set { controller.dropout = newValue }
  }
  package var nonlinearity: Nonlinearity {
    get { controller.nonlinearity }
    set { controller.nonlinearity = newValue }
  }
  package var clip: Float {
    get { controller.clip }
    set { controller.clip = newValue }
  }

  /// Whether heads read a few cells only.
  package var isSparse: Bool { memory is any SparseMemoryConfiguration }

  package var nrCells: Int {
    get { cells?.nrCells ?? 0 }
    set { setCells("nr_cells") { $0.nrCells = newValue } }
  }
  package var readHeads: Int {
    get { cells?.readHeads ?? 0 }
    set { setCells("read_heads") { $0.readHeads = newValue } }
  }
  package var cellSize: Int {
    get { cells?.cellSize ?? 0 }
    set { setCells("cell_size") { $0.cellSize = newValue } }
  }
  package var independentLinears: Bool {
    get { memory.independentLinears }
    set { setCells("independent_linears") { $0.independentLinears = newValue } }
  }
  package var shareMemory: Bool {
    get { memory.shareMemory }
    set { setCells("share_memory") { $0.shareMemory = newValue } }
  }
  package var sparseReads: Int {
    get { sparse?.sparseReads ?? 0 }
    set { setSparse("sparse_reads") { $0.sparseReads = newValue } }
  }
  package var index: MemoryIndex {
    get { sparse?.index ?? .exact }
    set { setSparse("index") { $0.index = newValue } }
  }
  package var indexThreshold: Int {
    get { sparse?.indexThreshold ?? 0 }
    set { setSparse("index_threshold") { $0.indexThreshold = newValue } }
  }
  package var temporalReads: Int {
    get { sparse?.temporalReads ?? 0 }
    set { self[LinkedSparseMemory.self].temporalReads = newValue }
  }
  package var dialect: Dialect {
    get { (memory as? DenseMemory.Configuration)?.dialect ?? .nature }
    set { self[DenseMemory.self].dialect = newValue }
  }
  package var recomputeEvery: Int {
    get { (memory as? DenseMemory.Configuration)?.recomputeEvery ?? 0 }
    set { self[DenseMemory.self].recomputeEvery = newValue }
  }

  private var cells: (any CellMemoryConfiguration)? { memory as? any CellMemoryConfiguration }
  private var sparse: (any SparseMemoryConfiguration)? {
    memory as? any SparseMemoryConfiguration
  }

  private mutating func setCells(
    _ name: String, _ change: (inout any CellMemoryConfiguration) -> Void
  ) {
    guard var cells else { fatalError("the memory \"\(memoryType.rawValue)\" has no \(name)") }
    change(&cells)
    memory = cells
  }

  private mutating func setSparse(
    _ name: String, _ change: (inout any SparseMemoryConfiguration) -> Void
  ) {
    guard var sparse else { fatalError("the memory \"\(memoryType.rawValue)\" has no \(name)") }
    change(&sparse)
    memory = sparse
  }
}
