import ArgumentParser
import Foundation
import MemoryTasks
import MemoryTraining
import NeuralMemory

/// A training run with a person in front of it: progress, Ctrl-C, and what to do next.
struct TrainingSession {
  let console: Console
  /// The run folder as the user wrote it.
  let shownFolder: String
  /// Those who look on. Without any, nothing is made for them.
  var observers: [any TrainingObserver] = []

  /// Trains to the end.
  /// - Returns: Whether the task is solved, and the trained network.
  /// - Throws: `ExitCode` 130 after Ctrl-C, when all is saved; what stopped the run otherwise.
  @discardableResult
  func run<Task: MemoryTask>(
    _ configuration: RunConfiguration<Task>, in folder: RunFolder, resuming: Bool,
    closing: Bool = true
  ) throws -> (isSolved: Bool, network: any AnyNetwork) {
    try train(
      configuration.makeNetwork(), configuration, in: folder, resuming: resuming, closing: closing)
  }

  private func train<Network: AnyNetwork, Task: MemoryTask>(
    _ network: Network, _ configuration: RunConfiguration<Task>, in folder: RunFolder,
    resuming: Bool, closing: Bool
  ) throws -> (isSolved: Bool, network: any AnyNetwork) {
    let trainer = try Trainer(
      network: network, task: configuration.task, configuration: configuration.training)
    var run = TrainingRun(trainer: trainer, folder: folder)
    let done = resuming ? try run.resume() : 0
    let total = configuration.training.iterations
    console.print(
      resuming
        ? "Going on in \(shownFolder) after iteration \(done) of \(total)."
        : "Training in \(shownFolder): \(total) iterations at most, "
          + "\(network.parameters.layout.count) parameters, "
          + "seed \(configuration.training.seed), workers: \(configuration.training.workers).")

    let start = TrainingStart(
      task: configuration.task, model: configuration.model, training: configuration.training,
      folder: folder.url, shownFolder: shownFolder, doneIterations: done,
      parameterCount: network.parameters.layout.count)
    for observer in observers { observer.began(start) }
    let clock = ContinuousClock()
    let began = clock.now
    let outcome: TrainingRun<Network, Task>.Outcome
    do {
      outcome = try iterate(&run, configuration) { (clock.now - began) / .seconds(1) }
    } catch {
      console.clearLine()
      let seconds = (clock.now - began) / .seconds(1)
      let end = TrainingEnd(
        outcome: .failed("\(error)"), iterations: run.trainer.state.iteration, seconds: seconds)
      for observer in observers { observer.ended(end) }
      guard let cause = error as? NonFiniteValue else { throw error }
      let kept = RunFolder.latestCheckpoint(at: folder.url)
      throw StoppedRun(
        cause: cause, checkpoint: kept.map { "\(shownFolder)/\($0.lastPathComponent)" },
        folder: shownFolder)
    }
    console.clearLine()
    let end = TrainingEnd(
      outcome: outcome.ofObservers, iterations: run.trainer.state.iteration,
      seconds: (clock.now - began) / .seconds(1))
    for observer in observers { observer.ended(end) }
    if outcome == .interrupted {
      console.print(
        """
        Stopped after iteration \(end.iterations); everything is saved. Go on with
          \(programName) train \(Task.name) --run-folder \(shownFolder.quotedForShell) --resume
        """)
      throw ExitCode(InterruptFlag.exitCode)
    }
    console.print(RunSummary(configuration, end: end, doneBefore: done).text)
    if closing {
      console.print(
        """
        The run is in \(shownFolder). See how well it does on fresh and on longer sequences:
          \(programName) evaluate \(shownFolder.quotedForShell)
        """)
    }
    if case .solved = outcome { return (true, run.trainer.network) }
    return (false, run.trainer.network)
  }

  /// Runs the iterations, with progress on the console and reports to the observers.
  private func iterate<Network: AnyNetwork, Task: MemoryTask>(
    _ run: inout TrainingRun<Network, Task>, _ configuration: RunConfiguration<Task>,
    seconds: () -> Double
  ) throws -> TrainingRun<Network, Task>.Outcome {
    InterruptFlag.install()
    let training = configuration.training
    let task = configuration.task
    var progress = ProgressReport(
      total: training.iterations, every: training.summarizeEvery,
      mayEndEarly: training.stopWhenSolved != nil, unit: task.scoredUnit,
      curriculum: training.curriculum, cost: { Double(task.timeSteps(length: $0)) })
    var drawn = 0.0
    return try run.run(
      shouldStop: { InterruptFlag.isSet },
      progress: { report in
        let now = seconds()
        let line = progress.add(report, at: now)
        if !console.isTerminal {
          if let line { console.print(line) }
        } else if now - drawn > 0.1 || report.iteration == training.iterations {
          drawn = now
          console.redraw(progress.line(width: console.width - 1))
        }
      },
      observe: observers.isEmpty
        ? nil
        : { report, trainer in
          let moment = TrainerMoment(trainer)
          for observer in observers { observer.iteration(report, moment) }
        })
  }
}

extension TrainingRun.Outcome {
  fileprivate var ofObservers: TrainingEnd.Outcome {
    switch self {
    case .finished: .finished
    case .solved(let score): .solved(score)
    case .interrupted: .interrupted
    }
  }
}

/// A run that came upon a value that is not finite.
struct StoppedRun: Error, CustomStringConvertible {
  let cause: NonFiniteValue
  let checkpoint: String?
  /// The run folder as the user wrote it.
  let folder: String

  var description: String {
    let kept =
      checkpoint.map { "The last good checkpoint is \($0)." } ?? "There is no checkpoint yet."
    return """
      \(cause) \(kept) A smaller --lr or a smaller --clip often helps.
      Where it came from: \(programName) doctor \(folder.quotedForShell)
      """
  }
}
