import Foundation

// What the state files of all networks have in common: controllers, last reads, and which network's state it is.

extension NetworkState {
  /// A file with everything but the memories.
  ///
  /// - Parameter kind: the metadata's entry `state`, which says whose state it is.
  func fileWithoutMemories(kind: MemoryType) -> SafeTensors {
    var file = SafeTensors()
    file.metadata = ["format": "swift-dnc", "state": kind.rawValue]
    for (layer, cells) in controllers.enumerated() {
      for (depth, cell) in cells.enumerated() {
        file.set("controllers.\(layer).\(depth).h", cell.h)
        if let c = cell.c { file.set("controllers.\(layer).\(depth).c", c) }
      }
    }
    // without a memory there are none
    if reads.shape[1] > 0 { file.set("reads", reads) }
    return file
  }
}

extension NetworkPlan {
  /// The batch size of a state file, which is what the file says, as far as its payload bears it out.
  ///
  /// - Throws: `CheckpointError` if it is no state of this kind, or its reads (without a memory: its first h) do not fit.
  func batch(ofState file: SafeTensors, kind: MemoryType, name: String) throws -> Int {
    guard let found = file.metadata["state"] else {
      throw CheckpointError.missingMetadata(
        file: name, entry: "state",
        expected: "\"\(kind.rawValue)\", as in a state of this model")
    }
    guard found == kind.rawValue else {
      throw CheckpointError.badMetadata(
        file: name, entry: "state", problem: "is \"\(found)\", not \"\(kind.rawValue)\"")
    }
    let (tensor, width) = readSize > 0 ? ("reads", readSize) : ("controllers.0.0.h", hidden)
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

  /// Names and shapes of what `fileWithoutMemories` writes.
  func stateEntries(batch: Int) -> [(String, [Int])] {
    var entries: [(String, [Int])] = []
    for cell in cells {
      let prefix = "controllers.\(cell.layer).\(cell.depth)"
      entries.append(("\(prefix).h", [batch, hidden]))
      if rnnType == .lstm { entries.append(("\(prefix).c", [batch, hidden])) }
    }
    if readSize > 0 { entries.append(("reads", [batch, readSize])) }
    return entries
  }

  /// A state with a file's controllers and reads.
  func state<Memory>(
    _ values: ParameterStore, batch: Int, memory: (Int) -> Memory
  ) -> NetworkState<Memory> {
    var state = initialState(batch: batch, memory: memory)
    for cell in cells {
      let prefix = "controllers.\(cell.layer).\(cell.depth)"
      state.controllers[cell.layer][cell.depth].h = values["\(prefix).h"]
      if rnnType == .lstm {
        state.controllers[cell.layer][cell.depth].c = values["\(prefix).c"]
      }
    }
    if readSize > 0 { state.reads = values["reads"] }
    return state
  }
}
