import VectorKernels

/// Collects what a dense memory did to the batch's first element: one row after each access.
final class DenseTracer: MemoryTracer, @unchecked Sendable {
  private let layout: DenseLayout
  private let fields: DenseInterface
  private var rows = 0
  private var memory: [Float] = []
  private var link: [Float] = []
  private var precedence: [Float] = []
  private var readWeights: [Float] = []
  private var writeWeights: [Float] = []
  private var usage: [Float] = []
  private var freeGates: [Float] = []
  private var allocationGate: [Float] = []
  private var writeGate: [Float] = []
  private var readModes: [Float] = []

  init(_ plan: DensePlan) {
    layout = plan.layout
    fields = plan.fields
  }

  /// - Parameters:
  ///   - state: after the access.
  ///   - interface: squashed, as the access used it.
  func record(_ state: vk_dense_state, interface x: UnsafePointer<Float>) {
    let (n, np, w, r) = (layout.n, layout.np, layout.w, layout.r)
    func append(_ array: UnsafePointer<Float>, rows: Int, to list: inout [Float]) {
      for row in 0..<rows {
        list.append(contentsOf: UnsafeBufferPointer(start: array + row * np, count: n))
      }
    }
    for cell in 0..<n {
      for component in 0..<w { memory.append(state.m[component * np + cell]) }
    }
    append(state.link, rows: n, to: &link)
    append(state.precedence, rows: 1, to: &precedence)
    append(state.read, rows: r, to: &readWeights)
    append(state.write, rows: 1, to: &writeWeights)
    append(state.usage, rows: 1, to: &usage)
    freeGates.append(contentsOf: UnsafeBufferPointer(start: x + fields.freeGates, count: r))
    allocationGate.append(x[fields.allocationGate])
    writeGate.append(x[fields.writeGate])
    readModes.append(contentsOf: UnsafeBufferPointer(start: x + fields.readModes, count: 3 * r))
    rows += 1
  }

  private func table(_ values: [Float], _ columns: Int) -> Tensor {
    Tensor(shape: [rows, columns], values: values)
  }

  var gates: [String: Tensor] {
    [
      "free_gates": table(freeGates, layout.r), "allocation_gate": table(allocationGate, 1),
      "write_gate": table(writeGate, 1), "read_modes": table(readModes, 3 * layout.r),
    ]
  }

  /// The tables, under the Python package's keys.
  var trace: [String: Tensor] {
    let (n, w, r) = (layout.n, layout.w, layout.r)
    return [
      "memory": table(memory, n * w),
      "link_matrix": table(link, n * n),
      "precedence": table(precedence, n),
      "read_weights": table(readWeights, r * n),
      "write_weights": table(writeWeights, n),
      "usage_vector": table(usage, n),
    ]
  }
}
