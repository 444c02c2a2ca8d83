import NeuralMemory

/// Something a network can be trained on: it makes batches, and says how good an answer is.
public protocol TrainingTask: Sendable {
  /// Values per time step that go into the network.
  var inputSize: Int { get }
  /// Values per time step that are expected from the network.
  var outputSize: Int { get }
  /// The loss of one output against its target.
  var loss: any Loss { get }

  /// The length of the next batch's sequences, at most `maximum`, in the task's own measure (for
  /// the copy task the number of vectors, not of time steps).
  func drawLength(maximum: Int, using random: inout RandomNumbers) -> Int

  /// `count` examples of one length. The same state of `random` gives the same batch.
  func makeBatch(count: Int, length: Int, using random: inout RandomNumbers) -> TaskBatch

  /// The loss of the outputs `[elements, time, outputSize]` of some of a batch's elements, divided
  /// so that the shards of a batch add up to the batch's mean; its gradient is written over
  /// `gradient`. Called from several threads at once.
  func lossAndGradient(
    of output: Tensor, elements: Range<Int>, in batch: TaskBatch, gradient: inout Tensor
  ) -> Double

  /// How much of the outputs of some of a batch's elements is right.
  func score(_ output: Tensor, elements: Range<Int>, in batch: TaskBatch) -> TaskScore

  /// Whether a score over fresh examples solves the task. Default: there are answers, and none is
  /// wrong.
  func isSolved(_ score: TaskScore) -> Bool

  /// The lengths that make sense. Default: 1 and more.
  var lengths: ClosedRange<Int> { get }

  /// The task as it is measured and shown: every sequence has the length asked for. Default: the
  /// task itself.
  var measured: Self { get }
}

extension TrainingTask {
  public func isSolved(_ score: TaskScore) -> Bool { score.total > 0 && score.wrong == 0 }

  public var lengths: ClosedRange<Int> { 1...Int.max }

  public var measured: Self { self }

  public func lossAndGradient(
    of output: Tensor, elements: Range<Int>, in batch: TaskBatch, gradient: inout Tensor
  ) -> Double {
    loss.value(
      output, target: batch.target.slice(axis: 0, elements),
      mask: batch.mask?.slice(axis: 0, elements), normalizer: .fixed(batch.lossWeight),
      gradient: &gradient)
  }
}

/// Examples of a task, batch-first.
public struct TaskBatch: Sendable, Equatable {
  /// `[batch, time, inputSize]`.
  public let input: Tensor
  /// `[batch, time, outputSize]`, or what the task's loss takes as targets.
  public let target: Tensor
  /// Which outputs count, or nil if all do: a leading part of the target's shape.
  public let mask: Tensor?
  /// Time steps of each batch element, or nil if all fill the batch.
  public let lengths: [Int]?
  /// What the summed loss of the whole batch is divided by.
  public let lossWeight: Double
  /// What a task keeps about each batch element to describe it, in numbers of its own meaning.
  public let notes: [[Int]]?

  /// Items in the batch.
  public var count: Int { input.shape[0] }

  /// A batch.
  ///
  /// - Precondition: `input` is `[batch, time, inputSize]`.
  public init(
    input: Tensor, target: Tensor, mask: Tensor? = nil, lengths: [Int]? = nil, lossWeight: Double,
    notes: [[Int]]? = nil
  ) {
    require(
      input.rank == 3, "A batch's input is [batch, time, inputSize], not \(input.shape)")
    self.input = input
    self.target = target
    self.mask = mask
    self.lengths = lengths
    self.lossWeight = lossWeight
    self.notes = notes
  }
}

/// Counts of right and wrong answers; the scores of two sets of examples add up.
public struct TaskScore: Sendable, Equatable, Codable {
  /// Answers that are wrong: bits, or whatever the task counts.
  public var wrong: Int
  /// Answers looked at.
  public var total: Int
  /// Sequences with at least one wrong answer.
  public var wrongSequences: Int
  /// Sequences looked at.
  public var sequences: Int

  /// Counts; by default of nothing.
  public init(wrong: Int = 0, total: Int = 0, wrongSequences: Int = 0, sequences: Int = 0) {
    self.wrong = wrong
    self.total = total
    self.wrongSequences = wrongSequences
    self.sequences = sequences
  }

  /// The share of wrong answers, 0 if there are none at all.
  public var errorRate: Double { total == 0 ? 0 : Double(wrong) / Double(total) }

  /// The score over both sets of examples.
  public static func + (a: TaskScore, b: TaskScore) -> TaskScore {
    TaskScore(
      wrong: a.wrong + b.wrong, total: a.total + b.total,
      wrongSequences: a.wrongSequences + b.wrongSequences, sequences: a.sequences + b.sequences)
  }

  enum CodingKeys: String, CodingKey {
    case wrong, total, sequences
    case wrongSequences = "wrong_sequences"
  }
}
