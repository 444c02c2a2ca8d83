import NeuralMemory

extension RandomNumbers {
  /// Independent normal numbers.
  mutating func tensor(_ shape: [Int], scale: Float = 1) -> Tensor {
    Tensor(shape: shape).map { _ in scale * normal() }
  }

  mutating func pick<Element>(_ choices: [Element]) -> Element {
    choices[integer(in: 0...choices.count - 1)]
  }

  /// A state within the bounds of `docs/equations/dnc.md#invariants`, nothing in it zero but the
  /// link's diagonal.
  mutating func state(of model: DNC, batch: Int) -> DNCState {
    var state = model.initialState(batch: batch)
    StateTensors.fill(&state) { name, shape in
      switch name.prefix(while: { $0 != "." }) {
      case "h": return Tensor(shape: shape).map { _ in uniform(in: -0.9..<0.9) }
      case "usage": return Tensor(shape: shape).map { _ in uniform(in: 0.05..<0.95) }
      case "precedence", "read_weights", "write_weights":
        return distributions(shape, total: uniform(in: 0.3..<0.95))
      case "link": return link(shape)
      default: return tensor(shape)
      }
    }
    return state
  }

  /// A direction, or a gradient, in the space of states.
  mutating func cotangent(of model: DNC, batch: Int) -> DNCState {
    var state = model.initialState(batch: batch)
    StateTensors.fill(&state) { _, shape in tensor(shape, scale: 0.5) }
    return state
  }

  /// Rows along the last axis that sum to `total`.
  private mutating func distributions(_ shape: [Int], total: Float) -> Tensor {
    var tensor = Tensor(shape: shape).map { _ in uniform(in: 0.05..<1) }
    let size = shape.last!
    for row in 0..<tensor.count / size {
      let range = row * size..<(row + 1) * size
      let sum = tensor.values[range].reduce(0, +)
      for i in range { tensor.values[i] *= total / sum }
    }
    return tensor
  }

  /// Rows and columns that sum to at most 0.9 (the precedence's share of the columns is not
  /// accounted for).
  private mutating func link(_ shape: [Int]) -> Tensor {
    let n = shape[1]
    var tensor = Tensor(shape: shape).map { _ in uniform(in: 0..<0.9) / Float(n) }
    for item in 0..<shape[0] {
      for i in 0..<n { tensor[item, i, i] = 0 }
    }
    return tensor
  }
}
