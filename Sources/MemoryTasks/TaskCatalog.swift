/// All tasks: the one place where a name becomes a type.
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
}
