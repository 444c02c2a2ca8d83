import MemoryTasks
import MemoryTraining
import NeuralMemory

extension Doctor {
  /// Goes on with a run from one of its checkpoints, in memory only, until an iteration meets a value that is not finite or there are no more to replay; examines
  /// the last of these iterations.
  ///
  /// - Parameters:
  ///   - checkpoint: nil: the latest.
  ///   - iterations: to replay at the most; nil: up to the one after the last in the run's metrics.
  ///   - seed: of a fresh batch; then nothing is replayed, and the checkpoint's network is examined with it.
  ///   - progress: is told the number of each iteration that is replayed.
  /// - Throws: what opening the run or its checkpoint throws.
  public static func examine(
    _ run: FinishedRun, checkpoint: SafeTensors, iterations: Int?, seed: UInt64?,
    progress: (Int) -> Void = { _ in }
  ) throws -> Diagnosis {
    let network = try NetworkConfiguration.network(in: checkpoint, name: run.url.path)
    return try open(network, run.task, run, checkpoint, iterations, seed, progress)
  }

  private static func open<Network: TrainableNetwork, Task: MemoryTask>(
    _ network: Network, _ task: Task, _ run: FinishedRun, _ checkpoint: SafeTensors,
    _ iterations: Int?, _ seed: UInt64?, _ progress: (Int) -> Void
  ) throws -> Diagnosis {
    if let seed {
      var random = RandomNumbers(seed: seed, stream: RandomStream.example)
      let record = try TrainingCheckpoint.record(of: checkpoint)
      let batch = task.makeBatch(
        count: run.training.batchSize, length: task.lengths.clamp(run.trainedUpTo(record)),
        using: &random)
      return examine(
        network, task: task, batch: batch, dropoutSeed: random.next(),
        clip: run.training.gradientClip, iteration: nil)
    }
    var trainer = try Trainer(network: network, task: task, configuration: run.training)
    try trainer.restore(from: checkpoint)
    let first = trainer.state.iteration
    let logged = MetricsReader.lastIteration(at: run.url) ?? first
    let count = max(1, iterations ?? logged + 1 - first)
    var before = trainer
    for done in 0..<count {
      before = trainer
      progress(first + done + 1)
      do {
        _ = try trainer.step()
        try trainer.checkFinite()
      } catch let error as NonFiniteValue {
        // an update that went wrong shows in the parameters of the next iteration
        if error.place == .parameter || error.place == .moment { before = trainer }
        break
      }
    }
    // an iteration may learn from several batches: the one that went wrong, else the first
    let diagnoses = before.upcoming.lazy.map { next in
      examine(
        before.network, task: task, batch: next.batch, dropoutSeed: next.dropoutSeed,
        clip: run.training.gradientClip, iteration: before.state.iteration + 1)
    }
    return diagnoses.first { $0.nonFinite != nil } ?? diagnoses[0]
  }

}
