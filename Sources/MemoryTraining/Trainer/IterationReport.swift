/// What one iteration did.
public struct IterationReport: Sendable, Equatable {
  /// Updates made so far, this one included.
  public var iteration: Int
  /// The batch's loss before the update.
  public var loss: Double
  /// The share of wrong answers in the batch.
  public var errorRate: Double
  /// The gradient's global norm before clipping.
  public var gradientNorm: Double
  /// Sequences per second.
  public var itemsPerSecond: Double
  /// The length of the batch's sequences, in the task's measure.
  public var length: Int
  /// The greatest length at this stage of the curriculum.
  public var maximumLength: Int

  /// The report of one iteration.
  public init(
    iteration: Int, loss: Double, errorRate: Double, gradientNorm: Double, itemsPerSecond: Double,
    length: Int, maximumLength: Int
  ) {
    self.iteration = iteration
    self.loss = loss
    self.errorRate = errorRate
    self.gradientNorm = gradientNorm
    self.itemsPerSecond = itemsPerSecond
    self.length = length
    self.maximumLength = maximumLength
  }
}
