import VectorKernels

/// PyTorch's GRU: r, z = σ; n = tanh(nx + r nh), nh with the recurrent bias; h' = (1 − z) n + z h
/// (docs/equations/model.md, step 1).
struct GRU: GatedController {
  static var name: String { "gru" }
  var blocks: Int { 3 }
  var gateBlocks: Int { 4 }

  /// The two shares of n stay apart.
  func products(width: Int) -> [GateProduct] {
    [
      GateProduct(column: 0, columns: 2 * width, block: 0, usesInput: true, usesOwn: true),
      GateProduct(column: 2 * width, columns: width, block: 2, usesInput: true, usesOwn: false),
      GateProduct(column: 3 * width, columns: width, block: 2, usesInput: false, usesOwn: true),
    ]
  }

  func recurrence(
    _ kernels: UnsafePointer<vk_table>, width: Int, nonlinearity: Nonlinearity
  ) -> Recurrence {
    let (forward, backward) = (kernels.pointee.gru, kernels.pointee.gru_backward)
    return Recurrence(
      forward: { row in forward(row.gates, row.h, row.hNext, width) },
      backward: { row, d in backward(row.gates, row.h, d.h, d.h, d.gates, width) })
  }
}
