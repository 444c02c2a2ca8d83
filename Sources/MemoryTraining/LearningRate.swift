/// The learning rate as a function of the iteration.
public struct LearningRate: Sendable, Equatable, Codable {
  /// The rate.
  public var base: Double

  /// A constant rate.
  public init(_ base: Double) { self.base = base }

  /// The rate of an iteration, counted from 0.
  public func value(at iteration: Int) -> Double { base }

  public init(from decoder: any Decoder) throws {
    base = try decoder.singleValueContainer().decode(Double.self)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(base)
  }
}
