import Foundation
import Testing
import VectorKernels

/// A key as the kernels want it: scaled by a power of two to components below one over their
/// number.
struct ScaledKey {
  let scaled: [Float]
  let scale: Float
  let lookup: vk_lookup

  /// - Parameter inside: The ε under the roots of the norms.
  init(_ key: [Float], strength: Float, inside: Float) {
    // 2^(exponent) is above the largest component times their number; keep the product in the
    // exponents, it may overflow
    let top = key.reduce(1) { max($0, abs($1)) }
    let factor = pow(2, -Double(top.exponent + Float(key.count).exponent + 2))
    scaled = key.map { Float(Double($0) * factor) }
    scale = Float(factor)
    let squares = scaled.doubles.reduce(0) { $0 + $1 * $1 }
    lookup = vk_lookup(
      beta: strength,
      key_norm: Float(sqrt(squares + Double(inside) * factor * factor)),
      key_epsilon: Float(1e-6 * factor))
  }

  /// The key's gradient from those of the scaled key, through the dot products, and of its norm.
  func gradient(_ dkey: [Float], _ dnorm: Float) -> [Float] {
    let share = lookup.key_norm > 0 ? dnorm / lookup.key_norm : 0
    return zip(dkey, scaled).map { ($0 + share * $1) * scale }
  }
}

/// The content lookup of `docs/equations/dnc.md, step 3`, in double precision.
enum NaiveLookup {
  /// Cosines of the first n cells of a memory [W × np].
  static func cosines(
    _ key: [Double], _ m: [Double], inside: Double, _ s: Sizes
  ) -> [Double] {
    let keyNorm = sqrt(key.reduce(0) { $0 + $1 * $1 } + inside)
    return (0..<s.n).map { cell in
      var (product, squares) = (0.0, inside)
      for i in 0..<s.w {
        let x = m[i * s.np + cell]
        product += key[i] * x
        squares += x * x
      }
      return product / (keyNorm * sqrt(squares) + 1e-6)
    }
  }

  /// The weights of a lookup, with zeros in the padding.
  static func weights(_ cosines: [Double], _ beta: Double, _ s: Sizes) -> [Double] {
    let top = cosines.max()!
    let powers = cosines.map { exp(beta * ($0 - top)) }
    let sum = powers.reduce(0, +)
    return powers.map { $0 / sum } + [Double](repeating: 0, count: s.np - s.n)
  }
}

/// A lookup by the kernels, forward and backward.
struct KernelLookup {
  let kernels: vk_table
  let sizes: Sizes
  let m: [Float]
  var norm: Canvas
  var inverse: Canvas
  let key: ScaledKey
  var cosines: Canvas
  var weights: Canvas

  init(
    _ kernels: vk_table, _ m: [Float], _ key: [Float], strength: Float, inside: Float, _ s: Sizes
  ) {
    self.kernels = kernels
    sizes = s
    self.m = m
    norm = Canvas(s.np)
    inverse = Canvas(s.np)
    kernels.memory_norms(&norm.floats, &inverse.floats, m, inside, s.w, s.np)
    self.key = ScaledKey(key, strength: strength, inside: inside)
    cosines = Canvas(s.np)
    kernels.gemm(1, s.np, s.w, self.key.scaled, s.w, 1, m, s.np, &cosines.floats, s.np, false)
    weights = Canvas(s.np)
    kernels.content_weights(
      &weights.floats, &cosines.floats, norm.floats, inverse.floats, self.key.lookup, s.n, s.np)
  }

  /// The gradients of the key, the strength and the memory from that of the weights.
  func backward(_ dweights: [Float]) -> (key: [Float], strength: Float, m: [Float]) {
    let s = sizes
    var dc = Canvas(dweights)
    var shrink = Canvas([Float](repeating: 0, count: s.np))
    var (dbeta, dnorm): (Float, Float) = (.nan, .nan)
    kernels.content_backward(
      &dc.floats, &shrink.floats, &dbeta, &dnorm, weights.floats, cosines.floats, norm.floats,
      inverse.floats, key.lookup, s.np)
    expectPadsZero(dc.values(), s, "ddots")
    expectPadsZero(shrink.values(), s, "shrink")
    var dm = Canvas([Float](repeating: 0, count: s.w * s.np))
    var dkey = Canvas(s.w)
    kernels.lookup_backward(
      &dm.floats, m, key.scaled, dc.floats, shrink.floats, &dkey.floats, s.w, s.np)
    expectPadsZero(dm.values(), s, "dm")
    return (key.gradient(dkey.values(), dnorm), dbeta, dm.values())
  }
}
