import ArgumentParser
import Foundation
import MemoryTasks
import MemoryTraining
import NeuralMemory

/// `dnc evaluate`
struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Measure a trained network on fresh data, also on longer sequences.",
    discussion: """
      Shows the share of wrong bits at the training lengths and at multiples of the greatest one:
        dnc evaluate runs/copy-1
        dnc evaluate runs/copy-1 --sequences 1000 --factor 4 --json > result.json
      """)

  @Argument(help: ArgumentHelp("Folder of a run.", valueName: "run"))
  var folder: String
  @Option(help: "A checkpoint of the run other than the latest.")
  var checkpoint: String?
  @Option(help: "Fresh sequences per length.")
  var sequences = 100
  @Option(help: "How many times longer than in training the longest sequences are.")
  var factor = 10
  @Option(help: "Seed of the fresh data.")
  var seed: UInt64 = 1
  @Flag(help: "Write JSON instead of a table.")
  var json = false

  func validate() throws {
    for (flag, value, most) in [("--sequences", sequences, 1_000_000), ("--factor", factor, 1000)] {
      guard (1...most).contains(value) else {
        throw ValidationError("\(flag) \(value): expected a whole number from 1 to \(most).")
      }
    }
  }

  func run() throws {
    let console = Console()
    let url = URL(fileURLWithPath: folder)
    let configuration = try RunFolder.configuration(CopyOptions.Configuration.self, at: url)
    let (content, name) = try CheckpointLocation.content(checkpoint ?? folder)
    let network = try NetworkConfiguration.network(in: content, name: name)
    let record = try TrainingCheckpoint.record(of: content)
    let task = configuration.task
    guard network.inputSize == task.inputSize, network.outputSize == task.outputSize else {
      throw CheckpointLocation.Unusable(
        path: name,
        reason: "its network maps \(network.inputSize) values to \(network.outputSize), the run's "
          + "task \(task.inputSize) to \(task.outputSize)")
    }
    let longest =
      record?.state.curriculum.maximumLength ?? configuration.training.curriculum.maximumLength
    let table = EvaluationTable(
      trainedUpTo: longest, iteration: record?.state.iteration, task: CopyTask.name,
      chance: task.chanceErrorRate(length: longest),
      rows: Evaluation.lengths(trainedUpTo: longest, factor: factor).map { length in
        var random = RandomNumbers(seed: seed, stream: RandomStream.evaluation + UInt64(length))
        let score = Evaluation.score(
          network, on: task, length: length, sequences: sequences, using: &random)
        return EvaluationTable.Row(
          length: length, steps: task.timeSteps(length: length), score: score)
      })
    console.print(json ? try table.json() : table.text())
  }
}
