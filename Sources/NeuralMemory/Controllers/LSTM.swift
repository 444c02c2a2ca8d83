import VectorKernels

/// PyTorch's LSTM: gates i, f, g, o; c' = f c + i g; h' = o tanh(c')
/// (docs/equations/model.md, step 1).
struct LSTM: GatedController {
  static var name: String { "lstm" }
  var hasCellState: Bool { true }
  var blocks: Int { 4 }
  var gateBlocks: Int { 4 }

  func products(width: Int) -> [GateProduct] {
    [GateProduct(column: 0, columns: 4 * width, block: 0, usesInput: true, usesOwn: true)]
  }

  func recurrence(
    _ kernels: UnsafePointer<vk_table>, width: Int, nonlinearity: Nonlinearity
  ) -> Recurrence {
    let (forward, backward) = (kernels.pointee.lstm, kernels.pointee.lstm_backward)
    return Recurrence(
      forward: { row in forward(row.gates, row.c, row.cNext, row.hNext, width) },
      backward: { row, d in
        backward(row.gates, row.c, row.cNext, d.h, d.c, d.gates, width)
        d.h.update(repeating: 0, count: width)
      })
  }
}
