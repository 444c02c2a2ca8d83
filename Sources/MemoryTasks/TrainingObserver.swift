import Foundation
import MemoryTraining
import NeuralMemory

/// Something that looks on while a network is trained: a dashboard, a log for another program.
///
/// All calls come from the thread that trains, between iterations, so that what takes long holds
/// the training up. Nothing an observer can do changes the training's numbers.
public protocol TrainingObserver: AnyObject {
  /// The run is about to make its first iteration, or to go on.
  func began(_ start: TrainingStart)
  /// An iteration is done.
  func iteration(_ report: IterationReport, _ moment: any TrainingMoment)
  /// The run is over. Also called when it stops at an error.
  func ended(_ end: TrainingEnd)
}

/// What a run is.
public struct TrainingStart: Sendable {
  /// What is learned.
  public let task: any MemoryTask
  /// The network.
  public let model: NetworkConfiguration
  /// How it is trained.
  public let training: TrainingConfiguration
  /// The run's folder, with `configuration.json` and `metrics.jsonl` in it.
  public let folder: URL
  /// The folder as the user wrote it.
  public let shownFolder: String
  /// Iterations done before: more than 0 in a resumed run.
  public let doneIterations: Int
  /// Numbers that are learned.
  public let parameterCount: Int

  /// A run that is about to begin.
  public init(
    task: any MemoryTask, model: NetworkConfiguration, training: TrainingConfiguration,
    folder: URL, shownFolder: String, doneIterations: Int, parameterCount: Int
  ) {
    self.task = task
    self.model = model
    self.training = training
    self.folder = folder
    self.shownFolder = shownFolder
    self.doneIterations = doneIterations
    self.parameterCount = parameterCount
  }
}

/// How a run ended.
public struct TrainingEnd: Sendable, Equatable {
  /// How it ended.
  public enum Outcome: Sendable, Equatable {
    /// All iterations are done.
    case finished
    /// The task is solved: the score of the confirming check.
    case solved(TaskScore)
    /// Stopped by the user, all saved.
    case interrupted
    /// Stopped by an error: its text.
    case failed(String)
  }

  /// How it ended.
  public let outcome: Outcome
  /// Iterations done in all.
  public let iterations: Int
  /// Seconds that this process trained.
  public let seconds: Double

  /// The end of a run.
  public init(outcome: Outcome, iterations: Int, seconds: Double) {
    self.outcome = outcome
    self.iterations = iterations
    self.seconds = seconds
  }
}

/// A run between two iterations. Not to be kept: it is true only until the observer's call returns.
public protocol TrainingMoment {
  /// What is learned.
  var task: any MemoryTask { get }
  /// The network as it is now. While it is kept, the next update copies all parameters.
  var network: any AnyNetwork { get }
  /// The gradient of the iteration just done, after clipping. Keeping it costs what keeping the
  /// network costs.
  var gradient: ParameterStore { get }
}

/// The moment of a trainer: built only when there is an observer.
package struct TrainerMoment<Network: AnyNetwork, Task: MemoryTask>: TrainingMoment {
  private let trainer: Trainer<Network, Task>

  package init(_ trainer: Trainer<Network, Task>) { self.trainer = trainer }

  package var task: any MemoryTask { trainer.task }
  package var network: any AnyNetwork { trainer.network }
  package var gradient: ParameterStore { trainer.gradient }
}
