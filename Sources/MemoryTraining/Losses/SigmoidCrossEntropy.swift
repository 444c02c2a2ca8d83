import Foundation
import NeuralMemory

/// Cross-entropy of independent bits, from logits: `-z log σ(x) - (1 - z) log(1 - σ(x))`.
///
/// Written as `max(x, 0) - x z + log(1 + exp(-|x|))`, which neither overflows nor loses the small
/// values that `log(σ(x))` would round to 0 or to `-inf`. Targets are probabilities in [0, 1], of
/// the output's shape.
public struct SigmoidCrossEntropy: Loss, Equatable {
  /// The loss; it has no settings.
  public init() {}

  public func countedShape(ofOutput shape: [Int]) -> [Int] { shape }

  public func value(
    _ output: Tensor, target: Tensor, mask: Tensor?, normalizer: LossNormalizer,
    gradient: inout Tensor
  ) -> Double {
    sum(output, target: target, mask: mask, normalizer: normalizer, gradient: &gradient) {
      logit, wanted in
      let e = exp(-abs(logit))
      let sigmoid = (logit >= 0 ? 1 : e) / (1 + e)
      return (max(logit, 0) - logit * wanted + log1p(e), sigmoid - wanted)
    }
  }
}
