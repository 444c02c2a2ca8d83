import Testing

extension Array where Element == Float {
  var doubles: [Double] { map(Double.init) }
  var bits: [UInt32] { map(\.bitPattern) }
}

/// Records an issue where a number differs by more than `relative` times the largest expected
/// magnitude.
///
/// Where zeros are expected everywhere, zeros must be found. NaN is never close.
func expectClose(
  _ found: [Float], _ expected: [Double], relative: Double = 2e-6, _ label: String,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  guard found.count == expected.count else {
    Issue.record(
      "\(label): \(found.count) instead of \(expected.count) numbers",
      sourceLocation: sourceLocation)
    return
  }
  let scale = expected.reduce(0) { max($0, abs($1)) }
  let wrong = found.indices.filter { !(abs(Double(found[$0]) - expected[$0]) <= relative * scale) }
  if let first = wrong.first {
    Issue.record(
      """
      \(label): \(wrong.count) of \(found.count) are wrong, first number \(first): \
      \(found[first]) instead of \(expected[first]), allowed is \(relative) of \(scale)
      """, sourceLocation: sourceLocation)
  }
}

/// Records an issue unless the padding of every row is zero: an array of rows of np numbers, n of
/// them in use.
func expectPadsZero(
  _ values: [Float], _ sizes: Sizes, _ label: String,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let pads = values.indices.filter { $0 % sizes.np >= sizes.n && values[$0] != 0 }
  #expect(pads.isEmpty, "\(label): padding is not zero", sourceLocation: sourceLocation)
}

/// How far a number is from the exact one, in units of the last place of the latter.
func ulps(_ found: Float, _ exact: Double) -> Double {
  let difference = abs(Double(found) - exact) / Double(Float(exact).ulp)
  return difference.isNaN ? .infinity : difference
}
