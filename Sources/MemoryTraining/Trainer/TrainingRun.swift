import Foundation
import NeuralMemory

/// A trainer working in a run folder: trains, logs, saves, and stops when it should.
public struct TrainingRun<Network: CheckpointableNetwork, Task: TrainingTask> {
  /// How a run ended.
  public enum Outcome: Sendable, Equatable {
    /// All iterations are done.
    case finished
    /// The task is solved: the score of the confirming check.
    case solved(TaskScore)
    /// The caller asked to stop; everything is saved.
    case interrupted
  }

  /// The trainer, as it is after the last iteration.
  public private(set) var trainer: Trainer<Network, Task>
  /// Where metrics and checkpoints go.
  public let folder: RunFolder

  /// A run that starts from the trainer's state.
  public init(trainer: Trainer<Network, Task>, folder: RunFolder) {
    self.trainer = trainer
    self.folder = folder
  }

  /// Goes back to the folder's latest checkpoint, or stays at the start if there is none, and
  /// removes the metrics of later iterations.
  /// - Returns: The number of iterations done.
  /// - Throws: `TrainingCheckpoint.Mismatch`, `SafeTensorsError` or `RunFolderError`.
  public mutating func resume() throws -> Int {
    if let url = RunFolder.latestCheckpoint(at: folder.url) {
      do { try trainer.restore(from: SafeTensors(contentsOf: url)) } catch {
        throw RunFolderError.unreadable(
          path: url.path, reason: RunFolder.describing(error, of: url))
      }
    }
    try folder.metrics.truncate(after: trainer.state.iteration)
    return trainer.state.iteration
  }

  /// Trains until all iterations are done, the task is solved, or `shouldStop` says so, which is
  /// asked before every iteration. At the end the state is saved.
  ///
  /// - Parameters:
  ///   - shouldStop: whether to end, asked before every iteration.
  ///   - progress: is called after every iteration.
  ///   - observe: the same, with the trainer as it then is.
  /// - Throws: `NonFiniteValue` (the last checkpoint stays), or an error of the run folder.
  public mutating func run(
    shouldStop: () -> Bool = { false }, progress: (IterationReport) -> Void = { _ in },
    observe: ((IterationReport, Trainer<Network, Task>) -> Void)? = nil
  ) throws -> Outcome {
    let configuration = trainer.configuration
    var saved = RunFolder.latestCheckpoint(at: folder.url) == nil ? -1 : trainer.state.iteration
    func save(_ trainer: Trainer<Network, Task>) throws {
      let iteration = trainer.state.iteration
      guard saved != iteration else { return }
      try folder.save(
        trainer.checkpoint(), iteration: iteration, keep: configuration.keepCheckpoints)
      saved = iteration
    }
    // A run that was solved and is resumed finds the same answer again.
    if let score = trainer.solvedScore() { return .solved(score) }
    while trainer.state.iteration < configuration.iterations {
      if shouldStop() {
        try save(trainer)
        return .interrupted
      }
      let report = try trainer.step()
      try folder.metrics.append(report)
      progress(report)
      observe?(report, trainer)
      if report.iteration % configuration.checkpointEvery == 0 { try save(trainer) }
      if let score = trainer.solvedScore() {
        try save(trainer)
        return .solved(score)
      }
    }
    try save(trainer)
    return .finished
  }
}
