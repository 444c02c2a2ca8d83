/// How long the sequences are as training goes on: a linear curriculum, or one length for ever.
public struct Curriculum: Sendable, Equatable, Codable {
  /// The greatest length at this stage.
  public var maximumLength: Int
  /// What is added to the greatest length at each stage; 0 turns the curriculum off.
  public var increment: Int
  /// Iterations per stage.
  public var frequency: Int

  public init(maximumLength: Int, increment: Int = 0, frequency: Int = 1000) {
    self.maximumLength = maximumLength
    self.increment = increment
    self.frequency = frequency
  }

  /// Moves to the next stage if the number of completed iterations is a multiple of the frequency.
  public mutating func advance(completedIterations: Int) {
    if increment > 0 && completedIterations % frequency == 0 { maximumLength += increment }
  }

  enum CodingKeys: String, CodingKey {
    case maximumLength = "maximum_length"
    case increment, frequency
  }
}
