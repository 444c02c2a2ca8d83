import NeuralMemory

/// The squared difference of output and target, `(x - z)²`, without a factor of one half.
///
/// Targets have the output's shape. The gradient of a difference too large for a Float is clamped
/// to the largest Float.
public struct SquaredError: Loss, Equatable {
  /// The loss; it has no settings.
  public init() {}

  public func countedShape(ofOutput shape: [Int]) -> [Int] { shape }

  public func value(
    _ output: Tensor, target: Tensor, mask: Tensor?, normalizer: LossNormalizer,
    gradient: inout Tensor
  ) -> Double {
    sum(output, target: target, mask: mask, normalizer: normalizer, gradient: &gradient) {
      let difference = $0 - $1
      return (difference * difference, 2 * difference)
    }
  }
}
