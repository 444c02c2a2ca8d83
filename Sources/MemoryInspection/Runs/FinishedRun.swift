import Foundation
import MemoryTasks
import MemoryTraining
import NeuralMemory

/// A run folder opened to be looked at: whatever its task, going on or over. Nothing in it is
/// changed, and no lock is taken.
public struct FinishedRun: Sendable {
  /// The folder.
  public let url: URL
  /// What is learned.
  public let task: any MemoryTask
  /// The network.
  public let model: NetworkConfiguration
  /// How it is trained.
  public let training: TrainingConfiguration

  /// Reads the configuration of a run.
  ///
  /// - Throws: `RunFolderError` if the folder holds no run or one of an unknown task.
  public init(at url: URL) throws {
    struct Name: Decodable {
      let task: String

      enum CodingKeys: String, CodingKey {
        case task = "task_name"
      }
    }
    let name = try RunFolder.configuration(Name.self, at: url).task
    guard let task = TaskCatalog.task(named: name) else {
      let known = TaskCatalog.all.map { $0.name }.joined(separator: ", ")
      throw RunFolderError.unreadable(
        path: url.appendingPathComponent(RunFolder.configurationName).path,
        reason: "its task is \"\(name)\"; known are \(known).")
    }
    self = try Self.open(task, url)
  }

  private static func open<Task: MemoryTask>(_ type: Task.Type, _ url: URL) throws -> FinishedRun {
    let configuration = try RunFolder.configuration(RunConfiguration<Task>.self, at: url)
    return FinishedRun(
      url: url, task: configuration.task, model: configuration.model,
      training: configuration.training)
  }

  private init(
    url: URL, task: any MemoryTask, model: NetworkConfiguration, training: TrainingConfiguration
  ) {
    (self.url, self.task, self.model, self.training) = (url, task, model, training)
  }

  /// The same run as if its task had other settings.
  ///
  /// - Throws: `ConfigurationError` as `MemoryTask.with(settings:)`, or if the network would not
  ///   fit the task.
  public func with(taskSettings changes: [String: String]) throws -> FinishedRun {
    let changed = try task.with(settings: changes)
    for (setting, old, new) in [
      ("inputSize", task.inputSize, changed.inputSize),
      ("outputSize", task.outputSize, changed.outputSize),
    ] {
      guard old == new else {
        throw ConfigurationError(
          argument: setting, value: new, expected: "the run's network to fit: \(old)")
      }
    }
    return FinishedRun(url: url, task: changed, model: model, training: training)
  }

  /// The greatest length that was trained until a checkpoint, in the task's measure.
  public func trainedUpTo(_ record: TrainingCheckpoint.Record?) -> Int {
    record?.state.curriculum.maximumLength ?? training.curriculum.maximumLength
  }

  /// The network of a checkpoint and how far its training had come.
  ///
  /// - Parameter checkpoint: nil: the run's latest.
  /// - Throws: `RunFolderError` if there is none, it is damaged or does not fit the task;
  ///   `CheckpointError` or `TrainingCheckpoint.Mismatch` if it is damaged.
  public func network(
    checkpoint: URL? = nil
  ) throws -> (network: any AnyNetwork, record: TrainingCheckpoint.Record?) {
    guard let file = checkpoint ?? RunFolder.latestCheckpoint(at: url) else {
      throw RunFolderError.unreadable(
        path: url.path, reason: "the folder holds no checkpoint yet (checkpoint-….safetensors).")
    }
    let content: SafeTensors
    do { content = try SafeTensors(contentsOf: file) } catch let error as SafeTensorsError {
      throw RunFolderError.unreadable(
        path: file.path, reason: RunFolder.describing(error, of: file))
    }
    let network = try NetworkConfiguration.network(in: content, name: file.path)
    guard network.inputSize == task.inputSize, network.outputSize == task.outputSize else {
      throw RunFolderError.unreadable(
        path: file.path,
        reason: "its network maps \(network.inputSize) values to \(network.outputSize), the run's "
          + "task \(task.inputSize) to \(task.outputSize).")
    }
    return (network, try TrainingCheckpoint.record(of: content))
  }

  /// The network of a checkpoint on a fresh example.
  ///
  /// - Parameters:
  ///   - checkpoint: nil: the latest.
  ///   - length: in the task's measure; nil: the greatest trained so far.
  ///   - seed: of the example.
  ///   - workers: number of threads; nil: all processors.
  /// - Throws: as `network(checkpoint:)`.
  public func example(
    checkpoint: URL? = nil, length: Int? = nil, seed: UInt64, workers: Int? = nil
  ) throws -> ExampleSnapshot {
    let (network, record) = try network(checkpoint: checkpoint)
    var random = RandomNumbers(seed: seed, stream: RandomStream.example)
    return ExampleSnapshot(
      of: task, length: length ?? task.lengths.clamp(trainedUpTo(record)), network: network,
      iteration: record?.state.iteration,
      workers: workers, using: &random)
  }
}
