import Foundation
import NeuralMemory

/// Cross-entropy of independent bits, from logits: `-z log σ(x) - (1 - z) log(1 - σ(x))`.
///
/// Written as `max(x, 0) - x z + log(1 + exp(-|x|))`, which neither overflows nor loses the small
/// values that `log(σ(x))` would round to 0 or to `-inf`. Targets are probabilities in [0, 1], of the
/// output's shape.
public struct SigmoidCrossEntropy: Loss, Equatable {
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
              let logit = Double(x[i])
              let wanted = Double(z[i])
              let e = exp(-abs(logit))
              sum += weight * (max(logit, 0) - logit * wanted + log1p(e))
              let sigmoid = (logit >= 0 ? 1 : e) / (1 + e)
              g[i] = finiteFloat(weight * (sigmoid - wanted) * scale)
            }
          }
        }
      }
    }
    return sum * scale
  }
}
