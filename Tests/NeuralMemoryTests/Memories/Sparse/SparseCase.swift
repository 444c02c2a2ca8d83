import Testing

@testable import NeuralMemory

/// A random SAM or SDNC.
typealias SparseCase<M: Memory> = NetworkCase<M>
where M.State == SparseMemoryState

extension NetworkCase where M.State == SparseMemoryState {
  var numbers: [String: [Double]] {
    numbers(start: start.map { SparseStateNumbers.dictionary($0) } ?? [:])
  }

  var reference: SparseReference {
    SparseReference(
      configuration: configuration, batch: batch, steps: steps,
      lengths: lengths ?? Array(repeating: steps, count: batch),
      start: start.map { start in
        (0..<batch).map { item in
          start.memories.map { SparseReferenceMemory(configuration, $0.elements[item]) }
        }
      })
  }
}

/// The numbers of a sparse state, dense.
enum SparseStateNumbers {
  /// `h.`, `c.`, `reads`, `memory.M` [batch, N, W], `read_weights.M` [batch, R, N].
  static func dictionary<M: Memory>(_ state: NetworkState<M>) -> [String: [Double]]
  where M.State == SparseMemoryState {
    var numbers = ["reads": state.reads.values.map(Double.init)]
    for (layer, cells) in state.controllers.enumerated() {
      for (depth, cell) in cells.enumerated() {
        numbers["h.\(layer).\(depth)"] = cell.h.values.map(Double.init)
        numbers["c.\(layer).\(depth)"] = cell.c?.values.map(Double.init)
      }
    }
    for (m, memory) in state.memories.enumerated() {
      numbers["memory.\(m)"] = memory.elements.flatMap { contents($0).values }
      numbers["read_weights.\(m)"] = memory.elements.flatMap { reads($0).values }
    }
    return numbers
  }

  static func contents(_ item: ElementMemory) -> ReferenceMatrix {
    var matrix = zeros(item.plan.n, item.plan.w)
    for cell in 0..<item.touched {
      for j in 0..<item.plan.w { matrix[cell, j] = Double(item.row(cell)[j]) }
    }
    return matrix
  }

  static func reads(_ item: ElementMemory) -> ReferenceMatrix {
    var matrix = zeros(item.plan.r, item.plan.n)
    for head in 0..<item.plan.r {
      for i in 0..<item.reads.counts[head] {
        let entry = head * item.reads.capacity + i
        matrix[head, Int(item.reads.cells[entry])] = Double(item.reads.weights[entry])
      }
    }
    return matrix
  }

  static func links(_ rows: LinkRows, _ item: ElementMemory) -> ReferenceMatrix {
    var matrix = zeros(item.plan.n, item.plan.n)
    for row in 0..<item.touched {
      for (cell, weight) in rows.entries(row) { matrix[row, Int(cell)] = Double(weight) }
    }
    return matrix
  }

  static func precedence(_ item: ElementMemory) -> [Double] {
    var values = [Double](repeating: 0, count: item.plan.n)
    for (cell, weight) in item.links!.precedence { values[Int(cell)] = Double(weight) }
    return values
  }

  static func lastAccess(_ item: ElementMemory) -> [Int] {
    (0..<item.plan.n).map { cell in
      let last = cell < item.touched ? Int(item.order.last.base[cell]) : -1
      return last >= 0 ? last : cell - item.plan.n
    }
  }

  private static func zeros(_ rows: Int, _ columns: Int) -> ReferenceMatrix {
    ReferenceMatrix(rows, columns, Array(repeating: 0, count: rows * columns))
  }
}

extension SparseReferenceMemory {
  /// What a memory of the library holds.
  init(_ c: NetworkConfiguration, _ item: ElementMemory) {
    self.init(c)
    memory = SparseStateNumbers.contents(item)
    reads = SparseStateNumbers.reads(item)
    last = SparseStateNumbers.lastAccess(item)
    step = item.step
    if let links = item.links {
      a = SparseStateNumbers.links(links.before, item)
      b = SparseStateNumbers.links(links.after, item)
      precedence = SparseStateNumbers.precedence(item)
    }
  }
}
