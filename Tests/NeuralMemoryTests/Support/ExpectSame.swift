import NeuralMemory
import TestSupport
import Testing

/// Tensor by tensor, relative to the tensor's largest magnitude or to a hundredth of the store's:
/// what cancels in a small one is rounding of large ones.
func expectSame(
  _ found: ParameterStore, _ expected: ParameterStore, relative: Float, _ label: String,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let largest = expected.values.reduce(0) { max($0, abs($1)) }
  for entry in expected.layout.entries {
    let (a, b) = (found[entry.name], expected[entry.name])
    let scale = max(b.values.reduce(0) { max($0, abs($1)) }, largest / 100)
    let difference = a.maxAbsDifference(to: b)
    #expect(
      difference <= relative * scale,
      "\(entry.name) differs by \(difference) of \(scale): \(label)",
      sourceLocation: sourceLocation)
  }
}
