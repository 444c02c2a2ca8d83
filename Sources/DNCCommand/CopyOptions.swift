import ArgumentParser
import MemoryTasks
import MemoryTraining
import NeuralMemory

extension OptimizerKind: ExpressibleByArgument {}
extension RNNType: ExpressibleByArgument {}
extension Nonlinearity: ExpressibleByArgument {}
extension Dialect: ExpressibleByArgument {}

/// The flags that make a configuration of the copy task. All are optional: what is not given keeps the
/// default, or in a resumed run its present value.
struct CopyOptions: ParsableArguments {
  @Option(help: "Channels of the input: one less is the number of bits. (default: 6)")
  var inputSize: Int?
  @Option(help: "Recurrent cells of the controller: lstm, gru or rnn. (default: lstm)")
  var rnnType: RNNType?
  @Option(help: "Squashing of rnn cells: tanh or relu. (default: tanh)")
  var nonlinearity: Nonlinearity?
  @Option(help: "Units of a hidden layer. (default: 64)")
  var nhid: Int?
  @Option(help: "Layers: controllers that take turns on the memory. (default: 1)")
  var nlayer: Int?
  @Option(help: "Hidden layers per layer. (default: 2)")
  var nhlayer: Int?
  @Option(help: "Share of units dropped between hidden layers while training. (default: 0)")
  var dropout: Float?
  @Option(help: "Kind of memory: dnc. (default: dnc)")
  var memoryType: String?
  @Option(help: "Number of memory cells. (default: 16)")
  var memSlot: Int?
  @Option(help: "Size of a memory cell. (default: 20)")
  var memSize: Int?
  @Option(help: "Read heads. (default: 4)")
  var readHeads: Int?
  @Option(help: "Reads per head of sparse memories; no effect on dnc. (default: 10)")
  var sparseReads: Int?
  @Option(help: "Temporal reads of sparse memories; no effect on dnc. (default: 2)")
  var temporalReads: Int?
  @Flag(inversion: .prefixedNo, help: "One linear map per field of the interface. (default: no)")
  var independentLinears: Bool?
  @Flag(inversion: .prefixedNo, help: "One memory for all layers. (default: yes)")
  var shareMemory: Bool?
  @Option(
    help: "Whose equations: nature (the paper) or pytorch-dnc (the package). (default: nature)")
  var dialect: Dialect?

  @Option(help: "Optimizer: adam, adamax, rmsprop, sgd, adagrad or adadelta. (default: adam)")
  var optim: OptimizerKind?
  @Option(help: "Learning rate. (default: 0.0001)")
  var lr: Double?
  @Option(help: "Factor of the parameters that is added to their gradients. (default: 0)")
  var weightDecay: Double?
  @Option(help: "Greatest global norm of a gradient; 0 turns clipping off. (default: 50)")
  var clip: Double?
  @Option(help: "Sequences per iteration. (default: 100)")
  var batchSize: Int?
  @Option(help: "Iterations. (default: 100000)")
  var iterations: Int?
  @Option(help: "Greatest number of vectors to copy. (default: 4)")
  var sequenceMaxLength: Int?
  @Option(help: "What is added to the greatest length at each stage. (default: 0)")
  var curriculumIncrement: Int?
  @Option(help: "Iterations per stage. (default: 1000)")
  var curriculumFreq: Int?
  @Flag(
    inversion: .prefixedNo, help: "Let every sequence of a batch have its own length. (default: no)"
  )
  var mixedLengths: Bool?
  @Flag(
    inversion: .prefixedNo,
    help: "Stop once 2,000 fresh sequences are copied without a wrong bit. (default: no)")
  var untilSolved: Bool?

  @Option(help: "Seed of all random numbers. (default: 0)")
  var seed: UInt64?
  @Option(help: "Worker threads. (default: the number of cores)")
  var workers: Int?
  @Option(help: "-1 for the CPU. Other values run on the CPU too, with a warning. (default: -1)")
  var cuda: Int?

