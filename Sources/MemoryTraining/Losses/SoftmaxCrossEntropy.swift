import Foundation
import NeuralMemory

/// Cross-entropy of one class out of several, from logits with the class axis last:
/// `-Σ_c z_c log softmax(x)_c`.
///
/// Targets are either class numbers (the output's shape without its last axis, each value a whole
/// number in `0..<classes`) or one row of probabilities per element (the output's shape; one-hot rows
/// are the usual case). The largest logit is taken out before the exponentials, so nothing overflows.
/// A mask and the mean count rows, not single logits.
public struct SoftmaxCrossEntropy: Loss, Equatable {
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
    require(
      gradient.shape == output.shape,
      "The gradient of an output \(output.shape) has its shape, not \(gradient.shape)")
    let scale = scale(ofOutput: output.shape, mask: mask, normalizer: normalizer)
    let reader = MaskReader(mask, counted: counted)
    var sum = 0.0
    reader.withWeights { weights in
      output.withUnsafeBuffer { x in
        target.withUnsafeBuffer { z in
          gradient.withUnsafeMutableBuffer { g in
            for row in 0..<(x.count / classes) {
              let range = row * classes..<(row + 1) * classes
              let weight = weights.map { Double($0[row / reader.span]) } ?? 1
              guard weight != 0 else {
                for i in range { g[i] = 0 }
                continue
              }
              let logits = UnsafeBufferPointer(rebasing: x[range])
              let slopes = UnsafeMutableBufferPointer(rebasing: g[range])
              let loss =
                isRows
                ? Self.row(logits, slopes, factor: weight * scale) {
                  Double(z[range.lowerBound + $0])
                }
                : Self.row(
                  logits, slopes, factor: weight * scale,
                  oneHot(Self.classNumber(z[row], of: classes, row: row)))
              sum += weight * loss
            }
          }
        }
      }
    }
    return sum * scale
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
