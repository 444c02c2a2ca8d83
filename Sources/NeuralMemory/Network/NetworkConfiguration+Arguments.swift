// The arguments that the constructors of all networks have in common.

extension NetworkConfiguration {
  mutating func setControllers(
    _ rnnType: RNNType, _ numLayers: Int, _ numHiddenLayers: Int, _ bias: Bool,
    _ dropout: Float, _ nonlinearity: Nonlinearity, _ clip: Float
  ) {
    controller.rnnType = rnnType
    controller.numLayers = numLayers
    controller.numHiddenLayers = numHiddenLayers
    controller.bias = bias
    controller.dropout = dropout
    controller.nonlinearity = nonlinearity
    controller.clip = clip
  }

  mutating func setShapes(_ outputSize: Int?, batchFirst: Bool, debug: Bool) {
    self.outputSize = outputSize
    self.batchFirst = batchFirst
    self.debug = debug
  }
}

extension CellMemoryConfiguration {
  mutating func setCells(
    _ nrCells: Int, _ readHeads: Int, _ cellSize: Int, _ independentLinears: Bool,
    _ shareMemory: Bool
  ) {
    self.nrCells = nrCells
    self.readHeads = readHeads
    self.cellSize = cellSize
    self.independentLinears = independentLinears
    self.shareMemory = shareMemory
  }
}
