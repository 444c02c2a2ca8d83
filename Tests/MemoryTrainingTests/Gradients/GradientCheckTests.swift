import Foundation
import MemoryTraining
import NeuralMemory
import Testing

struct GradientCheckTests {
  static let point = ParameterStore([
    "a": Tensor(rows: [[0.5, -0.25, 1], [0.125, 2, -1]]), "b": Tensor([0.75]),
  ])

  /// Σ sin(x) + x₀ x₁, and its gradients.
  static func function(_ point: ParameterStore) -> Double {
    let x = point.values.map(Double.init)
    return x.reduce(0) { $0 + sin($1) } + x[0] * x[1]
  }

  static var gradients: ParameterStore {
    var gradients = point
    let x = point.values
    gradients.values = x.map { cos($0) }
    gradients.values[0] += x[1]
    gradients.values[1] += x[0]
    return gradients
  }

  @Test func rightGradientsPass() {
    let elements = GradientCheck().elements(
      of: Self.gradients, at: Self.point, function: Self.function)
    #expect(elements.passes && elements.checked == 7 && elements.failed == 0, "\(elements)")
    let directions = GradientCheck().directions(
      4, of: Self.gradients, at: Self.point, function: Self.function)
    #expect(directions.passes && directions.checked == 8, "\(directions)")
  }

  /// In double precision the difference quotient is right to nine digits.
  @Test func aSmallerStepIsMoreExact() {
    let check = GradientCheck(step: 1e-3, tolerance: 2e-6, precision: 1e-15)
    let report = check.elements(of: Self.gradients, at: Self.point, function: Self.function)
    #expect(report.passes, "\(report)")
  }

  @Test func theWorstElementIsNamed() throws {
    var wrong = Self.gradients
    wrong["a"][1, 2] *= 1.1
    wrong["a"][0, 1] *= -1
    let report = GradientCheck().elements(of: wrong, at: Self.point, function: Self.function)
    #expect(!report.passes && report.failed == 2)
    let worst = try #require(report.worst)
    #expect(worst.tensor == "a" && worst.place == .element([0, 1]))
    #expect(abs(worst.measured + worst.claimed) < 1e-3 && !worst.passes)
    #expect(report.description.contains("7 derivatives compared, 2 wrong; worst: a[0, 1] is -"))

    let along = GradientCheck().directions(
      3, of: wrong, at: Self.point, function: Self.function)
    #expect(!along.passes && along.worst?.tensor == "a")
  }

  @Test func whatIsNotANumberFails() {
    var wrong = Self.gradients
    wrong["b"][0] = .nan
    let report = GradientCheck().elements(of: wrong, at: Self.point, function: Self.function)
    #expect(report.failed >= 1 && report.worst?.tensor == "b")
    let infinite = GradientCheck().elements(of: Self.gradients, at: Self.point) {
      $0["a"][0, 2] > 1 ? .infinity : Self.function($0)
    }
    #expect(!infinite.passes)
    let empty = ParameterStore([:])
    #expect(!GradientCheck().elements(of: empty, at: empty) { _ in 0 }.passes)
  }

  /// Networks of the library, all parameters; gradients of another batch do not pass.
  @Test(arguments: [0, 1, 2, 3])
  func networksPass(_ number: Int) {
    var random = RandomNumbers(seed: UInt64(number))
    let input = Tensor(shape: [2, 5, 3]).map { _ in random.uniform(in: -1..<1) }
    let target = Tensor(shape: [2, 5, 3]).map { _ in random.bit() ? 1 : 0 }
    func check(_ network: some TrainableNetwork) {
      let elements = network.checkGradients(
        input, target: target, lengths: [5, 3], loss: SigmoidCrossEntropy())
      #expect(elements.passes, "\(elements)")
      let along = network.checkGradients(
        input, target: target, lengths: [5, 3], loss: SigmoidCrossEntropy(), directions: 3)
      #expect(along.passes, "\(along)")

      let other = network.valueAndGradient(
        input.map { -$0 }, target: target, lengths: [5, 3], loss: SigmoidCrossEntropy())
      let mask = Tensor(rows: [[1, 1, 1, 1, 1], [1, 1, 1, 0, 0]])
      var moved = network
      let wrong = GradientCheck().elements(of: other.gradients, at: network.parameters) {
        moved.parameters = $0
        return SigmoidCrossEntropy().value(
          moved.evaluate(input, lengths: [5, 3]), target: target, mask: mask)
      }
      #expect(wrong.failed > wrong.checked / 10, "\(wrong)")
    }
    switch number {
    case 0:
      check(
        DNC(
          inputSize: 3, hiddenSize: 5, numHiddenLayers: 1, nrCells: 4, readHeads: 2, cellSize: 3,
          seed: 1))
    case 1: check(ControllerNetwork(inputSize: 3, hiddenSize: 6, rnnType: .gru, seed: 2))
    case 2:
      check(
        DNC(
          inputSize: 3, hiddenSize: 4, rnnType: .gru, numLayers: 2, numHiddenLayers: 1, nrCells: 3,
          readHeads: 1, cellSize: 2, shareMemory: false, seed: 3))
    default: check(LinearNetwork(inputSize: 3, outputSize: 3, seed: 4))
    }
  }
}
