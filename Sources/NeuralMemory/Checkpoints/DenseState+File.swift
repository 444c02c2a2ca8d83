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

extension NoMemory: SavedMemory {
  static func write(_ state: State, to file: inout SafeTensors, prefix: String) {}

  static func read(
    _ file: StateFile, prefix: String, _ configuration: NetworkConfiguration
  ) throws -> SavedState<State> {
    let batch = file.batch
    return SavedState(floats: [], state: { _ in State(batch: batch) })
  }
}

/// A memory of a program's own in a state file: its vectors as one tensor, `state`.
enum SavedPlainMemory<M: PlainMemory>: SavedMemory {
  typealias State = PlainMemoryState

  static func write(_ state: PlainMemoryState, to file: inout SafeTensors, prefix: String) {
    file.set("\(prefix)state", state.values)
  }

  static func read(
    _ file: StateFile, prefix: String, _ configuration: NetworkConfiguration
  ) throws -> SavedState<PlainMemoryState> {
    let size = M(configuration[M.self]).stateSize
    let batch = file.batch
    return SavedState(
      floats: [("\(prefix)state", [batch, size])],
      state: { values in
        var state = PlainMemoryState(batch: batch, size: size)
        state.values = values["\(prefix)state"]
        return state
      })
  }
}
