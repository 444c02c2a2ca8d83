import ArgumentParser
import MemoryTasks

/// `dnc train`: one subcommand per task.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train a network on a task.",
    discussion: """
      Try:
        dnc train copy --help
        dnc train copy --preset copy-dnc
      """,
    subcommands: [
      TrainTaskCommand<CopyTaskOptions>.self,
      TrainTaskCommand<AddingTaskOptions>.self,
      TrainTaskCommand<ArgmaxTaskOptions>.self,
      TrainTaskCommand<RepeatCopyTaskOptions>.self,
      TrainTaskCommand<AssociativeRecallTaskOptions>.self,
      TrainTaskCommand<PrioritySortTaskOptions>.self,
      TrainTaskCommand<GraphTraversalTaskOptions>.self,
      TrainTaskCommand<ShortestPathTaskOptions>.self,
      TrainTaskCommand<GraphInferenceTaskOptions>.self,
    ])

  /// The error for a task's name that there is not, with the nearest that there is; the parser
  /// alone would only say that it is unexpected.
  static func unknownTask(in arguments: [String]) -> ValidationError? {
    let names = TaskCatalog.all.map { $0.name }
    guard arguments.count > 1, arguments[0] == configuration.commandName else { return nil }
    let name = arguments[1]
    return name.hasPrefix("-") || names.contains(name)
      ? nil : Suggestion.unknown("task", name, among: names)
  }
}
