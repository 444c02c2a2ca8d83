import MemoryTasks
import MemoryTraining
import NeuralMemory
import Testing

/// Several batches per update are one batch of their size.
struct AccumulationTests {
  /// Mixed lengths give the batches different weights.
  @Test(arguments: [false, true])
  func isOneLargeBatch(_ mixed: Bool) throws {
    func change(batch: Int, times: Int) throws -> ([Float], IterationReport) {
      var configuration = TrainingConfiguration()
      configuration.optimizer = .sgd
      configuration.learningRate = LearningRate(0.5)
      configuration.gradientClip = 0
      configuration.batchSize = batch
      configuration.accumulate = times
      let network = DNC(
        inputSize: 4, hiddenSize: 6, numHiddenLayers: 1, nrCells: 5, readHeads: 1, cellSize: 3,
        seed: 2)
      var trainer = try Trainer(
        network: network, task: CopyTask(inputSize: 4, mixedLengths: mixed),
        configuration: configuration)
      // One update only: the random numbers of dropout set the streams apart later on.
      let before = trainer.network.parameters.values
      let report = try trainer.step()
      return (zip(before, trainer.network.parameters.values).map { $1 - $0 }, report)
    }
    let (whole, one) = try change(batch: 12, times: 1)
    let (pieces, four) = try change(batch: 3, times: 4)
    let size = whole.map(abs).max()!
    #expect(size > 1e-3)
    for (a, b) in zip(whole, pieces) { #expect(abs(a - b) < 1e-5 * size + 1e-7) }
    #expect(abs(one.loss - four.loss) < 1e-6)
    #expect(one.errorRate == four.errorRate && one.length == four.length)
    // And the pieces alone are something else.
    let (alone, _) = try change(batch: 3, times: 1)
    #expect(zip(whole, alone).contains { abs($0 - $1) > 1e-2 * size })
  }

  @Test func stopsAtANonFiniteLossInAnyBatch() throws {
    var network = LinearNetwork(inputSize: 3, outputSize: 3)
    network.poison = .nan
    var configuration = smallConfiguration()
    configuration.accumulate = 3
    var trainer = try Trainer(network: network, task: ShiftTask(), configuration: configuration)
    let error = #expect(throws: NonFiniteValue.self) { try trainer.step() }
    #expect(error?.place == .output)
    #expect(trainer.network.parameters == network.parameters)
  }
}
