import ArgumentParser
import Foundation
import MemoryInspection
import MemoryTraining
import NeuralMemory

/// `dnc doctor`
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Find the first value that is not finite; say what else ails a network.",
    discussion: """
      For a run that stopped at an infinite value or a NaN: replays it from its last good checkpoint \
      to that iteration and looks at every number, forward and backward.
        dnc doctor runs/copy-1
      For any checkpoint, with a batch of fresh examples:
        dnc doctor runs/copy-1 --seed 7

      Nothing in the folder is changed. Exit code 0: every value is finite; 3: one is not.
      """)

  @Argument(help: ArgumentHelp("Folder of a run.", valueName: "run"))
  var folder: String
  @Option(help: "A checkpoint of the run other than the latest.")
  var checkpoint: String?
  @Option(help: "Look at a fresh batch drawn from this seed instead of replaying the run.")
  var seed: UInt64?
  @Option(
    help: """
      Iterations to replay at the most. (default: up to the one after the last in the run's metrics)
      """)
  var iterations: Int?

  func validate() throws {
    if let iterations, iterations < 1 {
      throw ValidationError("--iterations \(iterations): expected a whole number of at least 1.")
    }
  }

  func run() throws {
    let console = Console()
    let run = try FinishedRun(at: URL(fileURLWithPath: folder))
    let (content, name) = try CheckpointLocation.content(checkpoint ?? folder)
    console.print("Looking at \(name)")
    let diagnosis = try Doctor.examine(
      run, checkpoint: content, iterations: iterations, seed: seed,
      progress: { if console.isTerminal { console.redraw("Replaying iteration \($0) …") } })
    console.clearLine()
    console.print("\(diagnosis)")
    if diagnosis.nonFinite != nil { throw ExitCode(3) }
  }
}
