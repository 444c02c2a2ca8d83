import ArgumentParser
import Dashboard
import Foundation
import MemoryInspection
import MemoryTraining

/// `dnc watch`
struct WatchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch",
    abstract: "Show a run on a live page, whether it is going on or over.",
    discussion: """
        dnc watch runs/copy-1
      The page has the run's curves, and what the memory of its latest checkpoint does on a fresh example. \
      Ctrl-C ends it. A training shows its own page with --dashboard.
      """)

  @Argument(help: ArgumentHelp("Folder of a run.", valueName: "run"))
  var folder: String
  @Option(help: "Port of the page, or the next free one.")
  var port = Dashboard.standardPort
  @Option(
    help: """
      Address at which the page is served: others than 127.0.0.1 let everybody look who can reach this \
      machine. (default: 127.0.0.1)
      """)
  var address: String?
  @Option(help: "Seed of the examples.")
  var seed: UInt64 = 1

  func validate() throws {
    guard 0...65535 ~= port else {
      throw ValidationError("--port \(port): expected a number from 0 to 65535.")
    }
  }

  func run() throws {
    let console = Console()
    let run = try FinishedRun(at: URL(fileURLWithPath: folder))
    let dashboard = try ObservationOptions.start(port: port, address: address, console)
    InterruptFlag.install()
    dashboard.watch(run, shownFolder: folder, seed: seed) { InterruptFlag.isSet }
  }
}
