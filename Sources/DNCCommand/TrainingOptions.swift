import ArgumentParser
import MemoryTraining
import NeuralMemory

extension OptimizerKind: ExpressibleByArgument {}
extension RNNType: ExpressibleByArgument {}
extension Nonlinearity: ExpressibleByArgument {}
extension Dialect: ExpressibleByArgument {}
extension MemoryIndex: ExpressibleByArgument {}
extension MemoryType: ExpressibleByArgument {}

/// What the network is.
struct NetworkOptions: ParsableArguments {
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
  @Option(
    help: """
      Kind of memory: dnc, or one whose cost does not depend on the number of cells: sam, or sdnc with \
      temporal links. (default: dnc)
      """)
  var memoryType: MemoryType?
  @Option(help: "Number of memory cells. (default: 16)")
  var memSlot: Int?
  @Option(help: "Size of a memory cell. (default: 20)")
  var memSize: Int?
  @Option(help: "Read heads. (default: 4)")
  var readHeads: Int?
  @Option(help: "Cells that a head of sam or sdnc finds by content. (default: 10)")
  var sparseReads: Int?
  @Option(help: "Cells that a head of sdnc finds by each kind of temporal link. (default: 2)")
  var temporalReads: Int?
  @Option(
    help: """
      How sam and sdnc find the nearest cells: exact, a scan of the written cells, or faiss, an \
      approximate index for builds that have it. (default: exact)
      """)
  var index: MemoryIndex?
  @Flag(inversion: .prefixedNo, help: "One linear map per field of the interface. (default: no)")
  var independentLinears: Bool?
  @Flag(inversion: .prefixedNo, help: "One memory for all layers. (default: yes)")
  var shareMemory: Bool?
  @Option(
    help: "Whose equations: nature (the paper) or pytorch-dnc (the package). (default: nature)")
  var dialect: Dialect?
}

/// How it learns, and on what.
struct LearningOptions: ParsableArguments {
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
}

/// How the run goes.
struct ProcessOptions: ParsableArguments {
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
}
