import NeuralMemory

/// All tasks and presets: the one place where a name becomes a type.
public enum TaskCatalog {
  /// Every task, in the order in which they are listed.
  public static let all: [any MemoryTask.Type] = [
    CopyTask.self, AddingTask.self, ArgmaxTask.self, RepeatCopyTask.self,
    AssociativeRecallTask.self, PrioritySortTask.self, GraphTraversalTask.self,
    ShortestPathTask.self, GraphInferenceTask.self,
  ]

  /// The task of a name, or nil.
  public static func task(named name: String) -> (any MemoryTask.Type)? {
    all.first { $0.name == name }
  }

  /// What can be said of a preset whatever its task.
  public struct PresetEntry: Sendable, Equatable {
    /// The preset's name.
    public let name: String
    /// The task's name.
    public let task: String
    /// The kind of memory.
    public let memoryType: MemoryType
    /// Iterations after which a run ends even if the task is not solved.
    public let iterations: Int
    /// Where the settings come from.
    public let source: String
    /// The result here, if it was run to its end.
    public let expectation: PresetExpectation?
    /// The result according to the source, if it gives one.
    public let published: String?
  }

  /// Every preset, task by task.
  public static var presets: [PresetEntry] {
    func entries<Task: MemoryTask>(_ task: Task.Type) -> [PresetEntry] {
      Task.presets.map { preset in
        PresetEntry(
          name: preset.name, task: Task.name, memoryType: preset.configuration.model.memoryType,
          iterations: preset.configuration.training.iterations, source: preset.source,
          expectation: preset.expectation, published: preset.published)
      }
    }
    return all.flatMap { entries($0) }
  }
}
