import MemoryTraining
import NeuralMemory

/// Settings with a name: a task, a network and a training that belong together.
public struct Preset<Task: MemoryTask>: Sendable, Equatable {
  /// The name on the command line: the task's, then what is special about it.
  public let name: String
  /// Where the settings come from.
  public let source: String
  /// All settings but seed and workers.
  public let configuration: RunConfiguration<Task>
  /// What came of it here, if it was run to its end.
  public let expectation: PresetExpectation?
  /// What the source says of its own result, if it says so in numbers.
  public let published: String?
  /// Lengths beyond the training at which it is measured; see `Scripts/results`.
  public let beyond: [Int]

  /// A preset.
  ///
  /// - Parameters:
  ///   - name: on the command line.
  ///   - source: where the settings come from.
  ///   - task: with its settings.
  ///   - network: sizes of the network.
  ///   - learning: optimizer, batch size and number of iterations.
  ///   - curriculum: lengths, from the first stage on.
  ///   - stops: whether its run ends once the task is solved.
  ///   - expectation: the result here, if it was run to its end.
  ///   - published: the result according to the source.
  ///   - beyond: lengths beyond the training; nil: twice the greatest length.
  public init(
    _ name: String, _ source: String, task: Task = .standard, network: PresetNetwork,
    learning: PresetLearning, curriculum: Curriculum, stops: Bool = true,
    expectation: PresetExpectation? = nil,
    published: String? = nil, beyond: [Int]? = nil
  ) {
    var configuration = RunConfiguration<Task>.packageDefaults(memoryType: network.memoryType)
    configuration.task = task
    configuration.fitModelToTask()
    network.apply(to: &configuration.model)
    configuration.training = learning.training
    configuration.training.curriculum = curriculum
    configuration.training.stopWhenSolved = stops ? TrainingConfiguration.SolvedCheck() : nil
    configuration.preset = name
    self.name = name
    self.source = source
    self.configuration = configuration
    self.expectation = expectation
    self.published = published
    let longest = curriculum.limit ?? curriculum.maximumLength
    self.beyond = (beyond ?? [2 * longest]).filter { task.lengths.contains($0) }
  }
}

/// What a preset's runs came to, with one worker on the machine of `docs/results.md`.
public struct PresetExpectation: Sendable, Equatable {
  /// Iterations until the task was solved, over the seeds, or all of them if it was not.
  public let iterations: ClosedRange<Int>
  /// How long that took, in minutes.
  public let minutes: ClosedRange<Double>
  /// The share of wrong answers that is left: 0 if it was solved for every seed.
  public let errorRate: Double

  /// A result to expect.
  public init(
    iterations: ClosedRange<Int>, minutes: ClosedRange<Double>, errorRate: Double = 0
  ) {
    self.iterations = iterations
    self.minutes = minutes
    self.errorRate = errorRate
  }

  /// In a few words.
  public var text: String {
    let times = [minutes.lowerBound, minutes.upperBound].map { durationText($0 * 60) }
    let counts = [iterations.lowerBound, iterations.upperBound].map(String.init)
    func range(_ parts: [String]) -> String {
      parts[0] == parts[1] ? parts[0] : "\(parts[0]) to \(parts[1])"
    }
    let what = errorRate == 0 ? "solved after" : "\(percentText(errorRate)) wrong after"
    return "\(what) \(range(counts)) iterations (\(range(times)))"
  }
}

/// The network of a preset; everything else is as in the package's scripts.
public struct PresetNetwork: Sendable, Equatable {
  let memoryType: MemoryType
  var hidden: Int
  var hiddenLayers: Int
  var cells = 16
  var width = 20
  var heads = 1
  var reads: Int?
  var links: Int?

  /// A dense memory of N `cells` of W `width` numbers and R `heads`.
  public static func dnc(
    hidden: Int, cells: Int, width: Int, heads: Int = 1, hiddenLayers: Int = 1
  ) -> PresetNetwork {
    PresetNetwork(
      memoryType: .dnc, hidden: hidden, hiddenLayers: hiddenLayers, cells: cells, width: width,
      heads: heads)
  }

  /// A sparse memory of which each head reads K `reads`.
  public static func sam(
    hidden: Int, cells: Int, width: Int, heads: Int = 1, reads: Int, hiddenLayers: Int = 1
  ) -> PresetNetwork {
    PresetNetwork(
      memoryType: .sam, hidden: hidden, hiddenLayers: hiddenLayers, cells: cells, width: width,
      heads: heads, reads: reads)
  }

  /// A sparse memory with K_L `links` per cell.
  public static func sdnc(
    hidden: Int, cells: Int, width: Int, heads: Int = 1, reads: Int, links: Int,
    hiddenLayers: Int = 1
  ) -> PresetNetwork {
    PresetNetwork(
      memoryType: .sdnc, hidden: hidden, hiddenLayers: hiddenLayers, cells: cells, width: width,
      heads: heads, reads: reads, links: links)
  }

  /// A controller alone.
  public static func none(hidden: Int, hiddenLayers: Int = 1) -> PresetNetwork {
    PresetNetwork(memoryType: .none, hidden: hidden, hiddenLayers: hiddenLayers)
  }

  func apply(to model: inout NetworkConfiguration) {
    model.hiddenSize = hidden
    model.numHiddenLayers = hiddenLayers
    if memoryType == .none { return }
    model.nrCells = cells
    model.cellSize = width
    model.readHeads = heads
    if let reads { model.sparseReads = reads }
    if let links { model.temporalReads = links }
  }
}

/// The learning of a preset; everything else is as in the package's scripts.
public struct PresetLearning: Sendable, Equatable {
  let training: TrainingConfiguration

  /// The learning of a preset.
  ///
  /// - Parameters:
  ///   - optimizer: with its default settings.
  ///   - rate: the learning rate after the warm-up.
  ///   - warmup: iterations over which the learning rate grows.
  ///   - decay: how it falls afterwards.
  ///   - clip: the greatest global norm of a gradient.
  ///   - batch: sequences per batch.
  ///   - iterations: updates after which it ends even if the task is not solved.
  public init(
    _ optimizer: BuiltInOptimizer, _ rate: Double, warmup: Int = 0,
    decay: LearningRate.Decay = .none, clip: Double, batch: Int, iterations: Int
  ) {
    var training = TrainingConfiguration()
    training.optimizer = optimizer
    training.learningRate = LearningRate(rate, warmup: warmup, decay: decay)
    training.gradientClip = clip
    training.batchSize = batch
    training.iterations = iterations
    self.training = training
  }

  /// Adam with a rate that falls along a cosine over all iterations, to a share of what it was;
  /// batches of 16.
  static func falling(
    _ rate: Double, to factor: Double = 0, over iterations: Int, clip: Double = 10
  ) -> PresetLearning {
    PresetLearning(
      .adam, rate, decay: .init(.cosine, iterations: iterations, factor: factor), clip: clip,
      batch: 16, iterations: iterations)
  }
}
