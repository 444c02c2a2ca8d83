/// The arguments of the networks' constructors, in one place.
extension NetworkConfiguration {
  init(
    _ memoryType: MemoryType, inputSize: Int, hiddenSize: Int, rnnType: RNNType, numLayers: Int,
    numHiddenLayers: Int, bias: Bool, batchFirst: Bool, dropout: Float, nrCells: Int? = nil,
    readHeads: Int? = nil, sparseReads: Int? = nil, temporalReads: Int? = nil,
    cellSize: Int? = nil, nonlinearity: Nonlinearity, independentLinears: Bool = false,
    shareMemory: Bool = true, debug: Bool, clip: Float, outputSize: Int?,
    dialect: Dialect = .nature
  ) {
    self.init(inputSize: inputSize, hiddenSize: hiddenSize, memoryType: memoryType)
    self.rnnType = rnnType
    self.numLayers = numLayers
    self.numHiddenLayers = numHiddenLayers
    self.bias = bias
    self.batchFirst = batchFirst
    self.dropout = dropout
    self.nrCells = nrCells ?? self.nrCells
    self.readHeads = readHeads ?? self.readHeads
    self.sparseReads = sparseReads ?? self.sparseReads
    self.temporalReads = temporalReads ?? self.temporalReads
    self.cellSize = cellSize ?? self.cellSize
    self.nonlinearity = nonlinearity
    self.independentLinears = independentLinears
    self.shareMemory = shareMemory
    self.debug = debug
    self.clip = clip
    self.outputSize = outputSize
    self.dialect = dialect
  }
}
