import Foundation
import NeuralMemory

/// What a trainer needs, besides parameters and moments, to go on as if it had never stopped.
public struct TrainerState: Sendable, Equatable, Codable {
  /// Updates made so far.
  public internal(set) var iteration = 0
  /// Draws data and dropout.
  public internal(set) var random: RandomNumbers
  /// The stage of the curriculum.
  public internal(set) var curriculum: Curriculum
  /// Iterations in a row, up to the last one, whose batches were solved.
  public internal(set) var cleanIterations = 0

  enum CodingKeys: String, CodingKey {
    case iteration, random, curriculum
    case cleanIterations = "clean_iterations"
  }
}

/// Trains a network on a task, one update at a time.
///
/// For one configuration (seed and workers included) every run gives the same bits.
public struct Trainer<Network: TrainableNetwork, Task: TrainingTask>: Sendable {
  /// The network, with the parameters of the last update.
  public private(set) var network: Network
  /// What it is trained on.
  public let task: Task
  /// Everything else about the training.
  public let configuration: TrainingConfiguration
  /// The optimizer, with the state of the last update.
  public internal(set) var optimizer: any Optimizer
  /// Where training stands.
  public internal(set) var state: TrainerState
  /// The gradients of the last iteration, after clipping; zero before the first.
  public private(set) var gradient: ParameterStore

  /// A trainer before its first update.
  ///
  /// ```swift
  /// var training = TrainingConfiguration()
  /// training.learningRate = LearningRate(3e-3, warmup: 100)
  /// var trainer = try Trainer(
  ///   network: network, task: task, configuration: training,
  ///   optimizer: Adam(learningRate: 3e-3, beta2: 0.95))
  /// ```
  ///
  /// - Parameters:
  ///   - network: with fresh parameters, or those to start from.
  ///   - task: of the network's sizes.
  ///   - configuration: everything else.
  ///   - optimizer: the library's or one's own; nil: the one that the configuration names. Its
  ///     learning rate is that from which the configuration's schedule starts, and its weight decay
  ///     is its own.
  /// - Throws: `ConfigurationError` if the configuration cannot work, or does not fit the
  ///   optimizer.
  public init(
    network: Network, task: Task, configuration: TrainingConfiguration,
    optimizer: (any Optimizer)? = nil
  ) throws {
    try configuration.validate()
    let rate = configuration.learningRate
    if let optimizer {
      guard optimizer.learningRate == rate.base else {
        throw ConfigurationError(
          argument: "learningRate", value: rate.base,
          expected: "\(optimizer.learningRate), the optimizer's own")
      }
      guard configuration.weightDecay == 0 else {
        throw ConfigurationError(
          argument: "weightDecay", value: configuration.weightDecay,
          expected: "0: an optimizer that is given has its own")
      }
    }
    require(
      network.inputSize == task.inputSize && network.outputSize == task.outputSize,
      "The network maps \(network.inputSize) values to \(network.outputSize), "
        + "the task \(task.inputSize) to \(task.outputSize)")
    self.network = network
    self.task = task
    self.configuration = configuration
    self.optimizer =
      optimizer
      ?? configuration.optimizer.makeOptimizer(
        learningRate: rate.base, weightDecay: configuration.weightDecay)
    self.optimizer.learningRate = rate.value(at: 0)
    state = TrainerState(
      random: RandomNumbers(seed: configuration.seed, stream: RandomStream.training),
      curriculum: configuration.curriculum)
    gradient = ParameterStore(layout: network.parameters.layout)
  }

  /// Makes one update.
  /// - Throws: `NonFiniteValue` before the update, if the loss or a gradient is not finite. The
  ///   trainer is then of no further use.
  public mutating func step() throws -> IterationReport {
    let clock = ContinuousClock()
    let start = clock.now
    let iteration = state.iteration + 1
    let (length, batches) = drawBatches()
    let shards = ShardResults()
    let loss = try lossAndGradient(batches, shards, iteration)
    let norm = gradient.clipGlobalNorm(configuration.gradientClip)
    guard norm.isFinite else {
      let found = gradient.firstNonFinite()
      throw NonFiniteValue(
        iteration: iteration, place: .gradient, tensor: found?.name ?? "all parameters",
        indices: found?.indices ?? [], value: found?.value ?? Float(norm))
    }

    optimizer.learningRate = configuration.learningRate.value(at: state.iteration)
    optimizer.update(&network, gradient)
    let report = IterationReport(
      iteration: iteration, loss: loss, errorRate: shards.score.errorRate, gradientNorm: norm,
      itemsPerSecond: Double(configuration.batchSize * batches.count)
        / max((clock.now - start) / .seconds(1), 1e-9),
      length: length, maximumLength: state.curriculum.maximumLength)
    state.iteration = iteration
    state.cleanIterations = task.isSolved(shards.score) ? state.cleanIterations + 1 : 0
    state.curriculum.advance(
      completedIterations: iteration, loss: loss, errorRate: shards.score.errorRate)
    return report
  }

