import ArgumentParser
import MemoryTasks
import MemoryTraining
import NeuralMemory

/// The flags that make a run's configuration. All are optional: what is not given keeps the
/// preset's value or the default, or in a resumed run its present value.
struct RunOptions<Choice: TaskOptions>: ParsableArguments {
  @Option(help: "Begin with the settings of a preset; `dnc presets` lists them.")
  var preset: String?
  @OptionGroup(title: "Task") var task: Choice
  @OptionGroup(title: "Network") var network: NetworkOptions
  @OptionGroup(title: "Learning") var learning: LearningOptions<Choice.Task>
  @OptionGroup(title: "Process") var process: ProcessOptions

  typealias Configuration = RunConfiguration<Choice.Task>
  typealias Editor = ConfigurationEditor<Choice.Task>

  /// The configuration that flags are put into: a preset's, or the package's.
  /// - Throws: `ValidationError` if there is no such preset.
  func start() throws -> Configuration {
    guard let preset else { return .packageDefaults(memoryType: network.memoryType ?? .dnc) }
    let presets = Choice.Task.presets
    guard let found = presets.first(where: { $0.name == preset }) else {
      if let other = TaskCatalog.presets.first(where: { $0.name == preset }) {
        throw ValidationError("--preset \(preset): it is one of `dnc train \(other.task)`.")
      }
      throw Suggestion.unknown("preset", preset, among: presets.map(\.name))
    }
    return found.configuration.with(
      memoryType: network.memoryType ?? found.configuration.model.memoryType)
  }

  /// Puts what was given into a configuration and checks all of it.
  /// - Parameter resuming: Whether only settings may change that leave the past of a run true.
  /// - Throws: `ValidationError` naming the flag.
  func apply(to configuration: inout Configuration, resuming: Bool) throws {
    try process.check()
    try network.check()
    var editor = Editor(configuration: configuration, resuming: resuming)
    if resuming, let preset, preset != configuration.preset {
      throw Editor.kept("--preset \(preset)", configuration.preset ?? "none")
    }
    do {
      try editor.set(task: task.task(from: configuration.task))
      try network.apply(to: &editor)
      try learning.apply(to: &editor)
      try process.apply(to: &editor)
      try editor.configuration.validate()
    } catch let error as ConfigurationError {
      throw Self.refusal(error.argument, error.value, error.expected)
    }
    configuration = editor.configuration
  }

  /// Whether a GPU was asked for.
  var wantsGPU: Bool { (process.cuda ?? -1) >= 0 }

  private static func refusal(
    _ setting: String, _ found: String, _ expected: String
  ) -> ValidationError {
    // Of a product every factor has a flag.
    let flag =
      setting.contains(" × ")
      ? setting.replacing(/[a-z_]+/) { SettingFlags.flag(of: String($0.output)) }
      : SettingFlags.flag(of: setting)
    return ValidationError("\(flag) \(found): expected \(expected).")
  }
}

/// The flags that settings are made by, for messages.
private enum SettingFlags {
  static func flag(of setting: String) -> String {
    if let known = known[setting] { return known }
    // A task's own setting: `inputSize` comes of `--input-size`.
    let words = setting.map { $0.isUppercase ? "-\($0.lowercased())" : "\($0)" }
    return "--" + words.joined().replacing("_", with: "-")
  }

  private static let known = [
    "hidden_size": "--nhid", "num_layers": "--nlayer", "num_hidden_layers": "--nhlayer",
    "nr_cells": "--mem-slot", "cell_size": "--mem-size",
    "curriculum.maximumLength": "--sequence-max-length",
    "curriculum.increment": "--curriculum-increment",
    "curriculum.frequency": "--curriculum-freq",
    "curriculum.threshold": "--curriculum-threshold", "curriculum.limit": "--curriculum-limit",
    "keepCheckpoints": "--keep", "summarizeEvery": "--summarize-freq", "learningRate": "--lr",
    "learningRate.warmup": "--lr-warmup", "learningRate.decay.iterations": "--lr-decay-iterations",
    "learningRate.decay.factor": "--lr-decay-factor", "gradientClip": "--clip",
    "bits": "--num-bits", "vectors": "--item-vectors",
  ]
}
