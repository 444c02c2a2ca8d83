extension NoMemory: SavedMemory {
  static func write(_ state: State, to file: inout SafeTensors, prefix: String) {}

  static func read(
    _ file: StateFile, prefix: String, _ configuration: NetworkConfiguration
  ) throws -> SavedState<State> {
    let batch = file.batch
    return SavedState(floats: [], state: { _ in State(batch: batch) })
  }
}
