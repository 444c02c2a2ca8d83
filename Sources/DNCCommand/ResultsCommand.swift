import ArgumentParser
import Foundation
import MemoryInspection
import MemoryTasks
import MemoryTraining
import NeuralMemory

/// `dnc results`
struct ResultsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "results",
    abstract: "Gather what runs of presets came to.",
    discussion: """
      Scripts/results trains every preset for several seeds and does this with each run:
        dnc results record runs/copy-1 docs/results
        dnc results table docs/results > docs/results.md
      """,
    subcommands: [Record.self, Table.self])

  /// `dnc results record`
  struct Record: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Measure a run of a preset that has ended, and write what it came to into a folder."
    )

    @Argument(help: ArgumentHelp("Folder of the run.", valueName: "run"))
    var source: String
    @Argument(help: ArgumentHelp("Where the file goes.", valueName: "folder"))
    var folder: String

    func run() throws {
      let run = try FinishedRun(at: URL(fileURLWithPath: source))
      let record = try ResultsCommand.record(of: run)
      let url = URL(fileURLWithPath: folder)
      try RunFolder.makeFolder(at: url)
      let file = try record.write(into: url)
      Console().print("Wrote \(folder)/\(file.lastPathComponent).")
    }
  }

  /// `dnc results table`
  struct Table: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Write the page of all results in a folder, in Markdown.")

    @Argument(help: "Where the files are.")
    var folder: String

    func run() throws {
      let records = try ResultRecord.all(in: URL(fileURLWithPath: folder))
      try FileHandle.standardOutput.write(contentsOf: Data(ResultsTable(records).markdown().utf8))
    }
  }

  private static func record(of run: FinishedRun) throws -> ResultRecord {
    guard let file = RunFolder.latestCheckpoint(at: run.url) else {
      throw UnsuitableRun(path: run.url.path, reason: "it has no checkpoint yet")
    }
    let checkpoint = try SafeTensors(contentsOf: file)
    return try record(
      of: NetworkConfiguration.network(in: checkpoint, name: file.path), run.task, run.url,
      checkpoint)
  }

  private static func record<Network: AnyNetwork, Task: MemoryTask>(
    of network: Network, _ task: Task, _ url: URL, _ checkpoint: SafeTensors
  ) throws -> ResultRecord {
    let configuration = try RunFolder.configuration(RunConfiguration<Task>.self, at: url)
    let training = configuration.training
    guard let preset = Task.presets.first(where: { $0.name == configuration.preset }) else {
      throw UnsuitableRun(path: url.path, reason: "it is not the run of a preset")
    }
    var trainer = try Trainer(network: network, task: task, configuration: training)
    try trainer.restore(from: checkpoint)
    let seconds = try MetricsLog.seconds(
      at: url, sequences: training.batchSize * training.accumulate)
    return ResultRecord(
      of: trainer, preset: preset, configuration: configuration, seconds: seconds,
      date: Date.now.formatted(.iso8601.year().month().day()), machine: Machine.description)
  }
}

/// A run of which there is nothing to tell.
struct UnsuitableRun: Error, CustomStringConvertible {
  let path: String
  let reason: String
  var description: String { "\(path) cannot be recorded: \(reason)." }
}

/// The machine in a few words.
enum Machine {
  static var description: String {
    let cores = ProcessInfo.processInfo.activeProcessorCount
    let info = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let model = info.split(separator: "\n").first { $0.hasPrefix("model name") }
      .flatMap { $0.split(separator: ":").last }.map { $0.trimmingCharacters(in: .whitespaces) }
    #if arch(x86_64)
      let architecture = "x86-64"
    #elseif arch(arm64)
      let architecture = "arm64"
    #else
      let architecture = "another architecture"
    #endif
    return "\(model ?? architecture), \(cores) cores"
  }
}
