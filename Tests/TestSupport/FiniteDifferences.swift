/// The derivative of a function of `count` numbers by each of them, by central differences.
///
/// Everything is in double precision; the error is of the order of `step` squared times the third
/// derivative, plus rounding divided by `step`.
/// - Parameters:
///   - point: Where to differentiate.
///   - count: How many of the first coordinates to vary.
///   - step: How far to go to each side.
/// - Returns: `count` derivatives.
public func centralDifference(
  at point: [Double], count: Int, step: Double, of function: ([Double]) throws -> Double
) rethrows -> [Double] {
  precondition(count <= point.count, "the point has \(point.count) coordinates, not \(count)")
  var moved = point
  return try (0..<count).map { i in
    let (above, below) = (point[i] + step, point[i] - step)
    moved[i] = above
    let high = try function(moved)
    moved[i] = below
    let low = try function(moved)
    moved[i] = point[i]
    // What was really stepped, after rounding.
    return (high - low) / (above - below)
  }
}
