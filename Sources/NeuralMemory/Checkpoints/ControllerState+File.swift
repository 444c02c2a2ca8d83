import Foundation

extension NetworkState where Memory == NoMemoryState {
  /// Writes the state as a safetensors file: `controllers.{layer}.{hidden layer}.h` (and `.c`).
  ///
  /// - Throws: `FileError`.
  public func write(to url: URL) throws {
    try fileWithoutMemories(kind: .none).write(to: url)
  }
}

extension ControllerNetwork {
  /// Reads a state of this model that `ControllerState.write(to:)` wrote: the next output is the same, bit for bit.
  ///
  /// - Throws: `FileError`, `SafeTensorsError`, or `CheckpointError` if the file is not a state of this model.
  public func state(contentsOf url: URL) throws -> State {
    let file = try SafeTensors(contentsOf: url)
    let name = url.lastPathComponent
    let plan = _engine.plan
    let batch = try plan.batch(ofState: file, kind: .none, name: name)
    let values = try file.values(
      of: ParameterLayout(plan.stateEntries(batch: batch)), file: name, ignoring: [])
    return plan.state(values, batch: batch) { _ in NoMemoryState(batch: batch) }
  }
}
