import Foundation
import NeuralMemory

/// Cross-entropy of one class out of several, from logits with the class axis last:
/// `-Σ_c z_c log softmax(x)_c`.
///
/// Targets are either class numbers (the output's shape without its last axis, each value a whole
/// number in `0..<classes`) or one row of probabilities per element (the output's shape; one-hot
/// rows are the usual case). The largest logit is taken out before the exponentials, so nothing
/// overflows. A mask and the mean count rows, not single logits.
public struct SoftmaxCrossEntropy: Loss, Equatable {
  /// The loss; it has no settings.
  public init() {}

  public func countedShape(ofOutput shape: [Int]) -> [Int] { Array(shape.dropLast()) }

  public func value(
    _ output: Tensor, target: Tensor, mask: Tensor?, normalizer: LossNormalizer,
    gradient: inout Tensor
  ) -> Double {
    guard let classes = output.shape.last, classes > 0 else {
      fatalError("Softmax cross-entropy needs a class axis, not an output \(output.shape)")
    }
    let counted = countedShape(ofOutput: output.shape)
    let isRows = target.shape == output.shape
    require(
      isRows || target.shape == counted,
      "Targets for an output \(output.shape) have that shape or \(counted), not \(target.shape)")
    return target.withUnsafeBuffer { z in
      weightedSum(output, mask: mask, normalizer: normalizer, gradient: &gradient, width: classes) {
        row, weight, scale, x, g in
        let logits = UnsafeBufferPointer(start: x, count: classes)
        let slopes = UnsafeMutableBufferPointer(start: g, count: classes)
        return isRows
          ? Self.row(logits, slopes, factor: weight * scale) { Double(z[row * classes + $0]) }
          : Self.row(
            logits, slopes, factor: weight * scale,
            oneHot(Self.classNumber(z[row], of: classes, row: row)))
      }
    }
  }

  /// The loss of one row, and its gradient times `factor`.
  @inline(__always)
  private static func row(
    _ x: UnsafeBufferPointer<Float>, _ g: UnsafeMutableBufferPointer<Float>, factor: Double,
    _ wanted: (Int) -> Double
  ) -> Double {
    let largest = Double(x.max()!)
    var total = 0.0
    for value in x { total += exp(Double(value) - largest) }
    let logTotal = log(total)
    var mass = 0.0
    for c in 0..<x.count { mass += wanted(c) }
    var loss = 0.0
    for c in 0..<x.count {
      let logProbability = Double(x[c]) - largest - logTotal
      let z = wanted(c)
      if z != 0 { loss -= z * logProbability }
      g[c] = finiteFloat((mass * exp(logProbability) - z) * factor)
    }
    return loss
  }

  private func oneHot(_ number: Int) -> (Int) -> Double {
    { $0 == number ? 1 : 0 }
  }

  private static func classNumber(_ value: Float, of classes: Int, row: Int) -> Int {
    require(
      value >= 0 && value < Float(classes) && value == value.rounded(),
      "Row \(row) has the class \(value); whole numbers in 0..<\(classes) are expected")
    return Int(value)
  }
}
