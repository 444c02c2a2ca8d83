import MemoryTraining
import NeuralMemory

/// The sum of the softmax cross-entropies of the digits of an answer (DNC paper, Methods).
///
/// An output's channels are groups of `radix` logits, one group per digit; the target holds the
/// digits, `[batch, time, groups]`. A mask `[batch, time]` says at which steps there is an answer;
/// it and the mean count steps, so that the mean is the cross-entropy of a whole answer.
public struct DigitCrossEntropy: Loss, Equatable {
  /// Values of a digit.
  public let radix: Int

  /// The loss of digits with `radix` values each.
  public init(radix: Int) { self.radix = radix }

  public func countedShape(ofOutput shape: [Int]) -> [Int] { Array(shape.dropLast()) }

  public func value(
    _ output: Tensor, target: Tensor, mask: Tensor?, normalizer: LossNormalizer,
    gradient: inout Tensor
  ) -> Double {
    let shape = output.shape
    require(
      shape.count == 3 && shape[2] % radix == 0,
      "An output [batch, time, digits · \(radix)] is expected, not \(shape)")
    let divisor = divisor(ofOutput: shape, mask: mask, normalizer: normalizer)
    let grouped = [shape[0], shape[1], shape[2] / radix, radix]
    var slopes = Tensor(shape: grouped)
    let loss = SoftmaxCrossEntropy().value(
      output.reshaped(grouped), target: target, mask: mask, normalizer: .fixed(divisor),
      gradient: &slopes)
    gradient = slopes.reshaped(shape)
    return loss
  }
}