  @Option(
    name: [.customLong("checkpoint-every"), .customLong("check-freq")],
    help: "Iterations between checkpoints. (default: 100)")
  var checkpointEvery: Int?
  @Option(help: "Checkpoints to keep, the newest ones. (default: 3)")
  var keep: Int?
  @Option(
    name: [.customLong("summarize-every"), .customLong("summarize-freq")],
    help: "Iterations between lines of progress when the output is not a terminal. (default: 100)")
  var summarizeEvery: Int?

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
    try set("--input-size", inputSize, \.model.inputSize)
    try set("--rnn-type", rnnType, \.model.rnnType)
    try set("--nonlinearity", nonlinearity, \.model.nonlinearity)
    try set("--nhid", nhid, \.model.hiddenSize)
    try set("--nlayer", nlayer, \.model.numLayers)
    try set("--nhlayer", nhlayer, \.model.numHiddenLayers)
    try set("--dropout", dropout, \.model.dropout)
    try set("--mem-slot", memSlot, \.model.nrCells)
    try set("--mem-size", memSize, \.model.cellSize)
    try set("--read-heads", readHeads, \.model.readHeads)
    try set("--independent-linears", independentLinears, \.model.independentLinears)
    try set("--share-memory", shareMemory, \.model.shareMemory)
    try set("--dialect", dialect, \.model.dialect)
    try set("--optim", optim, \.training.optimizer)
    try set("--lr", lr, \.training.learningRate.base)
    try set("--weight-decay", weightDecay, \.training.weightDecay)
    try set("--clip", clip, \.training.gradientClip)
    try set("--batch-size", batchSize, \.training.batchSize)
    try set("--iterations", iterations, \.training.iterations, free: true)
    try set("--sequence-max-length", sequenceMaxLength, \.training.curriculum.maximumLength)
    try set("--curriculum-increment", curriculumIncrement, \.training.curriculum.increment)
    try set("--curriculum-freq", curriculumFreq, \.training.curriculum.frequency)
    try set("--seed", seed, \.training.seed)
    try set("--workers", workers, \.training.workers)
    try set("--checkpoint-every", checkpointEvery, \.training.checkpointEvery, free: true)
    try set("--keep", keep, \.training.keepCheckpoints, free: true)
    try set("--summarize-freq", summarizeEvery, \.training.summarizeEvery, free: true)
    if let untilSolved {
      configuration.training.stopWhenSolved =
        untilSolved
        ? configuration.training.stopWhenSolved ?? TrainingConfiguration.SolvedCheck() : nil
    }
    do {
      let task = try CopyTask(
        inputSize: configuration.model.inputSize,
        mixedLengths: mixedLengths ?? configuration.task.mixedLengths)
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
  var wantsGPU: Bool { (cuda ?? -1) >= 0 }

  /// Checks the flags that are there for the sake of the package's command lines.
  private func checkUnused() throws {
    switch memoryType {
    case nil, "dnc": break
    case "sam", "sdnc":
      throw ValidationError(
        "--memory-type \(memoryType!): sparse memories are not part of this version; use dnc.")
    case let other?:
      throw ValidationError("--memory-type \(other): there is no such memory; use dnc.")
    }
    for (flag, value) in [("--sparse-reads", sparseReads), ("--temporal-reads", temporalReads)] {
      if let value, value < 1 {
        throw ValidationError("\(flag) \(value): expected a whole number of at least 1.")
      }
    }
    if let cuda, cuda < -1 {
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
    "cell_size": "--mem-size", "read_heads": "--read-heads", "dropout": "--dropout",
    "iterations": "--iterations", "batchSize": "--batch-size", "workers": "--workers",
    "curriculum.maximumLength": "--sequence-max-length",
    "curriculum.increment": "--curriculum-increment",
    "curriculum.frequency": "--curriculum-freq", "checkpointEvery": "--checkpoint-every",
    "keepCheckpoints": "--keep", "summarizeEvery": "--summarize-freq", "learningRate": "--lr",
    "weightDecay": "--weight-decay", "gradientClip": "--clip",
  ]
}
