import VectorKernels

/// PyTorch's GRU: r, z = sigmoid; n = tanh(nx + r nh), nh with the recurrent bias; h' = (1 − z) n + z h.
enum GRUCell {
  @inline(__always)
  static func forward(_ row: CellRow, _ kernels: vk_table, hidden: Int) {
    kernels.gru(row.gates, row.h, row.hNext, hidden)
  }

  @inline(__always)
  static func backward(_ row: CellRow, _ d: CellRowGradient, _ kernels: vk_table, hidden: Int) {
    kernels.gru_backward(row.gates, row.h, d.h, d.h, d.gates, hidden)
  }
}
