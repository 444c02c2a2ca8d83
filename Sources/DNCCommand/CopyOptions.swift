import ArgumentParser
import MemoryTasks
import MemoryTraining
import NeuralMemory

/// The flags that make a configuration of the copy task. All are optional: what is not given keeps the
/// default, or in a resumed run its present value.
struct CopyOptions: ParsableArguments {
  @OptionGroup(title: "Network") var network: NetworkOptions
  @OptionGroup(title: "Learning") var learning: LearningOptions
  @OptionGroup(title: "Process") var process: ProcessOptions

  typealias Configuration = RunConfiguration<CopyTask>

  /// Puts what was given into a configuration and checks all of it.
  /// - Parameter resuming: Whether only settings may change that leave the past of a run true.
  /// - Throws: `ValidationError` naming the flag.
  func apply(to configuration: inout Configuration, resuming: Bool) throws {
    func set<V: Equatable>(
      _ flag: String, _ value: V?, _ path: WritableKeyPath<Configuration, V>, free: Bool = false
    ) throws {
      guard let value, value != configuration[keyPath: path] else { return }
      guard free || !resuming else {
        throw ValidationError(
          "\(flag) \(value): the run to be resumed has \(configuration[keyPath: path]), and a run "
            + "keeps its settings. Leave the flag out, or start a new run in another folder.")
      }
      configuration[keyPath: path] = value
    }
    try checkUnused()
    let memoryType = configuration.model.memoryType
    try check(memoryType: memoryType, resuming: resuming)
    try set("--input-size", network.inputSize, \.model.inputSize)
    try set("--rnn-type", network.rnnType, \.model.rnnType)
    try set("--nonlinearity", network.nonlinearity, \.model.nonlinearity)
    try set("--nhid", network.nhid, \.model.hiddenSize)
    try set("--nlayer", network.nlayer, \.model.numLayers)
    try set("--nhlayer", network.nhlayer, \.model.numHiddenLayers)
    try set("--dropout", network.dropout, \.model.dropout)
    try set("--mem-slot", network.memSlot, \.model.nrCells)
    try set("--mem-size", network.memSize, \.model.cellSize)
    try set("--read-heads", network.readHeads, \.model.readHeads)
    if memoryType != .dnc {
      try set("--sparse-reads", network.sparseReads, \.model.sparseReads)
      try set("--index", network.index, \.model.index)
    }
    if memoryType == .sdnc {
      try set("--temporal-reads", network.temporalReads, \.model.temporalReads)
    }
    try set("--independent-linears", network.independentLinears, \.model.independentLinears)
    try set("--share-memory", network.shareMemory, \.model.shareMemory)
    try set("--dialect", network.dialect, \.model.dialect)
    try set("--optim", learning.optim, \.training.optimizer)
    try set("--lr", learning.lr, \.training.learningRate.base)
    try set("--weight-decay", learning.weightDecay, \.training.weightDecay)
    try set("--clip", learning.clip, \.training.gradientClip)
    try set("--batch-size", learning.batchSize, \.training.batchSize)
    try set("--iterations", learning.iterations, \.training.iterations, free: true)
    try set(
      "--sequence-max-length", learning.sequenceMaxLength, \.training.curriculum.maximumLength)
    try set("--curriculum-increment", learning.curriculumIncrement, \.training.curriculum.increment)
    try set("--curriculum-freq", learning.curriculumFreq, \.training.curriculum.frequency)
    try set("--seed", process.seed, \.training.seed)
    try set("--workers", process.workers, \.training.workers)
    try set("--checkpoint-every", process.checkpointEvery, \.training.checkpointEvery, free: true)
    try set("--keep", process.keep, \.training.keepCheckpoints, free: true)
    try set("--summarize-freq", process.summarizeEvery, \.training.summarizeEvery, free: true)
    if let untilSolved = learning.untilSolved {
      configuration.training.stopWhenSolved =
        untilSolved
        ? configuration.training.stopWhenSolved ?? TrainingConfiguration.SolvedCheck() : nil
    }
    do {
      let task = try CopyTask(
        inputSize: configuration.model.inputSize,
        mixedLengths: learning.mixedLengths ?? configuration.task.mixedLengths)
      guard !resuming || task == configuration.task else {
        throw ValidationError("--mixed-lengths: a run to be resumed keeps its settings.")
      }
      configuration.task = task
      try configuration.validate()
    } catch let error as InvalidSetting {
      throw ValidationError(Self.message(error.setting, error.found, error.expected))
    } catch let error as ConfigurationError {
      throw ValidationError(Self.message(error.argument, error.value, error.expected))
    }
  }

  /// Whether a GPU was asked for.
  var wantsGPU: Bool { (process.cuda ?? -1) >= 0 }

  /// Checks that the kind of memory asked for is the configuration's, which was made for it or belongs
  /// to the run to be resumed.
  private func check(memoryType: MemoryType, resuming: Bool) throws {
    guard let asked = network.memoryType, asked != memoryType else { return }
    precondition(resuming, "a new run's configuration is made for the kind of memory asked for")
    throw ValidationError(
      "--memory-type \(asked.rawValue): the run to be resumed has \(memoryType.rawValue), and a run "
        + "keeps its settings. Leave the flag out, or start a new run in another folder.")
  }

  /// Checks the flags that not every kind of memory or not every build has a use for.
  private func checkUnused() throws {
    for (flag, value) in [
      ("--sparse-reads", network.sparseReads), ("--temporal-reads", network.temporalReads),
    ] {
      if let value, value < 1 {
        throw ValidationError("\(flag) \(value): expected a whole number of at least 1.")
      }
    }
    if let cuda = process.cuda, cuda < -1 {
      throw ValidationError("--cuda \(cuda): expected -1 for the CPU, or the number of a GPU.")
    }
  }

  private static func message(_ setting: String, _ found: String, _ expected: String) -> String {
    "\(flagsOfSettings[setting] ?? setting) \(found): expected \(expected)."
  }

  /// The flags that settings are made by, for messages.
  private static let flagsOfSettings = [
    "inputSize": "--input-size", "input_size": "--input-size", "hidden_size": "--nhid",
    "num_layers": "--nlayer", "num_hidden_layers": "--nhlayer", "nr_cells": "--mem-slot",
    "cell_size": "--mem-size", "index": "--index", "read_heads": "--read-heads",
    "dropout": "--dropout",
    "sparse_reads": "--sparse-reads", "temporal_reads": "--temporal-reads",
    "iterations": "--iterations", "batchSize": "--batch-size", "workers": "--workers",
    "curriculum.maximumLength": "--sequence-max-length",
    "curriculum.increment": "--curriculum-increment",
    "curriculum.frequency": "--curriculum-freq", "checkpointEvery": "--checkpoint-every",
    "keepCheckpoints": "--keep", "summarizeEvery": "--summarize-freq", "learningRate": "--lr",
    "weightDecay": "--weight-decay", "gradientClip": "--clip",
  ]
}
