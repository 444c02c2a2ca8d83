import ArgumentParser
import Foundation
import MemoryTasks
import MemoryTraining
import NeuralMemory

/// `dnc train TASK`, for every task.
struct TrainTaskCommand<Choice: TaskOptions>: ParsableCommand {
  typealias Task = Choice.Task

  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: Task.name,
      abstract: Task.summary,
      discussion: """
        \(Choice.examples)
        Go on with an earlier run, bit for bit as if it had never stopped:
          dnc train \(Task.name) --run-folder runs/\(Task.name)-1 --resume

        Everything a run makes is in its folder: configuration.json, metrics.jsonl, the newest \
        checkpoints, and latest.safetensors, which leads to the last of them.
        """)
  }

  @OptionGroup var options: RunOptions<Choice>
  @OptionGroup(title: "Looking in") var observation: ObservationOptions
  @Option(
    help: ArgumentHelp(
      "Folder of the run, new or empty. (default: runs/\(Task.name)-1, or the next free number)"))
  var runFolder: String?
  @Flag(help: "Go on with the run in the folder.")
  var resume = false

  func validate() throws {
    if resume && runFolder == nil {
      throw ValidationError("--resume needs --run-folder: which run is to go on?")
    }
    // Flag values are refused before anything else is done; what fits depends on the kind of
    // memory.
    let earlier =
      resume
      ? runFolder.flatMap {
        try? RunFolder.configuration(
          RunConfiguration<Task>.self, at: URL(fileURLWithPath: $0))
      } : nil
    var configuration =
      try earlier.map { $0.with(memoryType: options.network.memoryType ?? $0.model.memoryType) }
      ?? options.start()
    try options.apply(to: &configuration, resuming: false)
  }

  func run() throws {
    let console = Console()
    if options.wantsGPU {
      console.warn("there is no GPU engine in this version; -cuda is ignored and the CPU used.")
    }
    if resume, let runFolder {
      let url = URL(fileURLWithPath: runFolder)
      var configuration = try RunFolder.configuration(RunConfiguration<Task>.self, at: url)
      let earlier = configuration
      try options.apply(to: &configuration, resuming: true)
      if let done = RunFolder.savedIterations(at: url), let asked = options.learning.iterations,
        asked < done
      {
        throw ValidationError("--iterations \(asked): the run has made \(done) already.")
      }
      let session = try observation.session(console, runFolder, configuration.training)
      let folder = try RunFolder.resume(at: url)
      if configuration != earlier { try folder.writeConfiguration(configuration) }
      try session.run(configuration, in: folder, resuming: true)
    } else {
      var configuration = try options.start()
      configuration.training.workers = TrainingConfiguration.defaultWorkers
      try options.apply(to: &configuration, resuming: false)
      let path = runFolder ?? RunFolder.unusedPath(in: "runs", prefix: Task.name)
      let url = URL(fileURLWithPath: path)
      try RunFolder.checkUsable(url)
      // First what can fail, so that no folder is left behind.
      let session = try observation.session(console, path, configuration.training)
      let folder = try RunFolder.create(at: url, configuration: configuration)
      try session.run(configuration, in: folder, resuming: false)
    }
  }
}
