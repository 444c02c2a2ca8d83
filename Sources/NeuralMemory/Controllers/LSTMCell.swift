import VectorKernels

/// PyTorch's LSTM: gates i, f, g, o; c' = f c + i g; h' = o tanh(c').
enum LSTMCell {
  @inline(__always)
  static func forward(_ row: CellRow, _ kernels: vk_table, hidden: Int) {
    kernels.lstm(row.gates, row.c, row.cNext, row.hNext, hidden)
  }

  /// `dhOld` gets nothing but what goes through the gates, which is the caller's product.
  @inline(__always)
  static func backward(_ row: CellRow, _ d: CellRowGradient, _ kernels: vk_table, hidden: Int) {
    kernels.lstm_backward(row.gates, row.c, row.cNext, d.h, d.c, d.gates, hidden)
    d.h.update(repeating: 0, count: hidden)
  }
}

/// One batch element at one step of one cell. All rows are padded to whole vectors.
struct CellRow {
  /// Before the squashing in, after it out.
  let gates: UnsafeMutablePointer<Float>
  let h: UnsafeMutablePointer<Float>
  let hNext: UnsafeMutablePointer<Float>
  /// LSTM only; elsewhere any valid address.
  let c: UnsafeMutablePointer<Float>
  let cNext: UnsafeMutablePointer<Float>
}

/// Gradients of a row: of the next h and c in; out: of the gates before their squashing, of the old c, and the part of the old h's that does not go through
/// the recurrent product.
struct CellRowGradient {
  let gates: UnsafeMutablePointer<Float>
  let h: UnsafeMutablePointer<Float>
  let c: UnsafeMutablePointer<Float>
}
