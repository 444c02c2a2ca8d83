import ArgumentParser
import MemoryTasks
import MemoryTraining

/// A configuration into which flags are put one by one.
struct ConfigurationEditor<Task: MemoryTask> {
  var configuration: RunConfiguration<Task>
  /// Whether only settings may change that leave the past of a run true.
  let resuming: Bool

  /// Puts a flag's value into its place, if it was given.
  /// - Parameter free: Whether a resumed run may change it.
  /// - Throws: `ValidationError` naming the flag if a run to be resumed has another value.
  mutating func set<V: Equatable>(
    _ flag: String, _ value: V?, _ path: WritableKeyPath<RunConfiguration<Task>, V>,
    free: Bool = false
  ) throws {
    guard let value, value != configuration[keyPath: path] else { return }
    guard free || !resuming else {
      throw Self.kept("\(flag) \(value)", "\(configuration[keyPath: path])")
    }
    configuration[keyPath: path] = value
  }

  /// Puts the task's own settings in.
  mutating func set(task: Task) throws {
    if resuming && task != configuration.task {
      let (key, old, new) = try Self.firstDifference(configuration.task, task)
      throw Self.kept("--\(String(key.map { $0 == "_" ? "-" : $0 })) \(new)", old)
    }
    configuration.task = task
    configuration.fitModelToTask()
  }

  /// The error for a flag that would change a run's past.
  static func kept(_ asked: String, _ found: String) -> ValidationError {
    ValidationError(
      "\(asked): the run to be resumed has \(found), and a run keeps its settings. Leave the flag "
        + "out, or start a new run in another folder.")
  }

  /// The first setting in which two tasks differ, with both values.
  private static func firstDifference(
    _ a: Task, _ b: Task
  ) throws -> (key: String, old: String, new: String) {
    let (old, new) = (try a.settings(), try b.settings())
    let keys = Set(old.keys).union(new.keys).filter { old[$0] != new[$0] }
    let key = keys.min() ?? "task"
    return (key, old[key] ?? "none", new[key] ?? "none")
  }
}
