import Foundation
import MemoryTraining
import NeuralMemory
import Testing

/// The model of `docs/composing.md`.
struct ComposingTests {
  static let symbols = 5

  static func model(seed: UInt64 = 3) -> SymbolModel {
    let dnc = DNC(
      inputSize: 3, hiddenSize: 5, numHiddenLayers: 1, nrCells: 4, readHeads: 1, cellSize: 3,
      outputSize: 4, seed: seed)
    return SymbolModel(symbols: symbols, dnc: dnc, seed: seed)
  }

  static func batch(seed: UInt64, elements: Int = 3, steps: Int = 4) -> (Tensor, Tensor) {
    var random = RandomNumbers(seed: seed)
    func draw(_ shape: [Int]) -> Tensor {
      Tensor(shape: shape).map { _ in Float(random.integer(in: 0...symbols - 1)) }
    }
    return (draw([elements, steps, 1]), draw([elements, steps]))
  }

  @Test func thePageShowsThisModel() throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    let source = try String(
      contentsOf: folder.appendingPathComponent("SymbolModel.swift"), encoding: .utf8)
    let page = try String(
      contentsOf: folder.appendingPathComponent("../../../docs/composing.md"), encoding: .utf8)
    #expect(page.contains("// SymbolModel.swift\n\(source)```\n"))
  }

  @Test func namesArePrefixed() {
    let names = Self.model().parameters.layout.entries.map(\.name)
    #expect(names.first == "embedding.weight" && names.last == "head.bias")
    #expect(names.contains("dnc.lstm_layer_0.weight_ih_l0"))
  }

  @Test(arguments: [nil, [4, 2, 0]])
  func gradientIsThatOfFiniteDifferences(_ lengths: [Int]?) {
    let (input, target) = Self.batch(seed: 2)
    let report = Self.model().checkGradients(
      input, target: target, lengths: lengths, loss: SoftmaxCrossEntropy())
    #expect(report.passes, "\(report)")
    #expect(report.checked == Self.model().parameters.layout.count)
  }

  /// One optimizer and one norm: the same as for the flat vector by hand.
  @Test func anUpdateReachesEveryPart() {
    var model = Self.model()
    let before = model.parameters
    let (input, target) = Self.batch(seed: 4)
    var optimizer = SGD(learningRate: 0.5)
    var (_, gradients) = model.valueAndGradient(
      input, target: target, loss: SoftmaxCrossEntropy(), workers: 1)
    let norm = gradients.globalNorm
    #expect(gradients.clipGlobalNorm(norm / 2) == norm)
    #expect(abs(gradients.globalNorm - norm / 2) < 1e-5 * norm)
    optimizer.update(&model, gradients)
    for entry in before.layout.entries {
      let (old, new) = (before[entry.name], model.parameters[entry.name])
      #expect(new == old.combining(gradients[entry.name]) { $0 - 0.5 * $1 }, "\(entry.name)")
      #expect(new != old, "\(entry.name)")
    }
    // The DNC inside computes with the new parameters.
    var fresh = Self.model(seed: 9)
    fresh.parameters = model.parameters
    #expect(fresh.evaluate(input, lengths: nil) == model.evaluate(input, lengths: nil))
  }

  @Test func theLossFalls() {
    var model = Self.model()
    var optimizer = Adam(learningRate: 0.02)
    let (input, target) = Self.batch(seed: 5, elements: 4)
    var losses: [Double] = []
    for _ in 0..<60 {
      let (loss, gradients) = model.valueAndGradient(
        input, target: target, loss: SoftmaxCrossEntropy(), workers: 1)
      optimizer.update(&model, gradients)
      losses.append(loss)
    }
    #expect(losses[0] > 1.2 && losses[59] < 0.5 * losses[0], "\(losses[0]) \(losses[59])")
  }
}
