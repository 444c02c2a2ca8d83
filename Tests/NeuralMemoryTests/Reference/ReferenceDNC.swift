import Foundation
import NeuralMemory

/// A second implementation of the DNC, straight from `spec/dnc.md` and `spec/model.md`: doubles, plain loops, one batch element after the other.
///
/// It shares nothing with the library but the configuration and the names of tensors. All numbers stand in one dictionary of flat arrays, so that
/// a finite difference can be taken by any of them: parameters under their names, `input` [batch, time, feature], the start under `state/NAME`
/// as in `StateTensors`.
struct ReferenceDNC {
  let configuration: DNCConfiguration
  let batch: Int
  let steps: Int
  var lengths: [Int]
  var passThroughMemory = true
  var resetExperience = false
  /// Dropout's factors of a cell's output, by element, step and number of the cell; nil: no dropout.
  var dropout: ((_ item: Int, _ step: Int, _ cell: Int) -> [Double])?

  struct Result {
    /// [batch, time, output]
    var output: [Double] = []
    /// Under the names of `StateTensors`.
    var state: [String: [Double]] = [:]
    /// How near the run came to a place where the function jumps: the smallest gap between two usages whose order matters.
    var tie = Double.infinity
    /// How near it came to a kink: the clip's limit, a relu's zero.
    var kink = Double.infinity
  }

  func run(_ numbers: [String: [Double]]) -> Result {
    var result = Result()
    for item in 0..<batch {
      var element = ReferenceElement(self, numbers, item: item)
      let inputs = numbers["input"]!
      let size = configuration.inputSize
      for step in 0..<steps {
        guard step < lengths[item] else {
          result.output += [Double](repeating: 0, count: configuration.outputs)
          continue
        }
        let at = (item * steps + step) * size
        result.output += element.step(step, Array(inputs[at..<at + size]))
      }
      element.append(to: &result.state)
      result.tie = min(result.tie, element.tie)
      result.kink = min(result.kink, element.kink)
    }
    return result
  }
}

/// One batch element on its way through time.
private struct ReferenceElement {
  let network: ReferenceDNC
  let c: DNCConfiguration
  let numbers: [String: [Double]]
  let item: Int
  var h: [[[Double]]] = []
  var cellStates: [[[Double]]] = []
  var memories: [ReferenceMemory] = []
  var reads: [Double]
  let startReads: [Double]
  var tie = Double.infinity
  var kink = Double.infinity

  init(_ network: ReferenceDNC, _ numbers: [String: [Double]], item: Int) {
    self.network = network
    self.numbers = numbers
    self.item = item
    c = network.configuration
    let (n, w, r) = (c.nrCells, c.cellSize, c.readHeads)
    func part(_ name: String, _ count: Int) -> [Double] {
      guard let whole = numbers["state/\(name)"] else { return Array(repeating: 0, count: count) }
      return Array(whole[item * count..<(item + 1) * count])
    }
    reads = part("reads", r * w)
    startReads = reads
    for layer in 0..<c.numLayers {
      h.append((0..<c.numHiddenLayers).map { part("h.\(layer).\($0)", c.hiddenSize) })
      cellStates.append((0..<c.numHiddenLayers).map { part("c.\(layer).\($0)", c.hiddenSize) })
    }
    for m in 0..<(c.shareMemory ? 1 : c.numLayers) {
      func memory(_ name: String, _ count: Int) -> [Double] {
        network.resetExperience
          ? Array(repeating: 0, count: count) : part("\(name).\(m)", count)
      }
      memories.append(
        ReferenceMemory(
          memory: ReferenceMatrix(n, w, memory("memory", n * w)), usage: memory("usage", n),
          precedence: memory("precedence", n), link: ReferenceMatrix(n, n, memory("link", n * n)),
          readWeights: ReferenceMatrix(r, n, memory("read_weights", r * n)),
          writeWeights: memory("write_weights", n)))
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
    for (m, memory) in memories.enumerated() {
      state["memory.\(m)", default: []] += memory.memory.values
      state["usage.\(m)", default: []] += memory.usage
      state["precedence.\(m)", default: []] += memory.precedence
      state["link.\(m)", default: []] += memory.link.values
      state["read_weights.\(m)", default: []] += memory.readWeights.values
      state["write_weights.\(m)", default: []] += memory.writeWeights
    }
    state["reads", default: []] += reads
  }

  mutating func step(_ step: Int, _ input: [Double]) -> [Double] {
    var below = input
    var layerReads = c.dialect == .pytorchDNC ? startReads : reads
    for layer in 0..<c.numLayers {
      var x = below + layerReads
      for depth in 0..<c.numHiddenLayers {
        runCell(layer, depth, x)
        x = h[layer][depth]
        if depth + 1 < c.numHiddenLayers, let dropout = network.dropout {
          let factors = dropout(item, step, layer * c.numHiddenLayers + depth)
          x = zip(x, factors).map { $0 * $1 }
        }
      }
      below = h[layer][c.numHiddenLayers - 1].map { clip($0) }
      layerReads = network.passThroughMemory ? access(layer, below) : layerReads.map { _ in 0 }
    }
    reads = layerReads
    return linear("output", below + layerReads, bias: true)
  }

  private mutating func access(_ layer: Int, _ h: [Double]) -> [Double] {
    let (w, r) = (c.cellSize, c.readHeads)
    let prefix = c.shareMemory ? "rnn_layer_memory_shared" : "rnn_layer_memory_\(layer)"
    let fields: [(String, Int)] = [
      ("read_keys", r * w), ("read_strengths", r), ("write_key", w), ("write_strength", 1),
      ("erase_vector", w), ("write_vector", w), ("free_gates", r), ("allocation_gate", 1),
      ("write_gate", 1), ("read_modes", 3 * r),
    ]
    var values: [[Double]] = []
    if c.independentLinears {
      for (name, _) in fields {
        values.append(linear("\(prefix).\(name)_transform", h, bias: true))
      }
    } else {
      var rest = linear("\(prefix).interface_weights", h, bias: true)[...]
      for (_, size) in fields {
        values.append(Array(rest.prefix(size)))
        rest = rest.dropFirst(size)
      }
    }
    let interface = ReferenceInterface(values, heads: r, dialect: c.dialect)
    let (reads, gap) = memories[c.shareMemory ? 0 : layer].step(interface, dialect: c.dialect)
    tie = min(tie, gap)
    return reads
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
      }
    }
  }

  private func linear(_ name: String, _ x: [Double], bias: Bool) -> [Double] {
    product(name + ".weight", x, name + ".bias")
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
