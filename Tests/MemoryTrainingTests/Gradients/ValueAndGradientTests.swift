import MemoryTraining
import NeuralMemory
import Testing

/// `valueAndGradient` is `lossAndGradient` with the mask and the divisor of the whole batch.
struct ValueAndGradientTests {
  let network = DNC(
    inputSize: 3, hiddenSize: 6, numHiddenLayers: 1, dropout: 0.3, nrCells: 4, readHeads: 1,
    cellSize: 3, outputSize: 2, seed: 5)
  let loss = SigmoidCrossEntropy()
  let input: Tensor
  let target: Tensor
  let mask: Tensor

  init() {
    var random = RandomNumbers(seed: 6)
    input = Tensor(shape: [5, 4, 3]).map { _ in random.uniform(in: -1..<1) }
    target = Tensor(shape: [5, 4, 2]).map { _ in random.bit() ? 1 : 0 }
    mask = Tensor(shape: [5, 4]).map { _ in Float(random.integer(in: 0...2)) }
  }

  @Test(arguments: [1, 2, 5])
  func isTheShardedPass(workers: Int) {
    var expected = ParameterStore(layout: network.parameters.layout)
    let weight = loss.weight(ofOutput: target.shape, mask: mask)
    let value = network.lossAndGradient(
      input, lengths: [4, 3, 0, 1, 4], dropoutSeed: 7, workers: workers, into: &expected
    ) { [loss, target, mask] elements, output, gradient in
      loss.value(
        output, target: target.slice(axis: 0, elements), mask: mask.slice(axis: 0, elements),
        normalizer: .fixed(weight), gradient: &gradient)
    }
    let found = network.valueAndGradient(
      input, target: target, mask: mask, lengths: [4, 3, 0, 1, 4], loss: loss, dropoutSeed: 7,
      workers: workers)
    #expect(found.loss == value && found.gradients == expected)
    #expect(expected.globalNorm > 1e-3)
  }

  /// The batch's mean, whatever the shards; the closure form gives the same gradients.
  @Test(arguments: [1, 3])
  func isTheGradientOfTheMean(workers: Int) {
    let (value, gradients) = network.valueAndGradient(
      input, target: target, mask: mask, loss: loss, workers: workers)
    let (whole, all) = network.valueAndGradient(input, workers: workers) { output in
      loss.valueAndGradient(output.output, target: target, mask: mask)
    }
    #expect(abs(value - whole) < 1e-6)
    let size = gradients.globalNorm
    for (a, b) in zip(gradients.values, all.parameters.values) {
      #expect(Double(abs(a - b)) < 1e-5 * size)
    }
  }

  @Test func stepsBehindALengthDoNotCount() {
    let lengths = [4, 3, 0, 1, 4]
    var within = Tensor(shape: [5, 4])
    for (element, length) in lengths.enumerated() {
      for step in 0..<length { within[element, step] = 1 }
    }
    let plain = network.valueAndGradient(
      input, target: target, lengths: lengths, loss: loss, workers: 2)
    let masked = network.valueAndGradient(
      input, target: target, mask: within, lengths: lengths, loss: loss, workers: 2)
    let all = network.valueAndGradient(
      input, target: target, mask: Tensor(shape: [5, 4], repeating: 1), lengths: lengths,
      loss: loss, workers: 2)
    #expect(plain.loss == masked.loss && plain.gradients == masked.gradients)
    #expect(plain.loss != all.loss)
  }

  @Test func aFixedNormalizerDividesTheSum() {
    let mean = network.valueAndGradient(input, target: target, loss: loss, workers: 1).loss
    let sum = network.valueAndGradient(
      input, target: target, loss: loss, normalizer: .fixed(1), workers: 1
    ).loss
    #expect(abs(sum / Double(target.count) - mean) < 1e-9)
  }

  @Test func writesOverGradientsThatAreThere() {
    let (value, expected) = network.valueAndGradient(
      input, target: target, loss: loss, workers: 2)
    var gradients = ParameterStore(
      layout: network.parameters.layout,
      values: Array(repeating: 9, count: network.parameters.layout.count))
    let again = network.valueAndGradient(
      input, target: target, loss: loss, workers: 2, into: &gradients)
    #expect(again == value && gradients == expected)
  }

  /// The two lines of a training step; the pullback's gradients make the same update.
  @Test func updatesTakeTheGradientsOfBothForms() {
    var (one, other) = (network, network)
    var optimizer = SGD(learningRate: 0.1)
    let (_, gradients) = one.valueAndGradient(input, target: target, loss: loss, workers: 1)
    optimizer.update(&one, gradients)

    var second = SGD(learningRate: 0.1)
    let (_, all) = other.valueAndGradient(input, workers: 1) { output in
      loss.valueAndGradient(output.output, target: target)
    }
    second.update(&other, all)
    #expect(one.parameters != network.parameters)
    #expect(one.parameters.values.elementsEqual(other.parameters.values) { abs($0 - $1) < 1e-6 })
    #expect(optimizer.state.stepCount == 1 && second.state.stepCount == 1)
  }
}
