import Foundation
import MemoryTasks
import MemoryTraining
import NeuralMemory

/// A run folder read back: its configuration, and the network of one of its checkpoints.
struct StoredRun<Task: MemoryTask> {
  let folder: String
  let configuration: RunConfiguration<Task>
  let network: any TrainableNetwork
  /// The checkpoint's path.
  let checkpoint: String
  /// The training's record in the checkpoint, if it has one.
  let record: TrainingCheckpoint.Record?

  /// The greatest length that was trained.
  var trainedUpTo: Int {
    record?.state.curriculum.maximumLength ?? configuration.training.curriculum.maximumLength
  }

  /// - Parameter checkpoint: another one than the latest.
  /// - Throws: `RunFolderError`, `CheckpointLocation.Unusable`, or what is wrong with the checkpoint.
  init(_ folder: String, checkpoint: String? = nil) throws {
    self.folder = folder
    configuration = try RunFolder.configuration(
      RunConfiguration<Task>.self, at: URL(fileURLWithPath: folder))
    let (content, name) = try CheckpointLocation.content(checkpoint ?? folder)
    self.checkpoint = name
    network = try NetworkConfiguration.network(in: content, name: name)
    record = try TrainingCheckpoint.record(of: content)
    let task = configuration.task
    guard network.inputSize == task.inputSize, network.outputSize == task.outputSize else {
      throw CheckpointLocation.Unusable(
        path: name,
        reason: "its network maps \(network.inputSize) values to \(network.outputSize), the run's "
          + "task \(task.inputSize) to \(task.outputSize)")
    }
  }
}

/// Something to be done with a run folder whatever its task.
protocol RunUse {
  associatedtype Result
  func use<Task: MemoryTask>(_ task: Task.Type) throws -> Result
}

extension RunUse {
  /// Finds the task of a run folder.
  /// - Throws: `RunFolderError` if there is no run, or one of a task that there is not.
  func use(folder: String) throws -> Result {
    let url = URL(fileURLWithPath: folder)
    let name = try RunFolder.configuration(TaskName.self, at: url).name
    guard let task = TaskCatalog.task(named: name) else {
      throw RunFolderError.unreadable(
        path: url.appendingPathComponent(RunFolder.configurationName).path,
        reason: "there is no task \"\(name)\"; there are "
          + TaskCatalog.all.map { $0.name }.joined(separator: ", ") + ".")
    }
    return try use(task)
  }
}

/// The part of a run's configuration that says what the rest is.
private struct TaskName: Decodable {
  let name: String

  enum CodingKeys: String, CodingKey { case name = "task_name" }
}
