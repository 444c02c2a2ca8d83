import Foundation
import TestSupport
import Testing

@testable import NeuralMemory

/// Keeping only every k-th memory changes what is kept, not what comes out.
@Suite struct RecomputeTests {
  private struct Results: Equatable {
    var output: DNC.Output
    var gradients: [DNC.Gradients]
    var loss: Double
    var trained: ParameterStore

    static func == (a: Results, b: Results) -> Bool {
      func same(_ a: DNC.Gradients, _ b: DNC.Gradients) -> Bool {
        a.parameters == b.parameters && a.input == b.input && a.initialState == b.initialState
      }
      return a.output.output == b.output.output && a.output.state == b.output.state
        && a.output.trace == b.output.trace && a.loss == b.loss && a.trained == b.trained
        && a.gradients.elementsEqual(b.gradients, by: same)
    }
  }

  private func results(
    _ test: RandomCase, recomputeEvery k: Int, passThroughMemory: Bool
  ) -> Results {
    var c = test.configuration
    c.recomputeEvery = k
    c.debug = true
    let model = DNC(configuration: c, parameters: test.model.parameters)
    var random = test.random
    let dOutput = random.tensor([test.batch, test.steps, c.outputs])
    let dState = random.cotangent(of: model, batch: test.batch)
    let (output, pullback) = model.callWithPullback(
      test.input, state: test.start, lengths: test.lengths, passThroughMemory: passThroughMemory,
      dropoutSeed: 3, workers: test.workers)
    // a pullback may be called again, when the first segment's records are the ones that are there
    let gradients = [pullback(dOutput, state: dState), pullback(dOutput)]
    var trained = ParameterStore(layout: model.parameters.layout)
    let loss = model.lossAndGradient(
      test.input, lengths: test.lengths, dropoutSeed: 3, workers: test.workers, into: &trained
    ) { elements, output, gradient in
      gradient = dOutput.slice(axis: 0, elements)
      return Double(output.sum)
    }
    return Results(output: output, gradients: gradients, loss: loss, trained: trained)
  }

  @Test(arguments: 0..<24)
  func allBitsAreTheSame(number: Int) {
    var limits = RandomCase.Limits()
    limits.steps = 25
    limits.shortest = 1 + number % 12
    let test = RandomCase(seed: UInt64(900_000 + number), limits: limits) {
      // link matrices large enough that not all are kept
      if number % 5 == 4 { $0.nrCells = 80 }
      if number % 3 == 0 { ($0.dropout, $0.numHiddenLayers) = (0.3, 2) }
      if number % 2 == 0 { ($0.numLayers, $0.shareMemory) = (2 + number % 2, number % 4 == 0) }
    }
    for passThroughMemory in number % 8 == 0 ? [true, false] : [true] {
      let expected = results(test, recomputeEvery: 0, passThroughMemory: passThroughMemory)
      for k in [1, 2, 3, 5, 8, test.steps, test.steps + 1, 1 << 30] {
        #expect(
          results(test, recomputeEvery: k, passThroughMemory: passThroughMemory) == expected,
          "k = \(k), \(test)")
      }
    }
  }

  @Test func lessIsKept() throws {
    var c = NetworkConfiguration(inputSize: 8, hiddenSize: 32)
    (c.nrCells, c.cellSize, c.readHeads) = (64, 16, 2)
    func bytes(_ k: Int) throws -> Int {
      c.recomputeEvery = k
      return try RecordedBytes(c, steps: 100).total
    }
    let all = try bytes(0)
    // 10 whole steps and 10 memories of 100
    #expect(try bytes(10) < all / 3)
    for k in [2, 5, 10, 20, 50] { #expect(try bytes(k) < all) }
    #expect(try bytes(10) < bytes(2) && bytes(10) < bytes(50))
    #expect(try bytes(200) == all)
  }

  @Test func refusedWhereThereIsNothingToGain() {
    for type in [MemoryType.sam, .sdnc, .none] {
      let json =
        #"{"model": "\#(type.rawValue)", "input_size": 2, "hidden_size": 3, "recompute_every": 4}"#
      let error = #expect(throws: ConfigurationError.self) {
        try JSONDecoder().decode(NetworkConfiguration.self, from: Data(json.utf8))
      }
      #expect(error?.argument == "recompute_every")
    }
    var c = NetworkConfiguration(inputSize: 2, hiddenSize: 3)
    c.recomputeEvery = -1
    #expect(throws: ConfigurationError.self) { try c.validate() }
  }

  /// The records of most steps are gone: they cannot be looked at.
  @Test func examinedOnlyWithAllRecords() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      var c = NetworkConfiguration(inputSize: 2, hiddenSize: 3)
      c.recomputeEvery = 2
      let input = Tensor(shape: [1, 5, 2], repeating: 1)
      DNC(configuration: c).callWithPullback(input).pullback.examine(.forward) { _ in }
    }
    let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(
      message.contains("with recomputeEvery 2 only some steps' records are kept"), "\(message)")
  }
}
