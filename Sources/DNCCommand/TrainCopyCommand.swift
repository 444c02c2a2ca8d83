import ArgumentParser
import Foundation
import MemoryTasks
import MemoryTraining
import NeuralMemory

/// `dnc train copy`
struct TrainCopyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "copy",
    abstract: "Train a network to repeat random bit vectors after an end marker.",
    discussion: """
      Settings of the original experiments:
        dnc train copy -optim rmsprop -batch_size 32 -mem_slot 64
      Faster:
        dnc train copy -lr 0.001 -mem_slot 32 -sequence_max_length 8
      Sequences that grow by 2 every 10,000 iterations:
        dnc train copy -lr 0.001 -curriculum_increment 2 -curriculum_freq 10000
      Sparse memories, 1 to 10 vectors until there is no wrong bit:
        dnc train copy -memory_type sdnc -nhid 100 -nhlayer 1 -mem_slot 32 \\
          -mem_size 16 -read_heads 1 -sparse_reads 4 -temporal_reads 4 \\
          -lr 0.003 -clip 10 -batch_size 16 -sequence_max_length 10 --until-solved
        dnc train copy -memory_type sam -nhid 100 -nhlayer 1 -mem_slot 32 \\
          -mem_size 16 -read_heads 1 -sparse_reads 8 \\
          -lr 0.001 -clip 1 -batch_size 16 -sequence_max_length 10 --until-solved
      Go on with an earlier run, bit for bit as if it had never stopped:
        dnc train copy --run-folder runs/copy-1 --resume

      Everything a run makes is in its folder: configuration.json, metrics.jsonl, the newest \
      checkpoints, and latest.safetensors, which leads to the last of them.
      """)

  @OptionGroup var options: CopyOptions
  @Option(help: "Folder of the run, new or empty. (default: runs/copy-1, or the next free number)")
  var runFolder: String?
  @Flag(help: "Go on with the run in the folder.")
  var resume = false

  func validate() throws {
    if resume && runFolder == nil {
      throw ValidationError("--resume needs --run-folder: which run is to go on?")
    }
    // Flag values are refused before anything else is done; what fits depends on the kind of memory.
    let earlier =
      resume
      ? runFolder.flatMap {
        try? RunFolder.configuration(
          CopyOptions.Configuration.self, at: URL(fileURLWithPath: $0))
      } : nil
    var configuration = RunConfiguration.packageDefaults(
      memoryType: options.network.memoryType ?? earlier?.model.memoryType ?? .dnc)
    try options.apply(to: &configuration, resuming: false)
  }

  func run() throws {
    let console = Console()
    if options.wantsGPU {
      console.warn("there is no GPU engine in this version; -cuda is ignored and the CPU used.")
    }
    if resume, let runFolder {
      let url = URL(fileURLWithPath: runFolder)
      var configuration = try RunFolder.configuration(CopyOptions.Configuration.self, at: url)
      let earlier = configuration
      try options.apply(to: &configuration, resuming: true)
      let folder = try RunFolder.resume(at: url)
      if configuration != earlier { try folder.writeConfiguration(configuration) }
      try TrainingSession(console: console, shownFolder: runFolder)
        .run(configuration, in: folder, resuming: true)
    } else {
      var configuration = RunConfiguration.packageDefaults(
        memoryType: options.network.memoryType ?? .dnc)
      configuration.training.workers = TrainingConfiguration.defaultWorkers
      try options.apply(to: &configuration, resuming: false)
      let path = runFolder ?? RunFolder.unusedPath(in: "runs", prefix: "copy")
      let url = URL(fileURLWithPath: path)
      try RunFolder.checkUsable(url)
      let folder = try RunFolder.create(at: url, configuration: configuration)
      try TrainingSession(console: console, shownFolder: path)
        .run(configuration, in: folder, resuming: false)
    }
  }
}
