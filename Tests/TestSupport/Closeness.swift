import NeuralMemory
import Testing

/// Records an issue unless two tensors have one shape and differ nowhere by more than `relative`
/// times the largest magnitude in `expected`.
///
/// The message names the worst element with both values.
public func expectClose(
  _ found: Tensor, _ expected: Tensor, relative: Float, _ label: String,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  if let report = differenceReport(found, expected, relative: relative) {
    Issue.record("\(label): \(report)", sourceLocation: sourceLocation)
  }
}

/// What `expectClose` complains about, or nil if it is content.
///
/// Where `expected` is zero everywhere, so must `found` be. NaN is never close, infinities never.
public func differenceReport(_ found: Tensor, _ expected: Tensor, relative: Float) -> String? {
  guard found.shape == expected.shape else {
    return "the shape is \(found.shape) instead of \(expected.shape)"
  }
  let scale = expected.values.reduce(0) { max($0, abs(Double($1))) }
  var worst = 0
  var largest = 0.0
  for (position, (a, b)) in zip(found.values, expected.values).enumerated() {
    let difference = abs(Double(a) - Double(b))
    guard difference.isFinite else {
      worst = position
      largest = .infinity
      break
    }
    if difference > largest { (worst, largest) = (position, difference) }
  }
  if largest.isFinite && largest <= Double(relative) * scale { return nil }
  var rest = worst
  var index: [Int] = []
  for dimension in found.shape.reversed() {
    index.insert(rest % dimension, at: 0)
    rest /= dimension
  }
  return "worst at \(index): \(found.values[worst]) instead of \(expected.values[worst]), "
    + "an error of \(Float(largest / scale)) of the largest magnitude \(Float(scale)); "
    + "allowed is \(relative)"
}
