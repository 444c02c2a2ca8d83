import ArgumentParser
import MemoryTasks
import NeuralMemory

/// The flags of a task's own settings: what makes a task a command.
///
/// A flag is named as the setting's key in a configuration file: `--input-size` for `input_size`.
protocol TaskOptions: ParsableArguments {
  associatedtype Task: MemoryTask

  /// The task with what was given put in; the rest as in `task`.
  /// - Throws: `ConfigurationError`.
  func task(from task: Task) throws -> Task

  /// Command lines with a word on each, as the help shows them.
  static var examples: String { get }
}
