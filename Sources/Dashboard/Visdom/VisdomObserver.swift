import Foundation
import Logging
import MemoryInspection
import MemoryTasks
import MemoryTraining
import NeuralMemory

/// Sends a training's curves and heat maps to a Visdom server, from a thread of its own: the
/// training never waits for the server, and goes on without it.
public final class VisdomObserver: TrainingObserver {
  private let every: Int
  private let sender: VisdomSender
  private var history = MetricsHistory()
  private var start: TrainingStart?

  /// - Parameters:
  ///   - every: iterations between two sendings.
  ///   - logger: gets one warning, from another thread, when the server cannot be reached.
  /// - Throws: `DashboardMissing`.
  public init(
    _ server: VisdomServer, every: Int, logger: Logger = Logger(label: "swift-dnc.visdom")
  ) throws {
    #if Dashboard
      self.every = max(1, every)
      sender = VisdomSender(logger) { try server.post("/events", $0) }
    #else
      throw DashboardMissing()
    #endif
  }

  public func began(_ start: TrainingStart) {
    self.start = start
    for point in MetricsReader.points(upTo: start) { history.append(point) }
  }

  public func iteration(_ report: IterationReport, _ moment: any TrainingMoment) {
    history.append(
      MetricsPoint(
        iteration: report.iteration, loss: Float(report.loss), errorRate: Float(report.errorRate),
        gradientNorm: Float(report.gradientNorm)))
    // a server that is still taking the last ones gets none of these
    guard report.iteration % every == 0, sender.isIdle, let start else { return }
    let series = history.series(from: 0, to: .max, points: 500)
    let (task, network, seed) = (moment.task, moment.network, start.training.seed)
    sender.send {
      var messages: [Data] = []
      let curves: [(String, String, KeyPath<MetricsPoint, Float>)] = [
        ("loss", "Loss", \.loss), ("error_rate", "Error Rate", \.errorRate),
        ("gradient_norm", "Gradient Norm", \.gradientNorm),
      ]
      for (window, title, path) in curves {
        messages.append(
          VisdomMessages.curve(
            series.map { ($0.iteration, $0[keyPath: path]) }, window: window, title: title))
      }
      let example = ExampleSnapshot(
        after: report, of: task, network: network, seed: seed, workers: 1)
      let title = ", t: \(report.iteration), loss: \(Float(report.loss))"
      for (window, title, map) in example.memory?.packageMaps(after: title) ?? [] {
        messages.append(VisdomMessages.heatMap(map, window: window, title: title))
      }
      return messages
    }
  }

  public func ended(_ end: TrainingEnd) { sender.finish(seconds: 3) }
}

/// One sending at a time, on a thread of its own.
final class VisdomSender: @unchecked Sendable {
  private let logger: Logger
  private let post: @Sendable (Data) throws -> Void
  private let condition = NSCondition()
  // Guarded by the condition's lock.
  private var isBusy = false
  private var hasWarned = false

  init(_ logger: Logger, post: @escaping @Sendable (Data) throws -> Void) {
    self.logger = logger
    self.post = post
  }

  var isIdle: Bool { condition.withLock { !isBusy } }

  func send(_ messages: @escaping @Sendable () -> [Data]) {
    condition.withLock { isBusy = true }
    BackgroundThread.start("visdom") { [self] in
      var problem: String?
      do {
        for message in messages() { try post(message) }
      } catch { problem = "\(error)" }
      let isNew = condition.withLock {
        let isNew = problem != nil && !hasWarned
        hasWarned = hasWarned || problem != nil
        isBusy = false
        condition.broadcast()
        return isNew
      }
      if isNew, let problem {
        logger.warning(
          "Visdom is not there: \(problem). Training goes on; it is tried again each time.")
      }
    }
  }

  /// Gives a sending that is under way some time to end.
  func finish(seconds: Double) {
    let end = Date(timeIntervalSinceNow: seconds)
    condition.lock()
    while isBusy, condition.wait(until: end) {}
    condition.unlock()
  }
}
