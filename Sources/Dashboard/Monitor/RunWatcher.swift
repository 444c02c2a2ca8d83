import Foundation
import MemoryInspection
import MemoryTasks
import MemoryTraining
import NeuralMemory

/// Follows a run by what it leaves in its folder: the metrics, and the latest checkpoint.
struct RunWatcher {
  private let run: FinishedRun
  private let seed: UInt64
  private let monitor: RunMonitor
  private var reader: MetricsReader
  private var shown: URL?
  private var lastNews = -Double.infinity
  private var lastIteration = 0

  init(_ run: FinishedRun, shownFolder: String, seed: UInt64, _ monitor: RunMonitor) {
    self.run = run
    self.seed = seed
    self.monitor = monitor
    reader = MetricsReader(folder: run.url)
    monitor.describe(
      title: shownFolder, task: run.task, model: run.model, training: run.training, parameters: nil)
  }

  /// Looks once.
  mutating func look() {
    let (points, isFromStart) = reader.next()
    if !points.isEmpty || isFromStart { monitor.add(points, isFromStart: isFromStart) }
    if let last = points.last {
      // what was there at the first look may be old
      if !isFromStart { lastNews = RunMonitor.now }
      lastIteration = last.iteration
    }
    monitor.set(state: state)
    showLatest()
  }

  private var state: String {
    if RunMonitor.now - lastNews < 10 { return "training" }
    return lastIteration >= run.training.iterations ? "finished" : "not training now"
  }

  private mutating func showLatest() {
    guard let latest = RunFolder.latestCheckpoint(at: run.url), latest != shown, monitor.ask()
    else { return }
    let start = RunMonitor.now
    // a checkpoint may be removed before it is read: then the next look finds a newer one
    let example = try? run.example(checkpoint: latest, seed: seed, workers: 1)
    if example != nil { shown = latest }
    monitor.finish(example, seconds: RunMonitor.now - start)
  }
}
