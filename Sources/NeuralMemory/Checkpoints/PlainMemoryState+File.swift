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
