import Foundation
import NeuralMemory
import Testing

/// A model and its copies share working memory, and may be called from several threads at once.
@Suite struct ConcurrencyTests {
  @Test func callsFromManyThreads() {
    var models = [DNC(inputSize: 4, hiddenSize: 12, nrCells: 9, readHeads: 2, cellSize: 5)]
    for scale in [0.5, 2] as [Float] {
      var copy = models[0]
      copy.parameters.values = copy.parameters.values.map { $0 * scale }
      models.append(copy)
    }
    var random = RandomNumbers(seed: 1)
    let inputs = (1...4).map { random.tensor([2 * $0, 5 + $0, 4]) }
    struct Numbers: Equatable, Sendable {
      var output: Tensor
      var state: DNCState
      var gradient: ParameterStore
      var trained: ParameterStore
    }
    @Sendable func run(_ model: DNC, _ input: Tensor) -> Numbers {
      let plain = model(input, workers: 2)
      let (output, pullback) = model.callWithPullback(input, workers: 2)
      let gradient = pullback(output.output).parameters
      var trained = gradient
      _ = model.lossAndGradient(
        input, lengths: nil, dropoutSeed: nil, workers: 2, into: &trained
      ) { _, output, gradient in
        gradient = output
        // a loss may itself run a network
        return Double(model.evaluate(input, lengths: nil).sum)
      }
      return Numbers(
        output: plain.output, state: output.state, gradient: gradient, trained: trained)
    }
    let jobs = models.flatMap { model in inputs.map { (model, $0) } }
    let alone = jobs.map { run($0.0, $0.1) }
    let lock = NSLock()
    nonisolated(unsafe) var wrong = 0
    DispatchQueue.concurrentPerform(iterations: 6 * jobs.count) { i in
      let job = i * 5 % jobs.count
      if run(jobs[job].0, jobs[job].1) != alone[job] { lock.withLock { wrong += 1 } }
    }
    #expect(wrong == 0)
  }
}
