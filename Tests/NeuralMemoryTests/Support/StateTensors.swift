import NeuralMemory

/// A state as a dictionary: `h.LAYER.DEPTH`, `c.LAYER.DEPTH`, for every memory `memory.NUMBER`,
/// `usage.`, `precedence.`, `link.`, `read_weights.`, `write_weights.`, and `reads`.
enum StateTensors {
  private static var parts: [(name: String, path: WritableKeyPath<DenseMemoryState, Tensor>)] {
    [
      ("memory", \.memory), ("usage", \.usage), ("precedence", \.precedence), ("link", \.link),
      ("read_weights", \.readWeights), ("write_weights", \.writeWeights),
    ]
  }

  static func dictionary(_ state: DNCState) -> [String: Tensor] {
    var tensors = ["reads": state.reads]
    for (layer, cells) in state.controllers.enumerated() {
      for (depth, cell) in cells.enumerated() {
        tensors["h.\(layer).\(depth)"] = cell.h
        tensors["c.\(layer).\(depth)"] = cell.c
      }
    }
    for (number, memory) in state.memories.enumerated() {
      for part in parts { tensors["\(part.name).\(number)"] = memory[keyPath: part.path] }
    }
    return tensors
  }

  /// Replaces every part of a state by what `replacement` says, which gets its name and shape.
  static func fill(_ state: inout DNCState, _ replacement: (String, [Int]) -> Tensor) {
    for layer in state.controllers.indices {
      for depth in state.controllers[layer].indices {
        let shape = state.controllers[layer][depth].h.shape
        state.controllers[layer][depth].h = replacement("h.\(layer).\(depth)", shape)
        if state.controllers[layer][depth].c != nil {
          state.controllers[layer][depth].c = replacement("c.\(layer).\(depth)", shape)
        }
      }
    }
    for number in state.memories.indices {
      for part in parts {
        let shape = state.memories[number][keyPath: part.path].shape
        state.memories[number][keyPath: part.path] = replacement("\(part.name).\(number)", shape)
      }
    }
    state.reads = replacement("reads", state.reads.shape)
  }
}
