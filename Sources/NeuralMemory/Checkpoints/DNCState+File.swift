import Foundation

extension NetworkState where Memory == DenseMemoryState {
  /// Writes the state as a safetensors file: `controllers.{layer}.{hidden layer}.h` (and `.c`), `memories.{number}.memory`, `.usage`, `.precedence`, `.link`,
  /// `.read_weights`, `.write_weights`, and `reads`.
  ///
  /// - Throws: `FileError`.
  public func write(to url: URL) throws {
    var file = fileWithoutMemories(kind: .dnc)
    for (number, memory) in memories.enumerated() {
      for part in memoryParts {
        file.set("memories.\(number).\(part.name)", memory[keyPath: part.path])
      }
    }
    try file.write(to: url)
  }
}

private let memoryParts:
  [(name: String, path: WritableKeyPath<DenseMemoryState, Tensor> & Sendable)] = [
    ("memory", \.memory), ("usage", \.usage), ("precedence", \.precedence), ("link", \.link),
    ("read_weights", \.readWeights), ("write_weights", \.writeWeights),
  ]

extension DNC {
  /// Reads a state of this model that `DNCState.write(to:)` wrote: the next output is the same, bit for bit.
  ///
  /// - Throws: `FileError`, `SafeTensorsError`, or `CheckpointError` if the file is not a state of this model.
  public func state(contentsOf url: URL) throws -> State {
    let file = try SafeTensors(contentsOf: url)
    let name = url.lastPathComponent
    let plan = _engine.plan
    let batch = try plan.batch(ofState: file, kind: .dnc, name: name)
    let dense = DensePlan(configuration).layout
    let (n, w, r) = (dense.n, dense.w, dense.r)
    let shapes = [
      [batch, n, w], [batch, n], [batch, n], [batch, n, n], [batch, r, n], [batch, n],
    ]
    var entries = plan.stateEntries(batch: batch)
    for number in 0..<plan.memories {
      for (part, shape) in zip(memoryParts, shapes) {
        entries.append(("memories.\(number).\(part.name)", shape))
      }
    }
    let values = try file.values(of: ParameterLayout(entries), file: name, ignoring: [])
    return plan.state(values, batch: batch) { number in
      var memory = DenseMemoryState(batch: batch, layout: dense)
      for part in memoryParts {
        memory[keyPath: part.path] = values["memories.\(number).\(part.name)"]
      }
      return memory
    }
  }
}
