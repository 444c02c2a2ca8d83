import Foundation
import NeuralMemory

/// A second implementation of the DNC, straight from `docs/equations/dnc.md` and
/// `docs/equations/model.md`: doubles, plain loops, one batch element after the other.
///
/// It shares nothing with the library but the configuration and the names of tensors. All numbers
/// stand in one dictionary of flat arrays, so that a finite difference can be taken by any of them:
/// parameters under their names, `input` [batch, time, feature], the start under `state/NAME` as in
/// `StateTensors`.
struct ReferenceDNC {
  let configuration: NetworkConfiguration
  let batch: Int
  let steps: Int
  var lengths: [Int]
  var passThroughMemory = true
  var resetExperience = false
  /// Dropout's factors of a cell's output, by element, step and number of the cell; nil: no
  /// dropout.
  var dropout: ((_ item: Int, _ step: Int, _ cell: Int) -> [Double])?

  struct Result {
    /// [batch, time, output]
    var output: [Double] = []
    /// Under the names of `StateTensors`.
    var state: [String: [Double]] = [:]
    /// How near the run came to a place where the function jumps: the smallest gap between two
    /// usages whose order matters.
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
      result.kink = min(result.kink, element.controller.kink)
    }
    return result
  }
}

/// One batch element on its way through time.
private struct ReferenceElement {
  let network: ReferenceDNC
  let c: NetworkConfiguration
  let item: Int
  var controller: ReferenceController
  var memories: [ReferenceMemory] = []
  var reads: [Double]
  let startReads: [Double]
  var tie = Double.infinity

  init(_ network: ReferenceDNC, _ numbers: [String: [Double]], item: Int) {
    self.network = network
    self.item = item
    c = network.configuration
    let (n, w, r) = (c.nrCells, c.cellSize, c.readHeads)
    func part(_ name: String, _ count: Int) -> [Double] {
      guard let whole = numbers["state/\(name)"] else { return Array(repeating: 0, count: count) }
      return Array(whole[item * count..<(item + 1) * count])
    }
    reads = part("reads", r * w)
    startReads = reads
    controller = ReferenceController(c, numbers, start: part)
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
    controller.append(to: &state)
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
    let item = item
    var below = input
    var layerReads = c.dialect == .pytorchDNC ? startReads : reads
    for layer in 0..<c.numLayers {
      below = controller.step(
        layer, below + layerReads,
        dropout: network.dropout.map { factors in { factors(item, step, $0) } })
      layerReads = network.passThroughMemory ? access(layer, below) : layerReads.map { _ in 0 }
    }
    reads = layerReads
    return controller.linear("output", below + layerReads)
  }

  private mutating func access(_ layer: Int, _ h: [Double]) -> [Double] {
    let (w, r) = (c.cellSize, c.readHeads)
    let values = controller.interface(
      layer, h,
      [
        ("read_keys", r * w), ("read_strengths", r), ("write_key", w), ("write_strength", 1),
        ("erase_vector", w), ("write_vector", w), ("free_gates", r), ("allocation_gate", 1),
        ("write_gate", 1), ("read_modes", 3 * r),
      ])
    let interface = ReferenceInterface(values, heads: r, dialect: c.dialect)
    let (reads, gap) = memories[c.shareMemory ? 0 : layer].step(interface, dialect: c.dialect)
    tie = min(tie, gap)
    return reads
  }
}
