import VectorKernels

/// Plain recurrent units: h' = tanh or relu of the products (docs/equations/model.md, step 1).
struct RNN: GatedController {
  static var name: String { "rnn" }
  var blocks: Int { 1 }
  var gateBlocks: Int { 1 }

  func products(width: Int) -> [GateProduct] {
    [GateProduct(column: 0, columns: width, block: 0, usesInput: true, usesOwn: true)]
  }

  func recurrence(
    _ kernels: UnsafePointer<vk_table>, width: Int, nonlinearity: Nonlinearity
  ) -> Recurrence {
    let table = kernels.pointee
    let (forward, backward) =
      switch nonlinearity {
      case .tanh: (table.tanh, table.tanh_backward)
      case .relu: (table.relu, table.relu_backward)
      }
    return Recurrence(
      forward: { row in forward(row.hNext, row.gates, width) },
      backward: { row, d in
        d.gates.update(from: d.h, count: width)
        backward(d.gates, row.hNext, width)
        d.h.update(repeating: 0, count: width)
      })
  }
}
