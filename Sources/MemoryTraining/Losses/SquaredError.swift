import NeuralMemory

/// The squared difference of output and target, `(x - z)²`, without a factor of one half.
///
/// Targets have the output's shape. The gradient of a difference too large for a Float is clamped to
/// the largest Float.
public struct SquaredError: Loss, Equatable {
  public init() {}

  public func countedShape(ofOutput shape: [Int]) -> [Int] { shape }

  public func value(
    _ output: Tensor, target: Tensor, mask: Tensor?, normalizer: LossNormalizer,
    gradient: inout Tensor
  ) -> Double {
    require(
      target.shape == output.shape && gradient.shape == output.shape,
      "Output \(output.shape), target \(target.shape) and gradient \(gradient.shape) have one shape"
    )
    let scale = scale(ofOutput: output.shape, mask: mask, normalizer: normalizer)
    let reader = MaskReader(mask, counted: output.shape)
    var sum = 0.0
    reader.withWeights { weights in
      output.withUnsafeBuffer { x in
        target.withUnsafeBuffer { z in
          gradient.withUnsafeMutableBuffer { g in
            for i in 0..<x.count {
              let weight = weights.map { Double($0[i / reader.span]) } ?? 1
              guard weight != 0 else {
                g[i] = 0
                continue
              }
              let difference = Double(x[i]) - Double(z[i])
              sum += weight * difference * difference
              g[i] = finiteFloat(2 * weight * difference * scale)
            }
          }
        }
      }
    }
    return sum * scale
  }
}
