import Foundation
import NeuralMemory

/// A second implementation of SAM and SDNC: doubles, dense, plain loops, one batch element after
/// the other.
///
/// As `ReferenceDNC`, it takes all numbers from one dictionary: parameters, `input` [batch, time,
/// feature], the start's `state/NAME`.
struct SparseReference {
  let configuration: NetworkConfiguration
  let batch: Int
  let steps: Int
  var lengths: [Int]
  var passThroughMemory = true
  /// By element and memory: everything about the memories at the start, of which `state/memory.M`
  /// and `state/read_weights.M` may take the place of the numbers.
  var start: [[SparseReferenceMemory]]?
  /// By element and access: choices to make instead of one's own.
  var replay: [[SparseReferenceChoices]]?

  struct Result {
    /// [batch, time, output]
    var output: [Double] = []
    /// `h.`, `c.`, `reads`, `memory.M`, `read_weights.M`.
    var state: [String: [Double]] = [:]
    /// By element and memory.
    var memories: [[SparseReferenceMemory]] = []
    var choices: [[SparseReferenceChoices]] = []
    /// By element and step: how near the step came to another choice.
    var margins: [[Double]] = []
    var kink = Double.infinity
  }

  func run(_ numbers: [String: [Double]]) -> Result {
    var result = Result()
    let inputs = numbers["input"]!
    let size = configuration.inputSize
    for item in 0..<batch {
      var element = Element(self, numbers, item: item)
      var margins: [Double] = []
      for step in 0..<steps {
        guard step < lengths[item] else {
          result.output += [Double](repeating: 0, count: configuration.outputs)
          continue
        }
        let at = (item * steps + step) * size
        result.output += element.step(Array(inputs[at..<at + size]))
        margins.append(element.margin)
      }
      element.append(to: &result.state)
      result.memories.append(element.memories)
      result.choices.append(element.choices)
      result.margins.append(margins)
      result.kink = min(result.kink, element.controller.kink)
    }
    return result
  }

  /// One batch element on its way through time.
  private struct Element {
    let network: SparseReference
    let c: NetworkConfiguration
    let item: Int
    var controller: ReferenceController
    var memories: [SparseReferenceMemory]
    var reads: [Double]
    var choices: [SparseReferenceChoices] = []
    var margin = Double.infinity

    init(_ network: SparseReference, _ numbers: [String: [Double]], item: Int) {
      self.network = network
      self.item = item
      c = network.configuration
      func part(_ name: String, _ count: Int) -> [Double]? {
        numbers["state/\(name)"].map { Array($0[item * count..<(item + 1) * count]) }
      }
      func partOrZero(_ name: String, _ count: Int) -> [Double] {
        part(name, count) ?? Array(repeating: 0, count: count)
      }
      controller = ReferenceController(c, numbers, start: partOrZero)
      reads = partOrZero("reads", c.readHeads * c.cellSize)
      memories =
        network.start?[item]
        ?? Array(repeating: SparseReferenceMemory(c), count: c.shareMemory ? 1 : c.numLayers)
      for m in memories.indices {
        if let values = part("memory.\(m)", c.nrCells * c.cellSize) {
          memories[m].memory.values = values
        }
        if let values = part("read_weights.\(m)", c.readHeads * c.nrCells) {
          memories[m].reads.values = values
        }
      }
    }

    func append(to state: inout [String: [Double]]) {
      controller.append(to: &state)
      state["reads", default: []] += reads
      for (m, memory) in memories.enumerated() {
        state["memory.\(m)", default: []] += memory.memory.values
        state["read_weights.\(m)", default: []] += memory.reads.values
      }
    }

    mutating func step(_ input: [Double]) -> [Double] {
      var below = input
      var layerReads = reads
      margin = .infinity
      for layer in 0..<c.numLayers {
        below = controller.step(layer, below + layerReads)
        guard network.passThroughMemory else {
          layerReads = layerReads.map { _ in 0 }
          continue
        }
        let interface = SparseReferenceInterface(
          controller.interface(layer, below, SparseReferenceInterface.fields(c)),
          heads: c.readHeads)
        let m = c.shareMemory ? 0 : layer
        let (vectors, chosen) = memories[m].access(
          interface, replay: network.replay?[item][choices.count])
        layerReads = vectors
        choices.append(chosen)
        margin = min(margin, memories[m].margin)
      }
      reads = layerReads
      return controller.linear("output", below + layerReads)
    }
  }
}
