import ArgumentParser
import Foundation
import MemoryInspection
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
        dnc show graph-traversal --set map=london     examples with other settings

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

  @OptionGroup var settings: TaskSettingOptions

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
      let url = URL(fileURLWithPath: name)
      guard RunFolder.hasRun(at: url) else {
        throw Suggestion.unknown("task or run", name, among: TaskCatalog.all.map { $0.name })
      }
      guard checkpoint == nil else {
        throw ValidationError(
          "--checkpoint belongs to a task's name, as in \(programName) show copy --checkpoint "
            + "\(name.quotedForShell).")
      }
      let run = try settings.applied(to: FinishedRun(at: url))
      try showAnswers(run)
      return try ShowRun.run(run, length: length, seed: seed)
    }
    guard let checkpoint else { return try showExamples(of: task) }
    let run = try FinishedRun(at: URL(fileURLWithPath: checkpoint))
    let found = type(of: run.task).name
    guard found == name else {
      throw ValidationError("--checkpoint \(checkpoint): that is a run of \(found).")
    }
    try showAnswers(settings.applied(to: run))
  }

  private func showExamples<Task: MemoryTask>(of _: Task.Type) throws {
    let task = try settings.applied(to: Task.standard)
    try show(
      task,
      length: length ?? task.lengths.clamp(Task.defaultTraining.curriculum.maximumLength),
      network: nil)
  }

  /// The examples of a run's task, with its network's answers.
  private func showAnswers(_ run: FinishedRun) throws {
    let (network, record) = try run.network()
    try show(
      run.task, length: length ?? run.task.lengths.clamp(run.trainedUpTo(record)),
      network: network)
  }

  private func show<Task: MemoryTask>(
    _ task: Task, length: Int, network: (any AnyNetwork)?
  ) throws {
    guard task.lengths.contains(length) else {
      throw ValidationError(
        "--length \(length): \(Task.name) has lengths from \(task.lengths.lowerBound)"
          + (task.lengths.upperBound == .max ? "." : " to \(task.lengths.upperBound)."))
    }
    let (console, task) = (Console(), task.measured)
    console.print("\(Task.name): \(Task.summary)")
    var random = RandomNumbers(seed: seed, stream: RandomStream.example)
    for number in 1...count {
      let batch = task.makeBatch(count: 1, length: length, using: &random)
      let output = network?.evaluate(batch.input, lengths: batch.lengths)
      console.print(
        "\nExample \(number): length \(length) (\(task.lengthUnit)), \(batch.input.shape[1]) steps")
      console.print(task.describe(0, of: batch, output: output))
      if let output {
        let score = task.score(output, elements: 0..<1, in: batch)
        console.print("Wrong: \(score.wrong) of \(score.total) \(task.scoredUnit).")
      }
    }
  }
}
