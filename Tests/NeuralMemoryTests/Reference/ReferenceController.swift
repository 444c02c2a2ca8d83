import Foundation
import NeuralMemory

/// The controllers of one batch element, `docs/equations/model.md` word by word: what the
/// references of all networks share.
struct ReferenceController {
  let c: NetworkConfiguration
  let numbers: [String: [Double]]
  private(set) var h: [[[Double]]] = []
  private(set) var cellStates: [[[Double]]] = []
  /// How near it came to a kink: the clip's limit, a relu's zero.
  private(set) var kink = Double.infinity

  /// `start` gives a part of the state at the start, by its name and size.
  init(
    _ c: NetworkConfiguration, _ numbers: [String: [Double]],
    start: (_ name: String, _ count: Int) -> [Double]
  ) {
    self.c = c
    self.numbers = numbers
    for layer in 0..<c.numLayers {
      h.append((0..<c.numHiddenLayers).map { start("h.\(layer).\($0)", c.hiddenSize) })
      cellStates.append((0..<c.numHiddenLayers).map { start("c.\(layer).\($0)", c.hiddenSize) })
    }
  }

  func append(to state: inout [String: [Double]]) {
    for layer in 0..<c.numLayers {
      for depth in 0..<c.numHiddenLayers {
        state["h.\(layer).\(depth)", default: []] += h[layer][depth]
        if c.rnnType == .lstm {
          state["c.\(layer).\(depth)", default: []] += cellStates[layer][depth]
        }
      }
    }
  }

  /// One step of a layer's cells; returns the clipped output. `dropout` gives the factors of a
  /// cell's output by its number.
  mutating func step(_ layer: Int, _ input: [Double], dropout: ((Int) -> [Double])? = nil)
    -> [Double]
  {
    var x = input
    for depth in 0..<c.numHiddenLayers {
      runCell(layer, depth, x)
      x = h[layer][depth]
      if depth + 1 < c.numHiddenLayers, let dropout {
        x = zip(x, dropout(layer * c.numHiddenLayers + depth)).map { $0 * $1 }
      }
    }
    return h[layer][c.numHiddenLayers - 1].map { clip($0) }
  }

  /// The interface's fields for a layer's memory, as they come out of the linear map.
  func interface(_ layer: Int, _ h: [Double], _ fields: [(name: String, size: Int)]) -> [[Double]] {
    let prefix = c.shareMemory ? "rnn_layer_memory_shared" : "rnn_layer_memory_\(layer)"
    if c.independentLinears {
      return fields.map { linear("\(prefix).\($0.name)_transform", h) }
    }
    var rest = linear("\(prefix).interface_weights", h)[...]
    return fields.map { field in
      defer { rest = rest.dropFirst(field.size) }
      return Array(rest.prefix(field.size))
    }
  }

  func linear(_ name: String, _ x: [Double]) -> [Double] {
    product(name + ".weight", x, name + ".bias")
  }

  private mutating func clip(_ x: Double) -> Double {
    let limit = Double(c.clip)
    guard limit > 0 else { return x }
    kink = min(kink, abs(abs(x) - limit))
    return max(-limit, min(limit, x))
  }

  /// PyTorch's cells.
  private mutating func runCell(_ layer: Int, _ depth: Int, _ x: [Double]) {
    let prefix = "\(c.rnnType.rawValue)_layer_\(layer)."
    let old = h[layer][depth]
    let ofInput = product(prefix + "weight_ih_l\(depth)", x, prefix + "bias_ih_l\(depth)")
    let ofOwn = product(prefix + "weight_hh_l\(depth)", old, prefix + "bias_hh_l\(depth)")
    let size = c.hiddenSize
    func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
    for j in 0..<size {
      func sum(_ gate: Int) -> Double { ofInput[gate * size + j] + ofOwn[gate * size + j] }
      switch c.rnnType {
      case .lstm:
        let (i, f, g, o) = (sigmoid(sum(0)), sigmoid(sum(1)), tanh(sum(2)), sigmoid(sum(3)))
        cellStates[layer][depth][j] = f * cellStates[layer][depth][j] + i * g
        h[layer][depth][j] = o * tanh(cellStates[layer][depth][j])
      case .gru:
        let (r, z) = (sigmoid(sum(0)), sigmoid(sum(1)))
        let n = tanh(ofInput[2 * size + j] + r * ofOwn[2 * size + j])
        h[layer][depth][j] = (1 - z) * n + z * old[j]
      case .rnn:
        if c.nonlinearity == .tanh {
          h[layer][depth][j] = tanh(sum(0))
        } else {
          kink = min(kink, abs(sum(0)))
          h[layer][depth][j] = max(0, sum(0))
        }
      default:
        guard let leaky = c.rnnType.controller as? LeakyIntegrator else {
          fatalError("there is no reference of the recurrence \(c.rnnType.rawValue)")
        }
        let rate = Double(leaky.rate)
        h[layer][depth][j] = (1 - rate) * old[j] + rate * tanh(sum(0))
      }
    }
  }

  /// W x + b; without b if there is none of that name.
  private func product(_ weight: String, _ x: [Double], _ bias: String) -> [Double] {
    let w = numbers[weight]!
    let rows = w.count / x.count
    precondition(rows * x.count == w.count, "\(weight) does not take \(x.count) numbers")
    let b = numbers[bias]
    return (0..<rows).map { row in
      var sum = b?[row] ?? 0
      for i in x.indices { sum += w[row * x.count + i] * x[i] }
      return sum
    }
  }
}
