import MemoryTasks
import MemoryTraining
import NeuralMemory

extension Doctor {
  /// Continues a run from one of its checkpoints, in memory only, until an iteration meets a value
  /// that is not finite or there are no more to replay; examines the last of these iterations.
  ///
  /// - Parameters:
  ///   - run: the run, by its folder.
  ///   - checkpoint: nil: the latest.
  ///   - iterations: to replay at most; nil: up to the one after the last in the run's metrics.
  ///   - seed: of a fresh batch; then nothing is replayed, and the checkpoint's network is examined
  ///     with it.
  ///   - progress: is told the number of each iteration that is replayed.
  /// - Throws: what opening the run or its checkpoint throws.
  public static func examine(
    _ run: FinishedRun, checkpoint: SafeTensors, iterations: Int?, seed: UInt64?,
    progress: (Int) -> Void = { _ in }
  ) throws -> Diagnosis {
    let network = try NetworkConfiguration.network(in: checkpoint, name: run.url.path)
    return try open(network, run.task, run, checkpoint, iterations, seed, progress)
  }

  private static func open<Network: AnyNetwork, Task: MemoryTask>(
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
    var moment: NonFiniteValue?
    for done in 0..<count {
      before = trainer
      progress(first + done + 1)
      do {
        _ = try trainer.step()
        try trainer.checkFinite()
      } catch let error as NonFiniteValue {
        // an update that went wrong shows in the parameters of the next iteration
        if error.place == .parameter { before = trainer }
        // a moment shows nowhere but in itself: the iteration that made it is the one to look at
        if error.place == .moment { moment = error }
        break
      }
    }
    // an iteration may learn from several batches: the one that went wrong, else the first
    var clean: Diagnosis?
    for next in before.upcoming {
      let diagnosis = examine(
        before.network, task: task, batch: next.batch, dropoutSeed: next.dropoutSeed,
        clip: run.training.gradientClip, iteration: before.state.iteration + 1)
      if diagnosis.nonFinite != nil { return diagnosis }
      clean = clean ?? diagnosis
    }
    guard let clean else { preconditionFailure("an iteration learns from at least one batch") }
    return moment.map { clean.adding($0) } ?? clean
  }
}

extension Diagnosis {
  /// The same, of an iteration in which all was finite until its update of the optimizer's moments.
  fileprivate func adding(_ moment: NonFiniteValue) -> Diagnosis {
    Diagnosis(
      iteration: iteration,
      nonFinite: NonFinite(
        .moments, mechanism: "update by the optimizer", tensor: moment.tensor,
        indices: moment.indices, value: moment.value),
      loss: loss, gradientNorm: gradientNorm,
      remarks: [
        "The gradient was finite, but what the optimizer makes of it, such as its square, was not. "
          + "Try --clip, or a smaller one."
      ] + remarks)
  }
}
