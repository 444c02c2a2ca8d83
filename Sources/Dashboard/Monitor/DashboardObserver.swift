import Foundation
import MemoryInspection
import MemoryTasks
import MemoryTraining
import NeuralMemory

/// Hands a training's news to the page: a few values per iteration, and now and then, while
/// somebody looks, a copy of the network, with which a thread of its own makes the next example.
final class DashboardObserver: TrainingObserver {
  /// Kept, so that the server lives as long as the training.
  private let dashboard: Dashboard
  private var monitor: RunMonitor { dashboard.monitor }
  private var start: TrainingStart?

  init(_ dashboard: Dashboard) { self.dashboard = dashboard }

  func began(_ start: TrainingStart) {
    self.start = start
    monitor.describe(
      title: start.shownFolder, task: start.task, model: start.model, training: start.training,
      parameters: start.parameterCount)
    if start.doneIterations > 0 {
      monitor.add(MetricsReader.points(upTo: start), isFromStart: true)
    }
    monitor.set(state: "training")
  }

  func iteration(_ report: IterationReport, _ moment: any TrainingMoment) {
    let point = MetricsPoint(
      iteration: report.iteration, loss: Float(report.loss), errorRate: Float(report.errorRate),
      gradientNorm: Float(report.gradientNorm))
    guard monitor.addAndAsk(point), let start else { return }
    let seed = start.training.seed
    let (task, network, monitor) = (moment.task, moment.network, monitor)
    BackgroundThread.start("dashboard example") {
      let start = BackgroundThread.processorTime
      let example = ExampleSnapshot(
        after: report, of: task, network: network, seed: seed, workers: 1)
      monitor.finish(example, seconds: BackgroundThread.processorTime - start)
    }
  }

  func ended(_ end: TrainingEnd) {
    switch end.outcome {
    case .finished: monitor.set(state: "finished")
    case .solved: monitor.set(state: "solved")
    case .interrupted: monitor.set(state: "stopped, everything is saved")
    case .failed(let reason): monitor.set(state: "stopped: \(reason)")
    }
  }
}

extension RunMonitor {
  func describe(
    title: String, task: any MemoryTask, model: NetworkConfiguration,
    training: TrainingConfiguration, parameters: Int?
  ) {
    var parts = [model.memoryType == .none ? "no memory" : model.memoryType.rawValue.uppercased()]
    if model.memoryType != .none {
      parts.append("\(model.nrCells) cells of \(model.cellSize)")
      parts.append("\(model.readHeads) read head\(model.readHeads == 1 ? "" : "s")")
    }
    parts.append("\(model.rnnType.rawValue) of \(model.hiddenSize)")
    if let parameters { parts.append("\(parameters) parameters") }
    set(
      about: About(
        title: title, task: type(of: task).name, network: parts.joined(separator: ", "),
        iterations: training.iterations, isLogit: task.answersAreLogits,
        lengthUnit: task.lengthUnit))
  }
}
