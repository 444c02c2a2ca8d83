import Foundation

/// A memory whose states can be written into state files.
protocol SavedMemory {
  associatedtype State: MemoryState
  /// Adds a state's tensors under a prefix, `memories.{number}.`.
  static func write(_ state: State, to file: inout SafeTensors, prefix: String)
  /// Checks that a file holds a state under a prefix, and names its tensors.
  ///
  /// - Throws: `CheckpointError`.
  static func read(
    _ file: StateFile, prefix: String, _ configuration: NetworkConfiguration
  ) throws -> SavedState<State>
}

/// A state file, parsed.
struct StateFile {
  let content: SafeTensors
  /// What errors call it.
  let name: String
  let batch: Int
}

/// A memory's state in a file, checked but for the values of its floats.
struct SavedState<State> {
  /// Names and shapes of its tensors of floats.
  let floats: [(String, [Int])]
  /// Names of its other tensors.
  var integers: [String] = []
  /// The state from the floats.
  let state: (ParameterStore) -> State
}

extension NetworkState {
  /// Writes the state as a safetensors file: `controllers.{layer}.{hidden layer}.h` (and `.c`),
  /// `reads`, and for every memory under `memories.{number}.` what it holds: of a dense one
  /// `memory`, `usage`, `precedence`, `link`, `read_weights`, `write_weights`, of a sparse one its
  /// touched cells alone.
  ///
  /// - Throws: `FileError`.
  /// - Complexity: O(values of the state); for sparse memories O(touched cells), whatever the
  ///   number of cells.
  public func write(to url: URL) throws {
    var file = SafeTensors()
    file.metadata = ["format": "swift-dnc", "state": Memory.kind.rawValue]
    for (layer, hiddenLayers) in controllers.enumerated() {
      for (depth, hidden) in hiddenLayers.enumerated() {
        file.set("controllers.\(layer).\(depth).h", hidden.h)
        if let c = hidden.c { file.set("controllers.\(layer).\(depth).c", c) }
      }
    }
    // without a memory there are none
    if reads.shape[1] > 0 { file.set("reads", reads) }
    func write<S: SavedMemory>(_: S.Type, _ state: Any, _ prefix: String) {
      S.write(state as! S.State, to: &file, prefix: prefix)
    }
    for (number, memory) in memories.enumerated() {
      write(savedMemory(Memory.self), memory, "memories.\(number).")
    }
    try file.write(to: url)
  }
}

extension Network {
  /// Reads a state of this network that `NetworkState.write(to:)` wrote: the next output is the
  /// same, bit for bit.
  ///
  /// An approximate index of a sparse memory is not in the file: it is built again from the cells
  /// and may find other ones.
  ///
  /// - Throws: `FileError`, `SafeTensorsError`, or `CheckpointError` if the file is not a state of
  ///   this network. Names, shapes, dtypes and the cells that lists name are checked before a
  ///   memory is made.
  /// - Complexity: O(values of the state); for sparse memories O(touched cells), whatever the
  ///   number of cells.
  public func state(contentsOf url: URL) throws -> State {
    let content = try SafeTensors(contentsOf: url)
    let name = url.lastPathComponent
    let plan = engine.plan
    let file = StateFile(
      content: content, name: name,
      batch: try plan.batch(ofState: content, kind: Memory.kind, name: name))
    func read<S: SavedMemory>(_: S.Type, _ prefix: String) throws -> Any {
      try S.read(file, prefix: prefix, configuration)
    }
    let memories = try (0..<plan.memories).map {
      try read(savedMemory(Memory.self), "memories.\($0).") as! SavedState<Memory.State>
    }
    let layout = ParameterLayout(
      plan.stateEntries(batch: file.batch) + memories.flatMap(\.floats))
    let values = try content.values(
      of: layout, file: name, ignoring: memories.flatMap(\.integers))
    var state: State = plan.initialState(batch: file.batch) { memories[$0].state(values) }
    for hidden in plan.hiddenLayers {
      let prefix = "controllers.\(hidden.layer).\(hidden.depth)"
      state.controllers[hidden.layer][hidden.depth].h = values["\(prefix).h"]
      if plan.hasCellState {
        state.controllers[hidden.layer][hidden.depth].c = values["\(prefix).c"]
      }
    }
    if plan.readSize > 0 { state.reads = values["reads"] }
    return state
  }
}

/// A memory as state files see it.
private func savedMemory<M: Memory>(_: M.Type) -> any SavedMemory.Type {
  if let saved = M.self as? any SavedMemory.Type { return saved }
  func plain<P: PlainMemory>(_: P.Type) -> any SavedMemory.Type { SavedPlainMemory<P>.self }
  guard let own = M.self as? any PlainMemory.Type else {
    fatalError("no state file holds the memory \(M.self): it has to conform to PlainMemory")
  }
  return plain(own)
}

extension NetworkPlan {
  /// The batch size of a state file, which is what the file says, as far as its payload bears it
  /// out.
  ///
  /// - Throws: `CheckpointError` if it is no state of this kind, or its reads (without a memory:
  ///   its first h) do not fit.
  fileprivate func batch(
    ofState file: SafeTensors, kind: MemoryType, name: String
  ) throws -> Int {
    guard let found = file.metadata["state"] else {
      throw CheckpointError.missingMetadata(
        file: name, entry: "state",
        expected: "\"\(kind.rawValue)\", as in a state of this model")
    }
    guard found == kind.rawValue else {
      throw CheckpointError.badMetadata(
        file: name, entry: "state", problem: "is \"\(found)\", not \"\(kind.rawValue)\"")
    }
    let (tensor, width) = readSize > 0 ? ("reads", readSize) : ("controllers.0.0.h", units)
    guard let shape = file.shape(of: tensor) else {
      throw CheckpointError.missingTensors(file: name, names: [tensor])
    }
    let batch = shape.first ?? 1
    guard shape == [batch, width] else {
      throw CheckpointError.wrongShape(
        file: name, tensor: tensor, expected: [batch, width], found: shape)
    }
    return batch
  }

  /// Names and shapes of the controllers' states and the reads.
  fileprivate func stateEntries(batch: Int) -> [(String, [Int])] {
    var entries: [(String, [Int])] = []
    for hidden in hiddenLayers {
      let prefix = "controllers.\(hidden.layer).\(hidden.depth)"
      entries.append(("\(prefix).h", [batch, units]))
      if hasCellState { entries.append(("\(prefix).c", [batch, units])) }
    }
    if readSize > 0 { entries.append(("reads", [batch, readSize])) }
    return entries
  }
}
