import Foundation
import MemoryTraining
import NeuralMemory

/// Something that looks on while a network is trained: a dashboard, a log for another program.
///
/// All calls come from the thread that trains, between iterations, so that what takes long holds the
/// training up. Nothing an observer can do changes the training's numbers.
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
  public let task: any MemoryTask
  public let model: NetworkConfiguration
  public let training: TrainingConfiguration
  /// The run's folder, with `configuration.json` and `metrics.jsonl` in it.
  public let folder: URL
  /// The folder as the user wrote it.
  public let shownFolder: String
  /// Iterations done before: more than 0 in a resumed run.
  public let doneIterations: Int
  /// Numbers that are learned.
  public let parameterCount: Int

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

  public let outcome: Outcome
  /// Iterations done in all.
  public let iterations: Int
  /// Seconds that this process trained.
  public let seconds: Double

  public init(outcome: Outcome, iterations: Int, seconds: Double) {
    self.outcome = outcome
    self.iterations = iterations
    self.seconds = seconds
  }
}

/// A run between two iterations. Not to be kept: it is true only until the observer's call returns.
public protocol TrainingMoment {
  var task: any MemoryTask { get }
  /// The network as it is now. Whoever keeps it makes the next update copy all parameters.
  var network: any TrainableNetwork { get }
  /// The gradient of the iteration just done, after clipping. Keeping it costs what keeping the network costs.
  var gradient: ParameterStore { get }
  /// Runs the network over a fresh example, which is drawn from random numbers of its own.
  ///
  /// - Parameters:
  ///   - length: in the task's measure; nil: the greatest length of this stage.
  ///   - items: sequences in the batch; the trace is that of the first.
  /// - Complexity: that of one forward pass; made at every call.
  func example(length: Int?, items: Int) -> TrainingExample
}

extension TrainingMoment {
  /// A single example of the greatest length of this stage.
  public func example() -> TrainingExample { example(length: nil, items: 1) }
}

/// A fresh example with the network's answer and what its memory did.
public struct TrainingExample: Sendable {
  public let batch: TaskBatch
  /// `[items, time, outputSize]`.
  public let output: Tensor
  /// The tables of `NetworkOutput.trace` for the first item; empty for a network without a memory.
  public let trace: [String: Tensor]
  /// The first item in words, with the answer.
  public let description: String

  public init(batch: TaskBatch, output: Tensor, trace: [String: Tensor], description: String) {
    self.batch = batch
    self.output = output
    self.trace = trace
    self.description = description
  }
}

extension TrainingExample {
  /// Runs a network with its memory's trace over `items` examples of a task.
  public init<Network: ExternalMemoryNetwork, Task: MemoryTask>(
    of task: Task, length: Int, items: Int = 1, network: Network, using random: inout RandomNumbers
  ) {
    let batch = task.makeBatch(
      count: items, length: task.lengths.clamp(length), using: &random)
    var configuration = network.configuration
    configuration.debug = true
    configuration.batchFirst = true
    let traced = Network(configuration: configuration, parameters: network.parameters)
    let result = traced(batch.input, lengths: batch.lengths)
    self.init(
      batch: batch, output: result.output, trace: result.trace ?? [:],
      description: task.describe(0, of: batch, output: result.output))
  }
}

/// The moment of a trainer: built only when there is an observer.
package struct TrainerMoment<Network: TrainableNetwork, Task: MemoryTask>: TrainingMoment {
  private let trainer: Trainer<Network, Task>

  package init(_ trainer: Trainer<Network, Task>) { self.trainer = trainer }

  package var task: any MemoryTask { trainer.task }
  package var network: any TrainableNetwork { trainer.network }
  package var gradient: ParameterStore { trainer.gradient }

  package func example(length: Int?, items: Int) -> TrainingExample {
    var random = RandomNumbers(
      seed: trainer.configuration.seed,
      stream: RandomStream.example + UInt64(trainer.state.iteration))
    return TrainingExample(
      of: trainer.task, length: length ?? trainer.state.curriculum.maximumLength, items: items,
      network: trainer.network, using: &random)
  }
}
