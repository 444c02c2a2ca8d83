import Foundation
import MemoryTraining
import NeuralMemory

/// Gathers, from the values of an iteration, what tells of gates that no longer move, of
/// a memory that is not used, and of gradients that grow.
struct Watch {
  private let configuration: NetworkConfiguration
  private let steps: Int
  private var gates: [String: Share] = [:]
  private var controller = Share()
  private var written = Share()
  private var read: [Float] = []
  private var accesses = 0
  /// Greatest usage or write weight of each cell.
  private var use: [Float] = []
  /// Sum of the squares of the gradients of all gates and interfaces, by step.
  private var squares: [Double]

  /// Numbers of one kind: how many, and how many of them stand at an end.
  private struct Share {
    var count = 0
    var low = 0
    var high = 0

    mutating func add(_ value: Float, low: Float, high: Float) {
      count += 1
      if value < low { self.low += 1 }
      if value > high { self.high += 1 }
    }

    func percent(_ part: Int) -> Int {
      count == 0 ? 0 : Int((100 * Double(part) / Double(count)).rounded())
    }
  }

  init(_ configuration: NetworkConfiguration, batch: TaskBatch) {
    self.configuration = configuration
    steps = batch.input.shape[1]
    squares = [Double](repeating: 0, count: steps)
    if configuration.memoryType == .dnc {
      use = [Float](repeating: 0, count: configuration.nrCells)
    }
    read = [Float](repeating: 0, count: configuration.readHeads)
  }

  mutating func see(forward examined: Examined) {
    let part = examined.part
    switch (part.mechanism, part.tensor) {
    case ("interface", let name) where name.hasSuffix("gate") || name.hasSuffix("gates"):
      for column in 0..<part.columns {
        gates[name, default: Share()].add(part[0, column], low: 0.01, high: 0.99)
      }
    case (_, "output h") where configuration.clip > 0:
      for column in 0..<part.columns {
        let clip = configuration.clip
        controller.add(part[0, column], low: -clip, high: clip)
      }
    case ("usage", _):
      for cell in 0..<part.columns { use[cell] = max(use[cell], part[0, cell]) }
    case ("write weights", _):
      accesses += 1
      let sum = (0..<part.columns).reduce(Float(0)) { $0 + part[0, $1] }
      written.add(sum, low: 0.01, high: 2)
    case ("read weights", _):
      for head in 0..<part.rows {
        read[head] += (0..<part.columns).reduce(Float(0)) { max($0, part[head, $1]) }
      }
    default: break
    }
  }

  mutating func see(backward examined: Examined) {
    let part = examined.part
    guard part.mechanism != "loss", part.mechanism != "output layer" else { return }
    for row in 0..<part.rows {
      for column in 0..<part.columns {
        let value = Double(part[row, column])
        squares[examined.step] += value * value
      }
    }
  }

  /// - Parameter nonFinite: whether the pass went wrong: then shares of what came after mean
  ///   nothing.
  func forwardRemarks(nonFinite: Bool) -> [String] {
    var remarks: [String] = []
    if controller.low + controller.high > 0 {
      let share = controller.percent(controller.low + controller.high)
      remarks.append(
        "\(share) % of the controllers' outputs are beyond the clip of ±\(configuration.clip) and "
          + "get no gradient. Outputs as large as that come from weights that have grown.")
    }
    guard !nonFinite else { return remarks }
    for (name, share) in gates.sorted(by: { $0.key < $1.key }) {
      for (part, state, end) in [
        (share.low, "shut", "below 0.01"), (share.high, "open", "above 0.99"),
      ]
      where share.count > 0 && share.percent(part) >= 99 {
        remarks.append(
          "Saturated: the \(name) \(name.hasSuffix("s") ? "are" : "is") \(state) (\(end)) in "
            + "\(share.percent(part)) % of all accesses, so that almost no gradient passes through."
        )
      }
    }
    if accesses > 0, written.percent(written.low) >= 99 {
      remarks.append(
        "Unused memory: in \(written.percent(written.low)) % of all accesses nothing is written "
          + "(the write weights sum to less than 0.01). The network works without its memory.")
    } else if !use.isEmpty {
      let idle = use.filter { $0 < 0.05 }.count
      if idle * 2 >= use.count {
        remarks.append(
          "Unused memory: \(idle) of \(use.count) cells never have a usage above 0.05 in this batch."
        )
      }
    }
    if configuration.memoryType == .dnc, accesses > 0 {
      for (head, sum) in read.enumerated() {
        let mean = sum / Float(accesses)
        if mean < 2 / Float(configuration.nrCells), configuration.nrCells > 4 {
          remarks.append(
            "Read head \(head) looks at no cell in particular: its largest weight is "
              + "\(numberText(mean)) on average over \(configuration.nrCells) cells.")
        }
      }
    }
    return remarks
  }

  func backwardRemarks(norm: Double, clip: Double) -> [String] {
    var remarks: [String] = []
    let norms = squares.map { $0.squareRoot() }
    // the answer often begins late: what matters is how the gradient changes on its way from there
    // to the start
    if let top = norms.indices.max(by: { norms[$0] < norms[$1] }), norms[top] > 0 {
      let last = norms.lastIndex { $0 > 0 } ?? top
      let ratio = norms[0] / norms[last]
      if last > 0, ratio > 1000 || !ratio.isFinite {
        let factor = pow(ratio, 1 / Double(last))
        remarks.append(
          "Exploding gradient: going back from step \(last) to step 0 it grows from "
            + "\(norms[last].short) to \(norms[0].short), \(factor.short) times with every step.")
      } else if last > 0, ratio < 1e-6 {
        remarks.append(
          "Vanishing gradient: going back from step \(last) to step 0 it shrinks from "
            + "\(norms[last].short) to \(norms[0].short); what the early steps hold is hardly learned."
        )
      }
    }
    if !norm.isFinite {
      remarks.append("The gradient's norm is not finite: no clipping can save this update.")
    } else if clip > 0, norm > 10 * clip {
      remarks.append(
        "Large gradient: its norm is \(norm.short), \((norm / clip).short) times the greatest that is "
          + "let through (--clip \(clip.short)).")
    } else if clip == 0, norm > 1e3 {
      remarks.append(
        "Large gradient: its norm is \(norm.short), and there is no clipping (--clip 0).")
    }
    return remarks
  }
}
