import Foundation
import NeuralMemory

/// What a trainer needs, besides parameters and moments, to go on as if it had never stopped.
public struct TrainerState: Sendable, Equatable, Codable {
  /// Updates made so far.
  public internal(set) var iteration = 0
  public internal(set) var random: RandomNumbers
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
public struct Trainer<Network: MemoryNetwork, Task: TrainingTask>: Sendable {
  public private(set) var network: Network
  public let task: Task
  public let configuration: TrainingConfiguration
  public internal(set) var optimizer: any Optimizer
  public internal(set) var state: TrainerState
  /// Of the last iteration, after clipping; zero before the first.
  public private(set) var gradient: ParameterStore

  /// A trainer before its first update.
  /// - Throws: `ConfigurationError` if the configuration cannot work.
  public init(network: Network, task: Task, configuration: TrainingConfiguration) throws {
    try configuration.validate()
    require(
      network.inputSize == task.inputSize && network.outputSize == task.outputSize,
      "The network maps \(network.inputSize) values to \(network.outputSize), "
        + "the task \(task.inputSize) to \(task.outputSize)")
    self.network = network
    self.task = task
    self.configuration = configuration
    optimizer = configuration.optimizer.makeOptimizer(
      learningRate: configuration.learningRate.value(at: 0), weightDecay: configuration.weightDecay)
    state = TrainerState(
      random: RandomNumbers(seed: configuration.seed, stream: RandomStream.training),
      curriculum: configuration.curriculum)
    gradient = ParameterStore(layout: network.parameters.layout)
  }

  /// Makes one update.
  /// - Throws: `NonFiniteValue` before the update, if the loss or a gradient is not finite. The trainer
  ///   is then of no further use.
  public mutating func step() throws -> IterationReport {
    let clock = ContinuousClock()
    let start = clock.now
    let iteration = state.iteration + 1
    let (length, batches) = drawBatches()
    let pieces = Pieces()
    let loss = try lossAndGradient(batches, pieces, iteration)
    let norm = GradientClipping.clipGlobalNorm(&gradient, maximum: configuration.gradientClip)
    guard norm.isFinite else {
      let found = gradient.firstNonFinite()
      throw NonFiniteValue(
        iteration: iteration, place: .gradient, tensor: found?.name ?? "all parameters",
        indices: found?.indices ?? [], value: found?.value ?? Float(norm))
    }

    optimizer.learningRate = configuration.learningRate.value(at: state.iteration)
    optimizer.update(&network.parameters, gradient: gradient)
    let report = IterationReport(
      iteration: iteration, loss: loss, errorRate: pieces.score.errorRate, gradientNorm: norm,
      itemsPerSecond: Double(configuration.batchSize * batches.count)
        / max((clock.now - start) / .seconds(1), 1e-9),
      length: length, maximumLength: state.curriculum.maximumLength)
    state.iteration = iteration
    state.cleanIterations = task.isSolved(pieces.score) ? state.cleanIterations + 1 : 0
    state.curriculum.advance(
      completedIterations: iteration, loss: loss, errorRate: pieces.score.errorRate)
    return report
  }

  /// Draws what an iteration learns from. All data first, then dropout: so the sequences are those of one
  /// large batch.
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
    _ batches: [TaskBatch], _ pieces: Pieces, _ iteration: Int
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
        pieces.add(
          elements.lowerBound, task.score(output, elements: elements, in: batch),
          loss.isFinite ? nil : output)
        return loss
      }
      guard loss.isFinite else { throw firstNonFinite(loss, batch, pieces, iteration) }
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
    _ loss: Double, _ batch: TaskBatch, _ pieces: Pieces, _ iteration: Int
  ) -> NonFiniteValue {
    if let found = network.parameters.firstNonFinite() {
      return NonFiniteValue(
        iteration: iteration, place: .parameter, tensor: found.name, indices: found.indices,
        value: found.value)
    }
    if let (first, output) = pieces.suspect, var found = output.firstNonFinite() {
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
public enum RandomStream {
  /// Training data and dropout.
  public static let training: UInt64 = 1
  /// Checks whether the task is solved; the iteration is added.
  public static let solvedCheck: UInt64 = 1 << 40
  /// The second, confirming check.
  public static let confirmation: UInt64 = 2 << 40
  /// `dnc evaluate`; the length is added.
  public static let evaluation: UInt64 = 3 << 40
  /// Examples for those who look on; the iteration is added.
  public static let example: UInt64 = 4 << 40
}

/// What the pieces of a batch report from their threads.
private final class Pieces: @unchecked Sendable {
  // Both guarded by the lock. The counts are whole numbers, so the order of additions is free.
  private let lock = NSLock()
  private var total = TaskScore()
  private var bad: (first: Int, output: Tensor)?

  /// Adds a piece; `suspect` is its output if its loss is not finite.
  func add(_ first: Int, _ score: TaskScore, _ suspect: Tensor?) {
    lock.lock()
    defer { lock.unlock() }
    total = total + score
    if let suspect, first < bad?.first ?? .max { bad = (first, suspect) }
  }

  var score: TaskScore { lock.withLock { total } }
  /// The first piece, in the batch's order, whose loss is not finite.
  var suspect: (first: Int, output: Tensor)? { lock.withLock { bad } }
}
