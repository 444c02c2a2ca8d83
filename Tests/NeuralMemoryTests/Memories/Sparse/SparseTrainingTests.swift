import TestSupport
import Testing

@testable import NeuralMemory

/// Training's pass over sparse memories, and calls cut into shards.
@Suite struct SparseTrainingTests {
  /// In shards and on workers, against the pullback of one call; the batch is large enough for
  /// several shards.
  @Test(arguments: 0..<4, [1, 2, 3])
  func lossAndGradientIsThePullback(number: Int, workers: Int) {
    check(SAM.self, number, workers)
    check(SDNC.self, number, workers)
  }

  private func check<M: Memory>(
    _ type: Network<M>.Type, _ number: Int, _ workers: Int
  ) where M.State == SparseMemoryState {
    var test = SparseCase<M>(seed: UInt64(900_000 + number)) {
      $0.dropout = number % 2 == 0 ? 0.3 : 0
      $0.numHiddenLayers = 2
    }
    let batch = [1, 5, 37, 75][number]
    let seed: UInt64? = number % 2 == 0 ? 99 : nil
    let input = test.random.tensor([batch, test.steps, test.configuration.inputSize])
    let lengths = (0..<batch).map { _ in test.random.integer(in: 0...test.steps) }
    let target = test.random.tensor([batch, test.steps, test.configuration.outputs])
    let (output, pullback) = test.model.callWithPullback(
      input, lengths: lengths, dropoutSeed: seed, workers: workers)
    let difference = output.output.combining(target, -)
    let expected = pullback(difference).parameters

    func train() -> (Double, ParameterStore) {
      var gradient = ParameterStore(layout: test.model.parameters.layout)
      gradient.values = gradient.values.map { _ in .nan }
      let loss = test.model.lossAndGradient(
        input, lengths: lengths, dropoutSeed: seed, workers: workers, into: &gradient
      ) { elements, output, gradient in
        gradient = output.combining(target.slice(axis: 0, elements), -)
        return gradient.values.reduce(0.0) { $0 + 0.5 * Double($1) * Double($1) }
      }
      return (loss, gradient)
    }
    let (loss, gradient) = train()
    let (lossAgain, gradientAgain) = train()
    #expect(loss == lossAgain && gradient == gradientAgain, "\(test)")
    let expectedLoss = difference.values.reduce(0.0) { $0 + 0.5 * Double($1) * Double($1) }
    #expect(abs(loss - expectedLoss) <= 1e-6 * expectedLoss, "\(test)")
    expectSame(gradient, expected, relative: 1e-5, "\(test)")
  }

  /// The bits of the forward pass depend on nothing but the numbers, and time-first calls are
  /// batch-first ones.
  @Test(arguments: 0..<12)
  func workersAndAxes(number: Int) {
    var test = SparseCase<LinkedSparseMemory>(seed: UInt64(910_000 + number))
    test.warmUp(8)
    let dOutput = test.random.tensor([test.batch, test.steps, test.configuration.outputs])
    func run(_ workers: Int) -> (output: SDNC.Output, gradients: SDNC.Gradients) {
      let (output, pullback) = test.model.callWithPullback(
        test.input, state: test.start, lengths: test.lengths, workers: workers)
      return (output, pullback(dOutput))
    }
    let one = run(1)
    for workers in 1...3 {
      let (output, gradients) = run(workers)
      #expect(output.output == one.output.output && output.state == one.output.state, "\(test)")
      #expect(gradients.input == one.gradients.input, "\(test)")
      #expect(gradients.initialState == one.gradients.initialState, "\(test)")
      expectSame(gradients.parameters, one.gradients.parameters, relative: 1e-5, "\(test)")
    }
    var c = test.configuration
    c.batchFirst = false
    let model = SDNC(configuration: c, parameters: test.model.parameters)
    let (output, pullback) = model.callWithPullback(
      test.input.transposed([1, 0, 2]), state: test.start, lengths: test.lengths, workers: 1)
    #expect(output.output.transposed([1, 0, 2]) == one.output.output, "\(test)")
    let gradients = pullback(dOutput.transposed([1, 0, 2]))
    #expect(gradients.parameters == one.gradients.parameters, "\(test)")
    #expect(gradients.input.transposed([1, 0, 2]) == one.gradients.input, "\(test)")
  }

  /// As long as neither memory is full, networks with 2^10 and with 2^20 cells learn the same, bit
  /// for bit, whatever the seed: they use the same cells.
  @Test(arguments: 1...3 as ClosedRange<UInt64>)
  func learningDoesNotDependOnTheNumberOfCells(seed: UInt64) {
    func trained<M: Memory>(_ type: Network<M>.Type, _ cells: Int) -> [Float] {
      var c = NetworkConfiguration(inputSize: 4, hiddenSize: 16, memoryType: M.kind)
      (c.nrCells, c.readHeads, c.cellSize) = (cells, 2, 8)
      var model = Network<M>(configuration: c, seed: seed)
      var random = RandomNumbers(seed: seed)
      var gradient = ParameterStore(layout: model.parameters.layout)
      for _ in 0..<30 {
        let input = random.tensor([8, 12, 4])
        _ = model.lossAndGradient(
          input, lengths: nil, dropoutSeed: nil, workers: 1, into: &gradient
        ) { elements, output, gradient in
          gradient = output.combining(input.slice(axis: 0, elements), -)
          return 0
        }
        for i in gradient.values.indices {
          model.parameters.values[i] -= 0.01 * gradient.values[i]
        }
      }
      return model.parameters.values
    }
    let (sam, sdnc) = (trained(SAM.self, 1 << 10), trained(SDNC.self, 1 << 10))
    #expect(sam.allSatisfy(\.isFinite) && sdnc.allSatisfy(\.isFinite))
    #expect(trained(SAM.self, 1 << 20) == sam)
    #expect(trained(SDNC.self, 1 << 20) == sdnc)
  }
}
