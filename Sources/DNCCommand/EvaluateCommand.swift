import ArgumentParser
import Foundation
import MemoryInspection
import MemoryTasks
import MemoryTraining

/// `dnc evaluate`
struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Measure a trained network on fresh data, also on longer sequences.",
    discussion: """
      Shows the share of wrong answers at the training lengths and at multiples of the greatest one, \
      with intervals that hold the true rate in 95 % of all cases:
        dnc evaluate runs/copy-1
        dnc evaluate runs/copy-1 --sequences 1000 --factor 4 --json > result.json
        dnc evaluate runs/copy-1 --lengths 100,1000 --sequences 1000
      Other settings of the task than in training: more repeats, another map:
        dnc evaluate runs/repeat-copy-1 --set max_repeats=6
        dnc evaluate runs/graph-traversal-1 --set map=london
      And writes what the memory did in a sequence of the greatest training length, for NumPy:
        dnc evaluate runs/copy-1 --trace trace.npz
      """)

  @Argument(help: ArgumentHelp("Folder of a run.", valueName: "run"))
  var folder: String
  @Option(help: "A checkpoint of the run other than the latest.")
  var checkpoint: String?
  @Option(help: "Fresh sequences per length.")
  var sequences = 100
  @Option(help: "How many times longer than in training the longest sequences are.")
  var factor = 10
  @Option(help: "Lengths to measure at instead, separated by commas.")
  var lengths: String?
  @OptionGroup var settings: TaskSettingOptions
  @Option(help: "Seed of the fresh data.")
  var seed: UInt64 = 1
  @Flag(help: "Write JSON instead of a table.")
  var json = false
  @Option(
    help: """
      Where the memory's debug tables of a fresh sequence of the greatest training length go, an .npz \
      file; it is replaced.
      """)
  var trace: String?

  func validate() throws {
    for (flag, value, most) in [("--sequences", sequences, 1_000_000), ("--factor", factor, 1000)] {
      guard (1...most).contains(value) else {
        throw ValidationError("\(flag) \(value): expected a whole number from 1 to \(most).")
      }
    }
    _ = try givenLengths()
  }

  private func givenLengths() throws -> [Int]? {
    try lengths.map { text in
      try text.split(separator: ",", omittingEmptySubsequences: false).map { part in
        guard let length = Int(part), (1...10_000_000).contains(length) else {
          throw ValidationError(
            "--lengths \(text): expected whole numbers from 1 to 10000000, separated by commas.")
        }
        return length
      }
    }
  }

  func run() throws {
    let run = try settings.applied(to: FinishedRun(at: URL(fileURLWithPath: folder)))
    let file = try CheckpointLocation.file(checkpoint ?? folder)
    let table = try table(of: run, checkpoint: file)
    Console().print(json ? try table.json() : table.text())
    if let trace { try write(trace: trace, of: run, checkpoint: file) }
  }

  private func table(of run: FinishedRun, checkpoint: URL) throws -> EvaluationTable {
    let task = run.task
    let asked = try givenLengths()
    if let bad = asked?.first(where: { !task.lengths.contains($0) }) {
      throw ValidationError(
        "--lengths \(bad): \(type(of: task).name) has lengths of \(task.lengths.lowerBound)"
          + (task.lengths.upperBound == .max ? " or more." : " to \(task.lengths.upperBound)."))
    }
    let (network, record) = try run.network(checkpoint: checkpoint)
    let trained = run.trainedUpTo(record)
    let lengths =
      asked ?? Evaluation.lengths(trainedUpTo: trained, factor: factor, within: task.lengths)
    return EvaluationTable(
      of: network, on: task, lengths: lengths, sequences: sequences, seed: seed,
      trainedUpTo: trained, iteration: record?.state.iteration, settings: settings.given)
  }

  private func write(trace: String, of run: FinishedRun, checkpoint: URL) throws {
    guard let memory = try run.example(checkpoint: checkpoint, seed: seed).memory else {
      throw TraceError.noMemory
    }
    try memory.write(to: URL(fileURLWithPath: trace))
    guard !json else { return }
    Console().print(
      "\nWrote \(trace): \(memory.tables.count) tables of \(memory.rows) accesses. "
        + "Draw them: \(programName) plot \(trace.quotedForShell) -o trace.svg")
  }
}
