import NeuralMemory

/// What a summed loss is divided by.
public enum LossNormalizer: Sendable, Equatable {
  /// The total weight of the mask (the number of elements without one), so that the loss is a mean.
  case mean
  /// A given positive number. With the `weight` of a whole batch, the losses and the gradients of
  /// its shards add up to those of the whole.
  case fixed(Double)
}

/// A loss over an output tensor: its value, and its gradient with respect to the output.
///
/// A mask weighs elements: 0 leaves one out, 1 counts it. Its shape is that of the output, or the
/// leading part of it, in which case each of its values applies to everything behind it (a mask of
/// `[batch, time]` beside an output of `[batch, time, feature]`). A loss whose mask is empty is 0
/// with a zero gradient. For finite arguments, value and gradient are finite.
public protocol Loss: Sendable {
  /// The shape whose elements are counted for an output of the given shape: the output's own, or
  /// that without the class axis.
  func countedShape(ofOutput shape: [Int]) -> [Int]

  /// The loss, and its gradient written over `gradient`, which has the shape of `output`.
  ///
  /// Complexity: O(elements of the output).
  func value(
    _ output: Tensor, target: Tensor, mask: Tensor?, normalizer: LossNormalizer,
    gradient: inout Tensor
  ) -> Double
}

extension Loss {
  /// The total weight of a mask over an output of the given shape, or the number of elements
  /// without a mask: what `.mean` divides by.
  public func weight(ofOutput shape: [Int], mask: Tensor? = nil) -> Double {
    let counted = countedShape(ofOutput: shape)
    guard let mask else { return Double(counted.reduce(1, *)) }
    return MaskReader(mask, counted: counted).total
  }

  /// The loss alone.
  public func value(
    _ output: Tensor, target: Tensor, mask: Tensor? = nil, normalizer: LossNormalizer = .mean
  ) -> Double {
    var gradient = Tensor(shape: output.shape)
    return value(
      output, target: target, mask: mask, normalizer: normalizer, gradient: &gradient)
  }

  /// The loss and its gradient with respect to `output`.
  public func valueAndGradient(
    _ output: Tensor, target: Tensor, mask: Tensor? = nil, normalizer: LossNormalizer = .mean
  ) -> (value: Double, gradient: Tensor) {
    var gradient = Tensor(shape: output.shape)
    let loss = value(
      output, target: target, mask: mask, normalizer: normalizer, gradient: &gradient)
    return (loss, gradient)
  }

  /// What a summed loss is divided by; 0 when nothing is counted.
  package func divisor(
    ofOutput shape: [Int], mask: Tensor?, normalizer: LossNormalizer
  ) -> Double {
    switch normalizer {
    case .mean: return weight(ofOutput: shape, mask: mask)
    case .fixed(let divisor):
      require(
        divisor >= 0 && divisor.isFinite,
        "a loss is divided by a finite number of at least 0, not by \(divisor)")
      return divisor
    }
  }

  /// One over the divisor, or 0 when nothing is counted.
  package func scale(ofOutput shape: [Int], mask: Tensor?, normalizer: LossNormalizer) -> Double {
    let divisor = divisor(ofOutput: shape, mask: mask, normalizer: normalizer)
    return divisor > 0 ? 1 / divisor : 0
  }
}

extension Loss {
  /// The weighted sum over everything that is counted, divided as `normalizer` says.
  ///
  /// - Parameters:
  ///   - width: values of the output for each that is counted.
  ///   - term: the loss of one that is counted, given its index, its weight, the scale, and its
  ///     values x; writes the gradient of `weight · term · scale` over g. Not called for weights of
  ///     0.
  @inline(__always)
  func weightedSum(
    _ output: Tensor, mask: Tensor?, normalizer: LossNormalizer, gradient: inout Tensor, width: Int,
    term: (
      _ index: Int, _ weight: Double, _ scale: Double, _ x: UnsafePointer<Float>,
      _ g: UnsafeMutablePointer<Float>
    ) -> Double
  ) -> Double {
    require(
      gradient.shape == output.shape,
      "the gradient of an output \(output.shape) has its shape, not \(gradient.shape)")
    let scale = scale(ofOutput: output.shape, mask: mask, normalizer: normalizer)
    let reader = MaskReader(mask, counted: countedShape(ofOutput: output.shape))
    var sum = 0.0
    reader.withWeights { weights in
      output.withUnsafeBuffer { x in
        gradient.withUnsafeMutableBuffer { g in
          guard let start = x.baseAddress, let gradientStart = g.baseAddress else { return }
          let span = reader.span
          for index in 0..<(x.count / width) {
            let first = index * width
            let weight = weights.map { Double($0[index / span]) } ?? 1
            guard weight != 0 else {
              for i in first..<first + width { gradientStart[i] = 0 }
              continue
            }
            sum +=
              weight
              * term(index, weight, scale, start + first, gradientStart + first)
          }
        }
      }
    }
    return sum * scale
  }

  /// The loss of elements that have nothing to do with each other: the weighted sum of what
  /// `element` says of an output and its target, a value and its slope. A target has the shape of
  /// the output.
  @inline(__always)
  func sum(
    _ output: Tensor, target: Tensor, mask: Tensor?, normalizer: LossNormalizer,
    gradient: inout Tensor, element: (_ output: Double, _ target: Double) -> (Double, Double)
  ) -> Double {
    require(
      target.shape == output.shape,
      "the target of an output \(output.shape) has its shape, not \(target.shape)")
    return target.withUnsafeBuffer { z in
      weightedSum(output, mask: mask, normalizer: normalizer, gradient: &gradient, width: 1) {
        index, weight, scale, x, g in
        let (value, slope) = element(Double(x.pointee), Double(z[index]))
        g.pointee = finiteFloat(weight * slope * scale)
        return value
      }
    }
  }
}

/// Reads a mask whose shape is a leading part of the counted shape.
struct MaskReader {
  let mask: Tensor?
  /// Counted elements per mask value.
  let span: Int

  init(_ mask: Tensor?, counted: [Int]) {
    self.mask = mask
    guard let mask else {
      span = 1
      return
    }
    require(
      mask.rank <= counted.count && Array(counted.prefix(mask.rank)) == mask.shape,
      "A mask for elements of shape \(counted) has that shape or its leading part, not \(mask.shape)"
    )
    span = counted.dropFirst(mask.rank).reduce(1, *)
  }

  /// The sum of the weights over all counted elements.
  var total: Double {
    guard let mask else { return 0 }
    return mask.withUnsafeBuffer { values in
      var sum = 0.0
      for weight in values {
        require(weight >= 0, "A mask holds weights of at least 0, not \(weight)")
        sum += Double(weight)
      }
      return sum
    } * Double(span)
  }

  /// Calls `body` with the mask's values, or with nil when all weights are 1.
  func withWeights<R>(_ body: (UnsafeBufferPointer<Float>?) -> R) -> R {
    guard let mask else { return body(nil) }
    return mask.withUnsafeBuffer { body($0) }
  }
}

/// A Double as the nearest finite Float: a gradient of an enormous output stays a number.
@inline(__always)
package func finiteFloat(_ value: Double) -> Float {
  let limit = Double(Float.greatestFiniteMagnitude)
  return Float(min(max(value, -limit), limit))
}
