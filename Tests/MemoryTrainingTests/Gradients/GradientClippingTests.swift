import MemoryTraining
import NeuralMemory
import Testing

struct GradientClippingTests {
  static let layout = ParameterLayout([("a", [2]), ("b", [1])])
  func store(_ values: [Float]) -> ParameterStore {
    ParameterStore(layout: Self.layout, values: values)
  }

  @Test func scalesToTheMaximumAndSaysTheNormBefore() {
    var gradient = store([2, -3, 6])
    #expect(gradient.clipGlobalNorm(3.5) == 7)
    // PyTorch: 2 · 3.5 / (7 + 1e-6) and so on.
    for (found, expected) in zip(gradient.values, [0.99999986, -1.4999998, 2.9999996] as [Float]) {
      #expect(abs(found - expected) < 2e-7)
    }
  }

  @Test func leavesSmallGradientsAlone() {
    var gradient = store([2, -3, 6])
    #expect(gradient.clipGlobalNorm(7.5) == 7)
    #expect(gradient.values == [2, -3, 6])
  }

  @Test func zeroOnlyMeasures() {
    var gradient = store([2, -3, 6])
    #expect(gradient.clipGlobalNorm(0) == 7)
    #expect(gradient.values == [2, -3, 6])
  }

  @Test func addsUpInDoublePrecision() {
    // The squares overflow a Float.
    var gradient = store([3e30, 0, 4e30])
    let norm = gradient.clipGlobalNorm(1)
    #expect(abs(norm / 5e30 - 1) < 1e-6)
    #expect(abs(gradient.values[0] - 0.6) < 1e-6)
    #expect(abs(gradient.values[2] - 0.8) < 1e-6)
  }

  @Test func leavesNonFiniteGradientsForTheCaller() {
    var gradient = store([1, .infinity, 2])
    #expect(gradient.clipGlobalNorm(1) == .infinity)
    #expect(gradient.values == [1, .infinity, 2])
  }
}
