import Foundation
import MemoryInspection
import MemoryTasks
import MemoryTraining
import NeuralMemory

/// The live page of a run, and the server that gives it out.
///
/// ```swift
/// let dashboard = try Dashboard(port: 8097)
/// print(dashboard.address)                     // http://127.0.0.1:8097
/// session.observers.append(dashboard.observer) // or dashboard.watch(run)
/// ```
public final class Dashboard: Sendable {
  /// Where the page is, for a browser.
  public let address: String
  /// The port that was free.
  public let port: Int
  let monitor: RunMonitor
  #if Dashboard
    private let server: PageServer
  #endif

  /// Starts the server.
  ///
  /// - Parameters:
  ///   - address: numeric; others than the loopback's let everybody look who can reach the machine.
  ///   - port: or the next free one of the following twenty.
  /// - Throws: an error that says what the system refused; `DashboardMissing`.
  public init(address: String = "127.0.0.1", port: Int = Dashboard.standardPort) throws {
    #if Dashboard
      let monitor = RunMonitor(.init())
      let routes = DashboardRoutes(
        monitor: monitor, hosts: DashboardRoutes.hosts(address: address))
      let server = try PageServer(address: address, port: port) { routes.answer($0) }
      (self.monitor, self.server, self.port) = (monitor, server, server.port)
      let host = address.contains(":") ? "[\(address)]" : address
      self.address = "http://\(host):\(server.port)"
    #else
      throw DashboardMissing()
    #endif
  }

  #if Dashboard
    deinit { server.stop() }
  #endif

  /// Visdom's port, which those who come from the Python package know.
  public static let standardPort = 8097

  /// Shows the training that this observer looks on at; keeps the server going as long as it lives.
  public var observer: any TrainingObserver { DashboardObserver(self) }

  /// Shows a run of a folder, going on or over, until the closure says to stop. Looks for news once
  /// a second.
  ///
  /// - Parameters:
  ///   - shownFolder: the folder as the user wrote it.
  ///   - seed: of the examples.
  public func watch(
    _ run: FinishedRun, shownFolder: String, seed: UInt64 = 1, until shouldStop: () -> Bool
  ) {
    var watcher = RunWatcher(run, shownFolder: shownFolder, seed: seed, monitor)
    while !shouldStop() {
      watcher.look()
      for _ in 0..<10 where !shouldStop() { Thread.sleep(forTimeInterval: 0.1) }
    }
  }
}
