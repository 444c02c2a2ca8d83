import Foundation

extension NetworkState where Memory == DenseMemoryState {
  /// Writes the state as a safetensors file: `controllers.{layer}.{hidden layer}.h` (and `.c`), `memories.{number}.memory`, `.usage`, `.precedence`, `.link`,
  /// `.read_weights`, `.write_weights`, and `reads`.
  ///
  /// - Throws: `FileError`.
  public func write(to url: URL) throws {
    var file = SafeTensors()
    file.metadata = ["format": "swift-dnc", "state": "dnc"]
    for (name, tensor) in named { file.set(name, tensor) }
    try file.write(to: url)
  }

  private var named: [(String, Tensor)] {
    var list: [(String, Tensor)] = []
    for (layer, cells) in controllers.enumerated() {
      for (depth, cell) in cells.enumerated() {
        list.append(("controllers.\(layer).\(depth).h", cell.h))
        if let c = cell.c { list.append(("controllers.\(layer).\(depth).c", c)) }
      }
    }
    for (number, memory) in memories.enumerated() {
      for part in DNCState.memoryParts {
        list.append(("memories.\(number).\(part.name)", memory[keyPath: part.path]))
      }
    }
    list.append(("reads", reads))
    return list
  }

  private static var memoryParts: [(name: String, path: WritableKeyPath<DenseMemoryState, Tensor>)]
  {
    [
      ("memory", \.memory), ("usage", \.usage), ("precedence", \.precedence), ("link", \.link),
      ("read_weights", \.readWeights), ("write_weights", \.writeWeights),
    ]
  }
}

extension DNC {
  /// Reads a state of this model that `DNCState.write(to:)` wrote: the next output is the same, bit for bit.
  ///
  /// - Throws: `FileError`, `SafeTensorsError`, or `CheckpointError` if the file is not a state of this model.
  public func state(contentsOf url: URL) throws -> State {
    let file = try SafeTensors(contentsOf: url)
    let name = url.lastPathComponent
    guard file.metadata["state"] == "dnc" else {
      throw CheckpointError.missingMetadata(
        file: name, entry: "state", expected: "\"dnc\": the state of a DNC")
    }
    guard let shape = file.shape(of: "reads") else {
      throw CheckpointError.missingTensors(file: name, names: ["reads"])
    }
    // the batch size is what the file says, as far as its payload bears it out
    let batch = shape.first ?? 1
    let plan = _engine.plan
    guard shape == [batch, plan.readSize] else {
      throw CheckpointError.wrongShape(
        file: name, tensor: "reads", expected: [batch, plan.readSize], found: shape)
    }
    return try plan.readState(
      file, batch: batch, dense: DensePlan(configuration).layout, name: name)
  }
}

extension NetworkPlan {
  fileprivate func readState(
    _ file: SafeTensors, batch: Int, dense: DenseLayout, name: String
  ) throws -> DNCState {
    var entries: [(String, [Int])] = []
    for cell in cells {
      let prefix = "controllers.\(cell.layer).\(cell.depth)"
      entries.append(("\(prefix).h", [batch, hidden]))
      if rnnType == .lstm { entries.append(("\(prefix).c", [batch, hidden])) }
    }
    for memory in 0..<memories {
      let (n, w, r) = (dense.n, dense.w, dense.r)
      for (part, shape) in [
        ("memory", [batch, n, w]), ("usage", [batch, n]), ("precedence", [batch, n]),
        ("link", [batch, n, n]), ("read_weights", [batch, r, n]), ("write_weights", [batch, n]),
      ] {
        entries.append(("memories.\(memory).\(part)", shape))
      }
    }
    entries.append(("reads", [batch, readSize]))
    let values = try file.values(of: ParameterLayout(entries), file: name, ignoring: [])
    var state = initialState(batch: batch) { _ in DenseMemoryState(batch: batch, layout: dense) }
    for cell in cells {
      let prefix = "controllers.\(cell.layer).\(cell.depth)"
      state.controllers[cell.layer][cell.depth].h = values["\(prefix).h"]
      if rnnType == .lstm {
        state.controllers[cell.layer][cell.depth].c = values["\(prefix).c"]
      }
    }
    for memory in 0..<memories {
      let prefix = "memories.\(memory)"
      state.memories[memory].memory = values["\(prefix).memory"]
      state.memories[memory].usage = values["\(prefix).usage"]
      state.memories[memory].precedence = values["\(prefix).precedence"]
      state.memories[memory].link = values["\(prefix).link"]
      state.memories[memory].readWeights = values["\(prefix).read_weights"]
      state.memories[memory].writeWeights = values["\(prefix).write_weights"]
    }
    state.reads = values["reads"]
    return state
  }
}
