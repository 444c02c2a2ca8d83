import MemoryTraining
import NeuralMemory

/// A graph sequence as read from the input of a batch alone, in the DNC paper's format: labels of
/// `digits` digits of `radix`, a channel for the start of a phase and one for answer steps. A blank
/// label is nil.
struct DecodedGraphSequence {
  typealias Labels = (from: Int?, edge: Int?, to: Int?)
  var graph: [(from: Int, edge: Int, to: Int)] = []
  var question: [Labels] = []
  var planningSteps = 0
  var answerSteps: [Int] = []

  init(_ rows: [[Float]], digits: Int, radix: Int) {
    let width = digits * radix
    func label(_ row: [Float], _ place: Int) -> Int? {
      var label = 0
      for digit in 0..<digits {
        let start = place * width + digit * radix
        guard let value = row[start..<start + radix].firstIndex(of: 1) else { return nil }
        label = label * radix + value - start
      }
      return label
    }
    var phase = 0
    for (step, row) in rows.enumerated() {
      if row[3 * width] == 1 { phase += 1 }
      let labels = (label(row, 0), label(row, 1), label(row, 2))
      if row[3 * width + 1] == 1 {
        answerSteps.append(step)
      } else if phase == 1 {
        graph.append((labels.0!, labels.1!, labels.2!))
      } else if phase == 2 {
        question.append(labels)
      } else {
        planningSteps += 1
      }
    }
  }

  /// The node that an edge leads to.
  func follow(_ edge: Int, from node: Int) -> Int? {
    let found = graph.filter { $0.from == node && $0.edge == edge }
    return found.count == 1 ? found[0].to : nil
  }

  var nodes: Set<Int> { Set(graph.flatMap { [$0.from, $0.to] }) }

  /// All shortest paths between two nodes, by trying all walks of growing length.
  func shortestPaths(from start: Int, to goal: Int) -> [[[Int]]] {
    var walks: [(end: Int, edges: [[Int]])] = [(start, [])]
    for _ in 0..<nodes.count {
      let arrived = walks.filter { $0.end == goal }
      if !arrived.isEmpty { return arrived.map(\.edges) }
      walks = walks.flatMap { walk in
        graph.filter { edge in
          edge.from == walk.end && !walk.edges.contains { $0[0] == edge.to }
        }.map { ($0.to, walk.edges + [[$0.from, $0.edge, $0.to]]) }
      }
    }
    return []
  }
}

/// Logits that say triples of labels at given steps.
func say(
  _ triples: [[Int]], at steps: [Int], item: Int, digits: Int, radix: Int, in output: inout Tensor
) {
  for (triple, step) in zip(triples, steps) {
    for (place, label) in triple.enumerated() {
      var rest = label
      for digit in (0..<digits).reversed() {
        for value in 0..<radix {
          output[item, step, (place * digits + digit) * radix + value] =
            value == rest % radix ? 4 : -4
        }
        rest /= radix
      }
    }
  }
}
