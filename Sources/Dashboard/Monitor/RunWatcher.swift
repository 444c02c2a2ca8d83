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
  /// A checkpoint that cannot be shown, and why.
  private var problem: (checkpoint: URL, text: String)?
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
    let latest = RunFolder.latestCheckpoint(at: run.url)
    if problem?.checkpoint != latest { problem = nil }
    tell()
    if let latest, latest != shown, monitor.ask() {
      show(latest)
      tell()
    }
  }

  private func tell() {
    monitor.set(state: [state, problem?.text].compactMap { $0 }.joined(separator: "; "))
  }

  private var state: String {
    if RunMonitor.now - lastNews < 10 { return "training" }
    return lastIteration >= run.training.iterations ? "finished" : "not training now"
  }

  private mutating func show(_ checkpoint: URL) {
    let start = BackgroundThread.processorTime
    var example: ExampleSnapshot?
    do {
      example = try run.example(checkpoint: checkpoint, seed: seed, workers: 1)
      (shown, problem) = (checkpoint, nil)
    } catch {
      // one that was removed before it was read is taken back by the next look, which finds a newer
      // one
      problem = (checkpoint, "\(checkpoint.lastPathComponent) cannot be shown: \(error)")
    }
    monitor.finish(example, seconds: BackgroundThread.processorTime - start)
  }
}
