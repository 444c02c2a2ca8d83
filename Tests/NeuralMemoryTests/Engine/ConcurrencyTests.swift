import Foundation
import NeuralMemory
import Testing
import WorkerPool

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

  /// Long enough for any machine; a test that waits so long has failed.
  private static let patience = DispatchTimeInterval.seconds(60)

  /// With one worker a call runs on its own thread, whatever the pool is busy with.
  @Test func oneWorkerDoesWithoutThePool() {
    // enough parameters that packing and adding them would be shared
    let model = DNC(inputSize: 4, hiddenSize: 80, nrCells: 5, readHeads: 1, cellSize: 4)
    #expect(model.parameters.values.count > 1 << 16)
    let input = Tensor(shape: [2, 3, 4], repeating: 0.5)
    let (busy, done) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    let freed = DispatchSemaphore(value: 0)
    nonisolated(unsafe) var isInTime = false
    Thread.detachNewThread {
      WorkerPool.shared.run(shards: 1) { _ in
        busy.signal()
        isInTime = done.wait(timeout: .now() + Self.patience) == .success
      }
      freed.signal()
    }
    busy.wait()
    _ = model(input, workers: 1)
    let (output, pullback) = model.callWithPullback(input, workers: 1)
    var gradient = pullback(output.output).parameters
    // with fresh parameters, to be packed again
    var other = model
    other.parameters.values[0] += 1
    _ = other.lossAndGradient(
      input, lengths: nil, dropoutSeed: nil, workers: 1, into: &gradient
    ) { _, output, gradient in
      gradient = output
      return 0
    }
    done.signal()
    freed.wait()
    #expect(isInTime, "a call with one worker waited for the pool")
  }

  /// A pullback that threads share may be called in a loss, while another thread calls it too.
  @Test func aSharedPullbackInALoss() {
    let model = DNC(inputSize: 3, hiddenSize: 8, nrCells: 5, readHeads: 1, cellSize: 4)
    let input = Tensor(shape: [4, 3, 3], repeating: 0.5)
    let (output, pullback) = model.callWithPullback(input, workers: 2)
    let cotangent = output.output
    let expected = pullback(cotangent).parameters
    let (inLoss, done) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    let lock = NSLock()
    nonisolated(unsafe) var wrong = 0
    @Sendable func check() {
      let found = pullback(cotangent).parameters
      if found != expected { lock.withLock { wrong += 1 } }
    }
    Thread.detachNewThread {
      var gradient = ParameterStore(layout: model.parameters.layout)
      _ = model.lossAndGradient(
        input, lengths: nil, dropoutSeed: nil, workers: 2, into: &gradient
      ) { _, _, _ in
        inLoss.signal()
        // time for the other thread to begin its own; without it the test sees less, and is right
        // all the same
        Thread.sleep(forTimeInterval: 0.1)
        check()
        return 0
      }
      done.signal()
    }
    Thread.detachNewThread {
      inLoss.wait()
      check()
      done.signal()
    }
    for _ in 0..<2 {
      #expect(
        done.wait(timeout: .now() + Self.patience) == .success, "two threads wait for each other")
    }
    #expect(lock.withLock { wrong } == 0)
  }
}
