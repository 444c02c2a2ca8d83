import ArgumentParser

/// `dnc train`: one subcommand per task.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train a network on a task.",
    discussion: """
      Try:
        dnc train copy --help
      """,
    subcommands: [TrainCopyCommand.self])
}
