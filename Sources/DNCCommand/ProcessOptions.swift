import ArgumentParser
import MemoryTasks

/// How the run goes.
struct ProcessOptions: ParsableArguments {
  @Option(help: "Seed of all random numbers. (default: 0)")
  var seed: UInt64?
  @Option(help: "Worker threads. (default: the number of cores)")
  var workers: Int?
  @Option(help: "-1 for the CPU. Other values run on the CPU too, with a warning. (default: -1)")
  var cuda: Int?

  @Option(
    name: [.customLong("checkpoint-every"), .customLong("check-freq")],
    help: "Iterations between checkpoints. (default: 100)")
  var checkpointEvery: Int?
  @Option(help: "Checkpoints to keep, the newest ones. (default: 3)")
  var keep: Int?
  @Option(
    name: [.customLong("summarize-every"), .customLong("summarize-freq")],
    help: "Iterations between lines of progress when the output is not a terminal. (default: 100)")
  var summarizeEvery: Int?

  /// - Throws: `ValidationError` for a device that cannot be.
  func check() throws {
    if let cuda, cuda < -1 {
      throw ValidationError("--cuda \(cuda): expected -1 for the CPU, or the number of a GPU.")
    }
  }

  /// - Throws: `ValidationError` for a flag that a run to be resumed cannot take.
  func apply<Task: MemoryTask>(to editor: inout ConfigurationEditor<Task>) throws {
    try editor.set("--seed", seed, \.training.seed)
    try editor.set("--workers", workers, \.training.workers)
    try editor.set("--checkpoint-every", checkpointEvery, \.training.checkpointEvery, free: true)
    try editor.set("--keep", keep, \.training.keepCheckpoints, free: true)
    try editor.set("--summarize-freq", summarizeEvery, \.training.summarizeEvery, free: true)
  }
}
