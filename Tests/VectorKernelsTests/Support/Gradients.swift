import TensorCore
import Testing

/// A gradient that a kernel has computed, of one array that a function depends on.
struct Gradient {
  let name: String
  /// The array, where the gradient was taken.
  let at: [Float]
  let found: [Float]
}

/// Compares gradients with central differences of a function in double precision.
///
/// Of each array, `samples` coordinates chosen at random are varied. The error allowed is relative
/// to the largest derivative found in that array; where even that is tiny, what is left of
/// differences of numbers around 1 is rounding, and 1e-7 is allowed.
/// - Parameter function: Gets the arrays in the order of `gradients`.
func expectGradients(
  _ gradients: [Gradient], samples: Int = 40, relative: Double = 1e-4,
  _ random: inout RandomNumbers, sourceLocation: SourceLocation = #_sourceLocation,
  of function: ([[Double]]) -> Double
) {
  var point = gradients.map(\.at.doubles)
  let step = 1e-5
  for (part, gradient) in gradients.enumerated() {
    guard gradient.found.count == gradient.at.count else {
      Issue.record(
        "d \(gradient.name) has \(gradient.found.count) numbers", sourceLocation: sourceLocation)
      continue
    }
    let chosen = Array(gradient.at.indices.shuffled(using: &random).prefix(samples))
    let expected = chosen.map { index in
      let value = point[part][index]
      defer { point[part][index] = value }
      point[part][index] = value + step
      let above = function(point)
      point[part][index] = value - step
      return (above - function(point)) / (2 * step)
    }
    // One chosen coordinate can have a small derivative by chance: the scale is that of all.
    let scale = gradient.found.reduce(0) { max($0, abs(Double($1))) }
    for (index, value) in zip(chosen, expected) {
      let found = Double(gradient.found[index])
      if !(abs(found - value) <= relative * scale + 1e-7) {
        Issue.record(
          "d \(gradient.name)[\(index)] is \(found) instead of \(value)",
          sourceLocation: sourceLocation)
        break
      }
    }
    #expect(
      gradient.found.allSatisfy { $0.isFinite }, "d \(gradient.name)",
      sourceLocation: sourceLocation)
  }
}

/// The sum of products: what a function's outputs give as one number, so that `b` is its gradient.
func dot(_ a: [Double], _ b: [Float]) -> Double {
  var sum = 0.0
  for (x, y) in zip(a, b) { sum += x * Double(y) }
  return sum
}
