// A dense memory in a state file: its parts under their names.

extension DenseMemory: SavedMemory {
  static func write(_ state: DenseMemoryState, to file: inout SafeTensors, prefix: String) {
    for part in state.layout.parts { file.set(prefix + part.name, state.tensor(part.name)) }
  }

  static func read(
    _ file: StateFile, prefix: String, _ configuration: NetworkConfiguration
  ) throws -> SavedState<DenseMemoryState> {
    let own = configuration[DenseMemory.self]
    let layout = DenseStateLayout(
      cells: own.nrCells, cellSize: own.cellSize, readHeads: own.readHeads)
    let batch = file.batch
    return SavedState(
      floats: layout.parts.map { (prefix + $0.name, [batch] + $0.shape) },
      state: { values in
        var state = DenseMemoryState(DenseBlocks(batch: batch, layout: layout))
        for part in layout.parts { state.set(part.name, values[prefix + part.name]) }
        return state
      })
  }
}
