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
  ) throws -> (isSolved: Bool, network: any TrainableNetwork) {
    try train(
      configuration.makeNetwork(), configuration, in: folder, resuming: resuming, closing: closing)
  }

  private func train<Network: TrainableNetwork, Task: MemoryTask>(
    _ network: Network, _ configuration: RunConfiguration<Task>, in folder: RunFolder,
    resuming: Bool, closing: Bool
  ) throws -> (isSolved: Bool, network: any TrainableNetwork) {
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

    InterruptFlag.install()
    var progress = ProgressReport(
      total: total, every: configuration.training.summarizeEvery,
      mayEndEarly: configuration.training.stopWhenSolved != nil)
    let clock = ContinuousClock()
    let start = clock.now
    var drawn = 0.0
    let outcome: TrainingRun<Network, Task>.Outcome
    var isSolved = false
    let began = TrainingStart(
      task: configuration.task, model: configuration.model, training: configuration.training,
      folder: folder.url, shownFolder: shownFolder, doneIterations: done,
      parameterCount: network.parameters.layout.count)
    for observer in observers { observer.began(began) }
    func end(_ outcome: TrainingEnd.Outcome) {
      let end = TrainingEnd(
        outcome: outcome, iterations: run.trainer.state.iteration,
        seconds: (clock.now - start) / .seconds(1))
      for observer in observers { observer.ended(end) }
    }
    do {
      outcome = try run.run(
        shouldStop: { InterruptFlag.isSet },
        progress: { report in
          let seconds = (clock.now - start) / .seconds(1)
          let line = progress.add(report, at: seconds)
          if !console.isTerminal {
            if let line { console.print(line) }
          } else if seconds - drawn > 0.1 || report.iteration == total {
            drawn = seconds
            console.redraw(progress.line(width: console.width - 1))
          }
        },
        observe: observers.isEmpty
          ? nil
          : { report, trainer in
            let moment = TrainerMoment(trainer)
            for observer in observers { observer.iteration(report, moment) }
          })
    } catch let error as NonFiniteValue {
      end(.failed("\(error)"))
      console.clearLine()
      let kept = RunFolder.latestCheckpoint(at: folder.url)
      throw StoppedRun(
        cause: error, checkpoint: kept.map { "\(shownFolder)/\($0.lastPathComponent)" })
    }
    console.clearLine()
    let iterations = run.trainer.state.iteration
    let time = durationText((clock.now - start) / .seconds(1))
    switch outcome {
    case .interrupted:
      end(.interrupted)
      console.print(
        """
        Stopped after iteration \(iterations); everything is saved. Go on with
          \(programName) train copy --run-folder \(shownFolder) --resume
        """)
      throw ExitCode(InterruptFlag.exitCode)
    case .solved(let score):
      isSolved = true
      end(.solved(score))
      console.print(
        "Solved after \(iterations) iterations (\(time)): no wrong bit in \(score.sequences) fresh "
          + "sequences (\(score.total) bits).")
    case .finished:
      end(.finished)
      console.print("Done: \(iterations) iterations (\(time)).")
    }
    if closing {
      console.print(
        """
        The run is in \(shownFolder). See how well it does on fresh and on longer sequences:
          \(programName) evaluate \(shownFolder)
        """)
    }
    return (isSolved, run.trainer.network)
  }
}

/// A run that came upon a value that is not finite.
struct StoppedRun: Error, CustomStringConvertible {
  let cause: NonFiniteValue
  let checkpoint: String?

  var description: String {
    let kept =
      checkpoint.map { "The last good checkpoint is \($0)." } ?? "There is no checkpoint yet."
    return "\(cause) \(kept) A smaller --lr or a smaller --clip often helps."
  }
}
