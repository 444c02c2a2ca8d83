import VectorKernels

/// The plain recurrent cell: h' = tanh or relu of the product.
enum RNNCell {
  @inline(__always)
  static func forward(
    _ row: CellRow, _ kernels: vk_table, hidden: Int, nonlinearity: Nonlinearity
  ) {
    switch nonlinearity {
    case .tanh: kernels.tanh(row.hNext, row.gates, hidden)
    case .relu: kernels.relu(row.hNext, row.gates, hidden)
    }
  }

  @inline(__always)
  static func backward(
    _ row: CellRow, _ d: CellRowGradient, _ kernels: vk_table, hidden: Int,
    nonlinearity: Nonlinearity
  ) {
    d.gates.update(from: d.h, count: hidden)
    switch nonlinearity {
    case .tanh: kernels.tanh_backward(d.gates, row.hNext, hidden)
    case .relu: kernels.relu_backward(d.gates, row.hNext, hidden)
    }
    d.h.update(repeating: 0, count: hidden)
  }
}
