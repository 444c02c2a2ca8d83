import MemoryTasks
import MemoryTraining

/// What a run came to, in a few lines.
struct RunSummary {
  let text: String

  /// - Parameter doneBefore: iterations made before this process, whose time is not known.
  init<Task: MemoryTask>(_ configuration: RunConfiguration<Task>, end: TrainingEnd, doneBefore: Int)
  {
    let task = configuration.task
    let time = durationText(end.seconds) + (doneBefore > 0 ? " since iteration \(doneBefore)" : "")
    var lines: [String] = []
    var isSolved = false
    if case .solved(let score) = end.outcome {
      isSolved = true
      let result =
        score.wrong == 0
        ? "no wrong \(Self.singular(task.scoredUnit))"
        : "\(percentText(score.errorRate)) of the \(task.scoredUnit) wrong"
      lines.append(
        "Solved after \(end.iterations) iterations (\(time)): \(result) in \(score.sequences) fresh "
          + "sequences (\(score.total) \(task.scoredUnit)).")
    } else {
      lines.append("Done: \(end.iterations) iterations (\(time)).")
      if configuration.training.stopWhenSolved != nil { lines.append("The task is not solved.") }
    }
    if let preset = Task.presets.first(where: { $0.name == configuration.preset }) {
      lines.append(Self.comparison(preset, configuration, end.iterations, isSolved))
    }
    text = lines.joined(separator: "\n")
  }

  private static func comparison<Task: MemoryTask>(
    _ preset: Preset<Task>, _ configuration: RunConfiguration<Task>, _ iterations: Int,
    _ isSolved: Bool
  ) -> String {
    guard let expected = preset.expectation else {
      return "What to expect of the preset \(preset.name) is not known."
    }
    var verdict = ""
    if configuration.training.stopWhenSolved == nil {
      // Whether the task is solved was not asked.
    } else if expected.errorRate == 0 && isSolved {
      let range = expected.iterations
      verdict =
        range.contains(iterations)
        ? "as expected" : iterations < range.lowerBound ? "sooner" : "later"
      verdict = ": \(verdict)"
    } else if expected.errorRate == 0 {
      verdict = ": not reached"
    } else if isSolved {
      verdict = ": better"
    }
    let changed = isUnchanged(preset, configuration) ? "" : ", with settings of its own here"
    return "The preset \(preset.name), over several seeds: \(expected.text)\(verdict)\(changed)."
  }

  /// Whether a run has a preset's settings, whatever its seed, its workers and how it is watched.
  private static func isUnchanged<Task: MemoryTask>(
    _ preset: Preset<Task>, _ configuration: RunConfiguration<Task>
  ) -> Bool {
    var ours = configuration
    let theirs = preset.configuration
    ours.training.seed = theirs.training.seed
    ours.training.workers = theirs.training.workers
    ours.training.summarizeEvery = theirs.training.summarizeEvery
    ours.training.checkpointEvery = theirs.training.checkpointEvery
    ours.training.keepCheckpoints = theirs.training.keepCheckpoints
    return ours == theirs
  }

  private static func singular(_ unit: String) -> String {
    unit.hasSuffix("s") ? String(unit.dropLast()) : unit
  }
}
