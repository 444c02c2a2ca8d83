import MemoryTraining
import NeuralMemory

/// A task by which memories are measured: examples, a loss and a score (`TrainingTask`), and what a
/// person needs to make sense of the numbers.
public protocol MemoryTask: TrainingTask, Codable, Equatable {
  /// The name on the command line and in a run's configuration.
  static var name: String { get }
  /// What is counted as wrong, in the plural: `bits`.
  var scoredUnit: String { get }
  /// The error rate of guessing.
  var chanceErrorRate: Double { get }
  /// Time steps of a sequence of a given length.
  func timeSteps(length: Int) -> Int
  /// Whether a score solves the task.
  func isSolved(_ score: TaskScore) -> Bool
  /// One item of a batch in words and signs, with the network's outputs `[items, time, outputSize]`
  /// if there are some.
  func describe(_ item: Int, of batch: TaskBatch, output: Tensor?) -> String
}

extension MemoryTask {
  public func isSolved(_ score: TaskScore) -> Bool { score.total > 0 && score.wrong == 0 }
}