  /// Draws what an iteration learns from. All data first, then dropout: so the sequences are those
  /// of one large batch.
  private mutating func drawBatches() -> (length: Int, batches: [TaskBatch]) {
    let length = task.drawLength(
      maximum: state.curriculum.maximumLength, using: &state.random)
    let batches = (0..<configuration.accumulate).map { _ in
      task.makeBatch(count: configuration.batchSize, length: length, using: &state.random)
    }
    return (length, batches)
  }

  /// What the next iteration will learn from; nothing is changed.
  package var upcoming: [(batch: TaskBatch, dropoutSeed: UInt64)] {
    var copy = self
    let (_, batches) = copy.drawBatches()
    return batches.map { ($0, copy.state.random.next()) }
  }

  /// The mean loss over some batches and its gradient, each batch by the weight of its loss.
  /// - Throws: `NonFiniteValue` if a batch's loss is not finite.
  private mutating func lossAndGradient(
    _ batches: [TaskBatch], _ shards: ShardResults, _ iteration: Int
  ) throws -> Double {
    let task = task
    let weight = batches.reduce(0) { $0 + $1.lossWeight }
    var sum: ParameterStore?
    var total = 0.0
    for batch in batches {
      let loss = network.lossAndGradient(
        batch.input, lengths: batch.lengths, dropoutSeed: state.random.next(),
        workers: configuration.workers, into: &gradient
      ) { elements, output, gradient in
        let loss = task.lossAndGradient(
          of: output, elements: elements, in: batch, gradient: &gradient)
        shards.add(
          elements.lowerBound, task.score(output, elements: elements, in: batch),
          loss.isFinite ? nil : output)
        return loss
      }
      guard loss.isFinite else { throw firstNonFinite(loss, batch, shards, iteration) }
      if batches.count == 1 { return loss }
      let share = batch.lossWeight / weight
      total += share * loss
      if sum == nil { sum = ParameterStore(layout: gradient.layout) }
      sum!.withUnsafeMutableValues { sum in
        gradient.withUnsafeValues { gradient in
          for i in 0..<sum.count { sum[i] += Float(share) * gradient[i] }
        }
      }
    }
    if let sum { gradient = sum }
    return total
  }

  /// Checks that what a checkpoint would hold is finite.
  /// - Throws: `NonFiniteValue` naming the first parameter or moment that is not.
  public func checkFinite() throws {
    if let found = network.parameters.firstNonFinite() {
      throw NonFiniteValue(
        iteration: state.iteration, place: .parameter, tensor: found.name, indices: found.indices,
        value: found.value)
    }
    for (name, moment) in optimizer.state.moments.sorted(by: { $0.key < $1.key }) {
      if let found = moment.firstNonFinite() {
        throw NonFiniteValue(
          iteration: state.iteration, place: .moment, tensor: "\(name)/\(found.name)",
          indices: found.indices, value: found.value)
      }
    }
  }

  /// Puts back parameters, optimizer and position, as read from a checkpoint.
  mutating func restore(
    parameters: ParameterStore, optimizerState: OptimizerState, state: TrainerState
  ) {
    network.parameters = parameters
    optimizer.state = optimizerState
    self.state = state
  }

  private func firstNonFinite(
    _ loss: Double, _ batch: TaskBatch, _ shards: ShardResults, _ iteration: Int
  ) -> NonFiniteValue {
    if let found = network.parameters.firstNonFinite() {
      return NonFiniteValue(
        iteration: iteration, place: .parameter, tensor: found.name, indices: found.indices,
        value: found.value)
    }
    if let (first, output) = shards.suspect, var found = output.firstNonFinite() {
      found.indices[0] += first
      return NonFiniteValue(
        iteration: iteration, place: .output, tensor: "output", indices: found.indices,
        value: found.value)
    }
    if let found = batch.target.firstNonFinite() {
      return NonFiniteValue(
        iteration: iteration, place: .target, tensor: "target", indices: found.indices,
        value: found.value)
    }
    return NonFiniteValue(iteration: iteration, place: .loss, tensor: "loss", value: loss)
  }
}

/// The numbers of the random streams drawn from one seed; they never share a number.
package enum RandomStream {
  /// Training data and dropout.
  package static let training: UInt64 = 1
  /// Checks whether the task is solved; the iteration is added.
  package static let solvedCheck: UInt64 = 1 << 40
  /// The second, confirming check.
  package static let confirmation: UInt64 = 2 << 40
  /// `dnc evaluate`; the length is added.
  package static let evaluation: UInt64 = 3 << 40
  /// Examples for those who look on; the iteration is added.
  package static let example: UInt64 = 4 << 40
}

/// What the shards of a batch report from their threads.
private final class ShardResults: @unchecked Sendable {
  // Both guarded by the lock. The counts are whole numbers, so the order of additions is free.
  private let lock = NSLock()
  private var total = TaskScore()
  private var bad: (first: Int, output: Tensor)?

  /// Adds a shard; `suspect` is its output if its loss is not finite.
  func add(_ first: Int, _ score: TaskScore, _ suspect: Tensor?) {
    lock.lock()
    defer { lock.unlock() }
    total = total + score
    if let suspect, first < bad?.first ?? .max { bad = (first, suspect) }
  }

  var score: TaskScore { lock.withLock { total } }
  /// The first shard, in the batch's order, whose loss is not finite.
  var suspect: (first: Int, output: Tensor)? { lock.withLock { bad } }
}
