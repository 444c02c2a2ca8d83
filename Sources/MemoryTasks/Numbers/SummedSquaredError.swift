import MemoryTraining
import NeuralMemory

/// The squared error of one number per sequence: outputs are added up and compared with a target.
///
/// The outputs that are added are all of them, over time and channels, or those of the last time
/// step. The target is `[batch, 1]`. It counts sequences, so that a mean is one over sequences.
/// Without a factor of one half, as `SquaredError`.
public struct SummedSquaredError: Loss, Equatable {
  /// Whether only the channels of the last time step are added.
  public let lastStepOnly: Bool

  /// The loss of all outputs, or of those of the last time step.
  public init(lastStepOnly: Bool = false) { self.lastStepOnly = lastStepOnly }

  public func countedShape(ofOutput shape: [Int]) -> [Int] { [shape[0]] }

  /// The summed outputs of each sequence, in double precision.
  public func sums(_ output: Tensor) -> [Double] {
    let perItem = output.shape[1] * output.shape[2]
    let first = lastStepOnly ? perItem - output.shape[2] : 0
    return output.withUnsafeBuffer { x in
      (0..<output.shape[0]).map { item in
        (first..<perItem).reduce(0.0) { $0 + Double(x[item * perItem + $1]) }
      }
    }
  }

  /// - Precondition: There is no mask: every sequence has its answer.
  public func value(
    _ output: Tensor, target: Tensor, mask: Tensor?, normalizer: LossNormalizer,
    gradient: inout Tensor
  ) -> Double {
    require(mask == nil, "The error of summed outputs takes no mask")
    require(
      target.shape == [output.shape[0], 1] && gradient.shape == output.shape,
      "Output \(output.shape) has the target [\(output.shape[0]), 1] and a gradient of its own "
        + "shape, not \(target.shape) and \(gradient.shape)")
    let scale = scale(ofOutput: output.shape, mask: mask, normalizer: normalizer)
    let perItem = output.shape[1] * output.shape[2]
    let first = lastStepOnly ? perItem - output.shape[2] : 0
    var loss = 0.0
    let differences = zip(sums(output), target.values).map { $0 - Double($1) }
    gradient.withUnsafeMutableBuffer { g in
      for (item, difference) in differences.enumerated() {
        loss += difference * difference * scale
        let slope = finiteFloat(2 * difference * scale)
        for i in 0..<perItem { g[item * perItem + i] = i < first ? 0 : slope }
      }
    }
    return loss
  }
}
