import VectorKernels

/// A matrix in panels, as `gemm_panels` takes it.
struct Panels {
  let rows: Int
  let columns: Int
  let buffer: AlignedBuffer

  init(rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
    let panel = Int(VK_PANEL)
    buffer = AlignedBuffer(count: (columns + panel - 1) / panel * panel * rows)
  }

  /// c[m × columns] (+)= a · rows first ..< first + k of the matrix
  @inline(__always)
  func multiply(
    _ kernels: UnsafePointer<vk_table>, m: Int, _ a: UnsafePointer<Float>, lda: Int,
    first: Int = 0, k: Int? = nil, into c: UnsafeMutablePointer<Float>, ldc: Int,
    accumulate: Bool
  ) {
    kernels.pointee.gemm_panels(
      m, columns, k ?? rows, a, lda, buffer.base, rows, first, c, ldc, accumulate)
  }
}

/// A linear map with its bias, for both passes.
struct PackedLinear {
  let forward: Panels
  let backward: Panels
  let bias: AlignedBuffer

  init(inputs: Int, outputs: Int) {
    forward = Panels(rows: inputs, columns: outputs)
    backward = Panels(rows: outputs, columns: inputs)
    bias = AlignedBuffer(count: outputs)
  }
}

/// The same row again and again.
func fill(
  _ target: UnsafeMutablePointer<Float>, with row: UnsafePointer<Float>, width: Int, rows: Int
) {
  for i in 0..<rows { (target + i * width).update(from: row, count: width) }
}

/// Sums over all rows, column by column.
func sumRows(
  _ matrix: UnsafePointer<Float>, width: Int, rows: Int,
  into sums: UnsafeMutablePointer<Float>, _ kernels: UnsafePointer<vk_table>
) {
  sums.update(repeating: 0, count: width)
  for row in 0..<rows { kernels.pointee.axpy(sums, 1, matrix + row * width, width) }
}
