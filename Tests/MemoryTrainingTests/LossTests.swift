import MemoryTraining
import NeuralMemory
import TestSupport
import Testing

struct LossTests {
  static let x = Tensor(rows: [[-2, 0.5, 3], [0, -0.25, 90]])
  static let losses: [any Loss] = [SigmoidCrossEntropy(), SquaredError(), SoftmaxCrossEntropy()]

  func near(_ found: Double, _ expected: Double, _ relative: Double = 1e-6) -> Bool {
    abs(found - expected) <= relative * max(abs(expected), 1e-3)
  }

  // Literal values: PyTorch 2.13 in double precision.

  @Test func sigmoidCrossEntropyAgainstLiteralValues() {
    let z = Tensor(rows: [[0, 1, 1], [0.25, 1, 0]])
    let (value, gradient) = SigmoidCrossEntropy().valueAndGradient(Self.x, target: z)
    #expect(near(value, 15.361446491206))
    expectClose(
      gradient,
      Tensor(rows: [
        [0.019867153670352924, -0.0629234447996909, -0.007904312196261106],
        [0.041666666666666664, -0.09369608348096635, 0.16666666666666666],
      ]), relative: 1e-6, "gradient")
  }

  @Test func squaredErrorAgainstLiteralValues() {
    let z = Tensor(rows: [[0, 1, 1], [0.25, 1, 0]])
    let (value, gradient) = SquaredError().valueAndGradient(Self.x, target: z)
    #expect(near(value, 1351.645833333333))
    expectClose(
      gradient,
      Tensor(rows: [
        [-0.6666666666666666, -0.16666666666666666, 0.6666666666666666],
        [-0.08333333333333333, -0.41666666666666663, 30.0],
      ]), relative: 1e-6, "gradient")
  }

  @Test func softmaxCrossEntropyAgainstLiteralValues() {
    let expected = Tensor(rows: [
      [0.0030941426364000163, 0.03769437398149834, -0.040788516617898396], [-0.5, 0, 0.5],
    ])
    for target in [Tensor([2, 0]), Tensor(rows: [[0, 0, 1], [1, 0, 0]])] {
      let (value, gradient) = SoftmaxCrossEntropy().valueAndGradient(Self.x, target: target)
      #expect(near(value, 45.042548623182))
      expectClose(gradient, expected, relative: 1e-6, "gradient for a target \(target.shape)")
    }
  }

  /// Against central differences, with a fractional mask of the full shape, of the leading part of
  /// it, and without one.
  @Test(arguments: losses.indices, [0, 1, 2])
  func gradientsAgainstFiniteDifferences(_ index: Int, _ maskRank: Int) {
    let loss = Self.losses[index]
    var random = RandomNumbers(seed: UInt64(10 * index + maskRank))
    let shape = [3, 2, 4]
    func draw(_ shape: [Int], _ range: Range<Float>) -> Tensor {
      Tensor(shape: shape).map { _ in random.uniform(in: range) }
    }
    let output = draw(shape, -2..<2)
    let target = draw(shape, 0..<1)
    let mask = maskRank == 0 ? nil : draw(Array(shape.prefix(maskRank)), 0..<2)
    let (_, gradient) = loss.valueAndGradient(output, target: target, mask: mask)
    let step: Float = 1 / 128
    for i in 0..<output.count {
      var (above, below) = (output, output)
      above.values[i] += step
      below.values[i] -= step
      let slope =
        (loss.value(above, target: target, mask: mask)
          - loss.value(below, target: target, mask: mask)) / Double(2 * step)
      #expect(
        abs(Double(gradient.values[i]) - slope) < 1e-5,
        "element \(i): \(gradient.values[i]) instead of \(slope)")
    }
  }

  /// Pieces divided by the weight of the whole add up to the whole, in value and gradient.
  @Test(arguments: losses.indices)
  func shardsAddUp(_ index: Int) {
    let loss = Self.losses[index]
    var random = RandomNumbers(seed: 5)
    let output = Tensor(shape: [4, 3, 2]).map { _ in random.normal() }
    let target = Tensor(shape: [4, 3, 2]).map { _ in random.uniform() }
    let mask = Tensor(shape: [4, 3]).map { _ in random.bit() ? 1 : 0 }
    let (whole, gradient) = loss.valueAndGradient(output, target: target, mask: mask)
    let weight = loss.weight(ofOutput: output.shape, mask: mask)
    var sum = 0.0
    for elements in [0..<1, 1..<4] {
      let (value, part) = loss.valueAndGradient(
        output.slice(axis: 0, elements), target: target.slice(axis: 0, elements),
        mask: mask.slice(axis: 0, elements), normalizer: .fixed(weight))
      sum += value
      #expect(part == gradient.slice(axis: 0, elements))
    }
    #expect(near(sum, whole, 1e-12))
  }

  @Test(arguments: losses.indices)
  func anEmptyMaskGivesZero(_ index: Int) {
    let target = Tensor(rows: [[0, 1, 1], [0.25, 1, 0]])
    let (value, gradient) = Self.losses[index].valueAndGradient(
      Self.x, target: target, mask: Tensor(shape: [2]))
    #expect(value == 0)
    #expect(gradient == Tensor(shape: [2, 3]))
  }

  /// What is masked out makes no difference, even where it is not a number.
  @Test(arguments: losses.indices)
  func maskedValuesDoNotMatter(_ index: Int) {
    let loss = Self.losses[index]
    let target = Tensor(rows: [[0, 1, 1], [0.25, 1, 0]])
    let mask = Tensor([1, 0])
    var other = Self.x
    other[1, 1] = .nan
    let a = loss.valueAndGradient(Self.x, target: target, mask: mask)
    let b = loss.valueAndGradient(other, target: target, mask: mask)
    #expect(a.value == b.value)
    #expect(a.gradient == b.gradient)
    #expect(a.value > 0)
    #expect(a.gradient.select(axis: 0, 1) == Tensor(shape: [3]))
  }

  @Test(arguments: losses.indices)
  func finiteForAnyFiniteLogits(_ index: Int) {
    let big = Float.greatestFiniteMagnitude
    let extremes: [Float] = [-big, -1e10, -100, -.leastNonzeroMagnitude, 0, 1, 100, 1e10, big]
    let rows = extremes.flatMap { a in extremes.map { b in [a, b] } }
    for target: [Float] in [[0, 1], [1, 0], [0.5, 0.5]] {
      let targets = Tensor(rows: rows.map { _ in target })
      for normalizer in [LossNormalizer.mean, .fixed(1)] {
        let (value, gradient) = Self.losses[index].valueAndGradient(
          Tensor(rows: rows), target: targets, normalizer: normalizer)
        #expect(value.isFinite && value >= 0)
        #expect(gradient.allFinite)
      }
    }
  }

  @Test func sigmoidCrossEntropyKeepsSmallValues() {
    // log(1 + exp(-40)) = exp(-40) to first order; 1 - σ(40) rounds to 0.
    let value = SigmoidCrossEntropy().value(Tensor([40]), target: Tensor([1]))
    #expect(near(value / 4.248354255291589e-18, 1))
  }

  @Test func weightsCountElementsOrRows() {
    let mask = Tensor([1, 0.5])
    #expect(SquaredError().weight(ofOutput: [2, 3], mask: mask) == 4.5)
    #expect(SoftmaxCrossEntropy().weight(ofOutput: [2, 3], mask: mask) == 1.5)
    #expect(SoftmaxCrossEntropy().weight(ofOutput: [2, 3]) == 2)
    #expect(SquaredError().weight(ofOutput: [2, 3]) == 6)
  }
}
