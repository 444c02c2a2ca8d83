import VectorKernels

/// A lookup's key scaled by a power of two so that its components are below 1/W: their squares and
/// their products with cells of any size stay finite.
struct ScaledKey {
  let scale: Float
  /// Of the scaled key.
  let norm: Float

  /// Writes the scaled key into `scaled`. `epsilon` is the ε under the norm's root.
  init(
    _ key: UnsafePointer<Float>, count: Int, into scaled: UnsafeMutablePointer<Float>,
    epsilon: Float, _ kernels: UnsafePointer<vk_table>
  ) {
    var top: Float = 1
    for i in 0..<count where abs(key[i]) > top { top = abs(key[i]) }
    let size = top * Float(count)
    // beyond what a float holds there is no exponent to add to
    let exponent = size.isFinite ? min(126, size.exponent + 1) : 126
    scale = Float(sign: .plus, exponent: top.isFinite ? -exponent : 0, significand: 1)
    for i in 0..<count { scaled[i] = key[i] * scale }
    norm = (kernels.pointee.sum_of_squares(scaled, count) + epsilon * scale * scale).squareRoot()
  }
}
