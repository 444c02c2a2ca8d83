import ArgumentParser
import Dashboard
import Foundation
import MemoryInspection
import MemoryTasks
import MemoryTraining

/// The flags by which a training is looked at.
struct ObservationOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Show the training on a live page; another port than 8097 after an equals sign.",
      valueName: "=port"))
  var dashboard: Int?
  @Option(
    help: """
      Address at which the live page is served: others than 127.0.0.1 let everybody look who can reach \
      this machine. (default: 127.0.0.1)
      """)
  var dashboardAddress: String?
  @Option(
    help: """
      Folder that gets an event file for TensorBoard: every iteration's numbers, and with every line of \
      progress heat maps and histograms.
      """)
  var tensorboard: String?
  @Option(
    help: """
      Address of a running Visdom server, such as http://localhost:8097, that gets heat maps and curves \
      with every line of progress.
      """)
  var visdom: String?

  /// The arguments with the standard port where `--dashboard` stands alone: the parser knows no
  /// options whose value may be left out.
  static func completing(_ arguments: [String]) -> [String] {
    let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
    return arguments.enumerated().map { place, argument in
      place < end && argument == "--dashboard"
        ? "--dashboard=\(Dashboard.standardPort)" : argument
    }
  }

  func validate() throws {
    if let dashboard, !(0...65535 ~= dashboard) {
      throw ValidationError("--dashboard=\(dashboard): expected a port from 0 to 65535.")
    }
    if dashboardAddress != nil, dashboard == nil {
      throw ValidationError("--dashboard-address needs --dashboard.")
    }
    if let visdom, VisdomServer(visdom) == nil {
      throw ValidationError(
        "--visdom \(visdom): expected an address such as http://localhost:8097 (http only).")
    }
  }

  /// Those who look on, as asked for. The dashboard lives as long as its observer.
  ///
  /// - Parameter every: iterations between heat maps.
  /// - Throws: what keeps the page's server or the event file from being made.
  func observers(every: Int, console: Console = Console()) throws -> [any TrainingObserver] {
    var observers: [any TrainingObserver] = []
    if let dashboard {
      observers.append(
        try Self.start(port: dashboard, address: dashboardAddress, console).observer)
    }
    if let tensorboard {
      observers.append(
        try TensorBoardObserver(folder: URL(fileURLWithPath: tensorboard), every: every) {
          console.warn($0)
        })
    }
    if let server = visdom.flatMap(VisdomServer.init) {
      observers.append(
        try VisdomObserver(server, every: every, logger: console.logger("visdom")))
    }
    return observers
  }

  /// A training that is looked at as asked for.
  ///
  /// - Parameter folder: of the run, as the user wrote it.
  /// - Throws: as `observers`; nothing has been made in the folder then.
  func session(
    _ console: Console, _ folder: String, _ training: TrainingConfiguration
  ) throws -> TrainingSession {
    try TrainingSession(
      console: console, shownFolder: folder,
      observers: observers(every: training.summarizeEvery, console: console))
  }

  /// Starts the page's server and says where it is.
  static func start(port: Int, address: String?, _ console: Console) throws -> Dashboard {
    let dashboard = try Dashboard(address: address ?? "127.0.0.1", port: port)
    let moved = port != 0 && dashboard.port != port ? " (port \(port) is taken)" : ""
    console.print("The live page is at \(dashboard.address)\(moved)")
    return dashboard
  }
}
