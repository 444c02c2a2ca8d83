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
      TrainTaskCommand<CopyTaskOptions>.self
    ])

  /// What is no task's name.
  @Argument(parsing: .allUnrecognized, help: .hidden)
  var rest: [String] = []

  func validate() throws {
    guard let name = rest.first, !name.hasPrefix("-") else { return }
    throw Suggestion.unknown("task", name, among: TaskCatalog.all.map { $0.name })
  }

  func run() throws { throw CleanExit.helpRequest(self) }
}
