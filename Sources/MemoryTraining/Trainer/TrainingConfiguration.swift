import NeuralMemory
import WorkerPool

/// Everything about a training run but the network and the task. The defaults are those of the
/// Python package's scripts.
public struct TrainingConfiguration: Sendable, Equatable, Codable {
  /// Updates to make.
  public var iterations = 100_000
  /// Sequences per batch.
  public var batchSize = 100
  /// Batches per update. Their gradient is that of one batch of `accumulate · batchSize` sequences,
  /// up to rounding, in the memory of one batch.
  public var accumulate = 1
  /// Where the random numbers of data and dropout start.
  public var seed: UInt64 = 0
  /// Worker threads; part of the configuration because the order of additions depends on it.
  public var workers = 1
  /// The optimizer of a trainer that is given no other.
  public var optimizer = BuiltInOptimizer.adam
  /// The learning rate of every optimizer, iteration by iteration.
  public var learningRate = LearningRate(1e-4)
  /// The weight decay of `optimizer`: the factor of the parameters that is added to their
  /// gradients.
  public var weightDecay = 0.0
  /// The greatest global norm of a gradient; 0 leaves gradients as they are.
  public var gradientClip = 50.0
  /// How long the sequences are as training goes on.
  public var curriculum = Curriculum(maximumLength: 4)
  /// Iterations between checkpoints.
  public var checkpointEvery = 100
  /// Checkpoints that are kept, the newest ones.
  public var keepCheckpoints = 3
  /// Iterations between lines of the report.
  public var summarizeEvery = 100
  /// If present, training ends once the task is solved.
  public var stopWhenSolved: SolvedCheck?

  /// The defaults of the Python package's scripts.
  public init() {}

  /// One worker per processor this process may use, or what the environment variable `DNC_WORKERS`
  /// says.
  public static var defaultWorkers: Int { WorkerPool.defaultWorkers }

  /// When a task counts as solved: `isSolved` of its score over `sequences` fresh sequences of all
  /// lengths of the curriculum's last stage, and over as many more.
  public struct SolvedCheck: Sendable, Equatable, Codable {
    /// Iterations between checks; a check is made only if the batches just before were solved.
    public var every: Int
    /// Sequences per check.
    public var sequences: Int

    /// A check every so many iterations.
    public init(every: Int = 100, sequences: Int = 1000) {
      self.every = every
      self.sequences = sequences
    }
  }

  /// Checks every value.
  /// - Throws: `ConfigurationError` for the first one that cannot work.
  public func validate() throws {
    try ConfigurationError.check("iterations", iterations, atLeast: 1)
    try ConfigurationError.check("batchSize", batchSize, atLeast: 1, atMost: 10_000_000)
    try ConfigurationError.check("accumulate", accumulate, atLeast: 1)
    try ConfigurationError.check("workers", workers, in: 1...1024)
    try curriculum.validate()
    try ConfigurationError.check("checkpointEvery", checkpointEvery, atLeast: 1)
    try ConfigurationError.check("keepCheckpoints", keepCheckpoints, atLeast: 1)
    try ConfigurationError.check("summarizeEvery", summarizeEvery, atLeast: 1)
    if let stopWhenSolved {
      try ConfigurationError.check("stopWhenSolved.every", stopWhenSolved.every, atLeast: 1)
      try ConfigurationError.check("stopWhenSolved.sequences", stopWhenSolved.sequences, atLeast: 1)
      guard !curriculum.isOn || curriculum.limit != nil else {
        throw ConfigurationError(
          argument: "curriculum.limit", value: "none",
          expected: "a length where growing ends, since the run ends once the task is solved there")
      }
    }
    try learningRate.validate()
    if let last = learningRate.lastIteration, iterations > last {
      throw ConfigurationError(
        argument: "iterations", value: iterations,
        expected: "at most \(last): the learning rate has fallen to 0 by then")
    }
    guard weightDecay.isFinite, weightDecay >= 0 else {
      throw ConfigurationError(
        argument: "weightDecay", value: weightDecay, expected: "a finite number of at least 0")
    }
    guard gradientClip.isFinite, gradientClip >= 0 else {
      throw ConfigurationError(
        argument: "gradientClip", value: gradientClip,
        expected: "a finite number of at least 0 (0 turns clipping off)")
    }
  }

  enum CodingKeys: String, CodingKey {
    case iterations, accumulate, seed, workers, optimizer, curriculum
    case batchSize = "batch_size"
    case learningRate = "learning_rate"
    case weightDecay = "weight_decay"
    case gradientClip = "gradient_clip"
    case checkpointEvery = "checkpoint_every"
    case keepCheckpoints = "keep_checkpoints"
    case summarizeEvery = "summarize_every"
    case stopWhenSolved = "stop_when_solved"
  }
}

extension TrainingConfiguration {
  /// Reads a configuration; what is missing has its default, so that files of earlier versions stay
  /// readable.
  public init(from decoder: any Decoder) throws {
    self.init()
    let values = try decoder.container(keyedBy: CodingKeys.self)
    func read<V: Decodable>(_ key: CodingKeys, into value: inout V) throws {
      value = try values.decodeIfPresent(V.self, forKey: key) ?? value
    }
    try read(.iterations, into: &iterations)
    try read(.batchSize, into: &batchSize)
    try read(.accumulate, into: &accumulate)
    try read(.seed, into: &seed)
    try read(.workers, into: &workers)
    try read(.optimizer, into: &optimizer)
    try read(.learningRate, into: &learningRate)
    try read(.weightDecay, into: &weightDecay)
    try read(.gradientClip, into: &gradientClip)
    try read(.curriculum, into: &curriculum)
    try read(.checkpointEvery, into: &checkpointEvery)
    try read(.keepCheckpoints, into: &keepCheckpoints)
    try read(.summarizeEvery, into: &summarizeEvery)
    stopWhenSolved = try values.decodeIfPresent(SolvedCheck.self, forKey: .stopWhenSolved)
  }
}
