import ArgumentParser
import Foundation
import MemoryTasks
import MemoryTraining
import NeuralMemory

/// `dnc show`
struct ShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show examples of a task, and what a trained network and its memory make of them.",
    discussion: """
        dnc show copy
        dnc show copy --length 12 --count 3 --seed 7
        dnc show copy --checkpoint runs/copy-1      with the network's answers
        dnc show runs/copy-1                        the same, and what its memory did in the first

      """)

  @Argument(
    help: ArgumentHelp(
      "A task (\(TaskCatalog.all.map { $0.name }.joined(separator: ", "))) or the folder of a run.",
      valueName: "task-or-run"))
  var name: String
  @Option(help: "Length of the examples. (default: the greatest one in training)")
  var length: Int?
  @Option(help: "Number of examples.")
  var count = 2
  @Option(help: "Seed of the examples.")
  var seed: UInt64 = 1
  @Option(help: "Folder of a run of this task: its settings are used, and its network answers.")
  var checkpoint: String?

  func validate() throws {
    guard (1...1000).contains(count) else {
      throw ValidationError("--count \(count): expected a whole number from 1 to 1000.")
    }
    if let length, !(1...1_000_000).contains(length) {
      throw ValidationError("--length \(length): expected a whole number from 1 to 1000000.")
    }
  }

  func run() throws {
    guard let task = TaskCatalog.task(named: name) else {
      guard RunFolder.hasRun(at: URL(fileURLWithPath: name)) else {
        throw Suggestion.unknown("task or run", name, among: TaskCatalog.all.map { $0.name })
      }
      try Answers(command: self, folder: name).use(folder: name)
      return try ShowRun.run(name, length: length, seed: seed)
    }
    if let checkpoint {
      try Answers(command: self, folder: checkpoint, expected: name).use(folder: checkpoint)
    } else {
      try showExamples(of: task)
    }
  }

  private func showExamples<Task: MemoryTask>(of _: Task.Type) throws {
    try show(
      Task.standard, length: length ?? Task.defaultTraining.curriculum.maximumLength, network: nil)
  }

  /// The examples of a run's task, with its network's answers.
  private struct Answers: RunUse {
    let command: ShowCommand
    let folder: String
    var expected: String?

    func use<Task: MemoryTask>(_: Task.Type) throws {
      if let expected, expected != Task.name {
        throw ValidationError("--checkpoint \(folder): that is a run of \(Task.name).")
      }
      let run = try StoredRun<Task>(folder)
      try command.show(
        run.configuration.task, length: command.length ?? run.trainedUpTo, network: run.network)
    }
  }

  private func show<Task: MemoryTask>(
    _ task: Task, length: Int, network: (any TrainableNetwork)?
  ) throws {
    guard task.lengths.contains(length) else {
      throw ValidationError(
        "--length \(length): \(Task.name) has lengths from \(task.lengths.lowerBound)"
          + (task.lengths.upperBound == .max ? "." : " to \(task.lengths.upperBound)."))
    }
    let console = Console()
    console.print("\(Task.name): \(Task.summary)")
    var random = RandomNumbers(seed: seed, stream: RandomStream.example)
    for number in 1...count {
      let batch = task.makeBatch(count: 1, length: length, using: &random)
      let output = network?.evaluate(batch.input, lengths: batch.lengths)
      console.print(
        "\nExample \(number): length \(length) (\(task.lengthUnit)), \(batch.input.shape[1]) steps")
      console.print(task.describe(0, of: batch, output: output))
      if let output {
        let score = task.score(output, items: 0..<1, in: batch)
        console.print("Wrong: \(score.wrong) of \(score.total) \(task.scoredUnit).")
      }
    }
  }
}
