import ArgumentParser
import MemoryInspection
import MemoryTasks
import MemoryTraining
import NeuralMemory

/// `--set`, of commands that show or measure a task: other settings than those of a run.
struct TaskSettingOptions: ParsableArguments {
  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      """
      Another value of one of the task's settings, by its name in configuration.json; may be given \
      several times.
      """, valueName: "setting=value"))
  var given: [String] = []

  func validate() throws { _ = try values() }

  /// The values by the settings' names.
  private func values() throws -> [String: String] {
    try given.reduce(into: [:]) { values, text in
      let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2 else {
        throw ValidationError("--set \(text): expected a setting and a value, as in max_repeats=5.")
      }
      guard values.updateValue(parts[1], forKey: parts[0]) == nil else {
        throw ValidationError("--set \(text): \(parts[0]) is set twice.")
      }
    }
  }

  /// A task with these settings.
  /// - Throws: `ValidationError` for a setting that the task does not have, or a value that cannot
  ///   be.
  func applied<Task: MemoryTask>(to task: Task) throws -> Task {
    try applied { try task.with(settings: $0) }
  }

  /// A run whose task has these settings.
  /// - Throws: as for a task.
  func applied(to run: FinishedRun) throws -> FinishedRun {
    try applied { try run.with(taskSettings: $0) }
  }

  private func applied<Value>(_ change: ([String: String]) throws -> Value) throws -> Value {
    let values = try values()
    do { return try change(values) } catch let error as ConfigurationError {
      let words = error.argument.map { $0.isUppercase ? "_\($0.lowercased())" : "\($0)" }
      let name = words.joined()
      throw ValidationError(
        values[name] == nil
          ? "--set \(given.joined(separator: " --set ")): \(error)"
          : "--set \(name)=\(error.value): expected \(error.expected).")
    }
  }
}
