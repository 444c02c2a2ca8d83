import Foundation
import NeuralMemory

/// The learning rate as a function of the iteration: a linear warm-up, then a constant rate or a
/// decay.
///
/// In a file a constant rate without a warm-up is a number, anything else an object.
public struct LearningRate: Sendable, Equatable {
  /// The rate after the warm-up and before any decay.
  public var base: Double
  /// Iterations over which the rate grows in equal steps from `base / warmup` to `base`; 0: none.
  public var warmup: Int
  /// What follows the warm-up.
  public var decay: Decay

  /// A rate; constant if nothing else is said.
  public init(_ base: Double, warmup: Int = 0, decay: Decay = .none) {
    self.base = base
    self.warmup = warmup
    self.decay = decay
  }

  /// How a rate falls, in iterations t after the warm-up. Written in a file by its name.
  public struct Decay: Sendable, Equatable, Codable {
    /// The shape of the fall.
    public enum Kind: String, Sendable, Codable, CaseIterable {
      /// It stays.
      case none
      /// In a straight line to `factor · base` at t = `iterations`, where it stays.
      case linear
      /// Along half a cosine to `factor · base` at t = `iterations`, where it stays (Loshchilov and
      /// Hutter 2017, without restarts).
      case cosine
      /// By `factor` over every `iterations`, evenly: base · factor^(t / iterations).
      case exponential
      /// By `factor` at once after every `iterations`.
      case step
    }

    /// The shape of the fall.
    public var kind: Kind
    /// The iterations that the kind speaks of.
    public var iterations: Int
    /// The share of the rate that the kind speaks of, from 0 to 1.
    public var factor: Double

    /// A fall of a kind.
    public init(_ kind: Kind, iterations: Int, factor: Double) {
      self.kind = kind
      self.iterations = iterations
      self.factor = factor
    }

    /// A rate that stays.
    public static let none = Decay(.none, iterations: 1, factor: 1)

    /// The share of the rate that is left at an iteration, counted from 0 after the warm-up.
    func share(at iteration: Int) -> Double {
      let time = Double(iteration) / Double(iterations)
      let fallen = 1 - factor
      return switch kind {
      case .none: 1
      case .linear: 1 - fallen * min(time, 1)
      case .cosine: 1 - fallen * (1 - cos(.pi * min(time, 1))) / 2
      case .exponential: pow(factor, time)
      case .step: pow(factor, Double(iteration / iterations))
      }
    }
  }

  /// The rate of an iteration, counted from 0.
  public func value(at iteration: Int) -> Double {
    if iteration < warmup { return base * Double(iteration + 1) / Double(warmup) }
    return decay.kind == .none ? base : base * decay.share(at: iteration - warmup)
  }

  /// The number of iterations after which the rate is 0; nil: it never is.
  public var lastIteration: Int? {
    switch decay.kind {
    case .linear, .cosine: decay.factor == 0 ? warmup + decay.iterations : nil
    case .none, .exponential, .step: nil
    }
  }

  /// - Throws: `ConfigurationError` for the first value that cannot work.
  func validate() throws {
    guard base.isFinite, base > 0 else {
      throw ConfigurationError(
        argument: "learningRate", value: base, expected: "a finite number above 0")
    }
    let most = 1_000_000_000_000
    try ConfigurationError.check("learningRate.warmup", warmup, atLeast: 0, atMost: most)
    try ConfigurationError.check(
      "learningRate.decay.iterations", decay.iterations, atLeast: 1, atMost: most)
    guard decay.factor >= 0, decay.factor <= 1 else {
      throw ConfigurationError(
        argument: "learningRate.decay.factor", value: decay.factor, expected: "a number from 0 to 1"
      )
    }
  }
}

extension LearningRate: Codable {
  enum CodingKeys: String, CodingKey { case base, warmup, decay }

  public init(from decoder: any Decoder) throws {
    if let number = try? decoder.singleValueContainer().decode(Double.self) {
      self.init(number)
      return
    }
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      try values.decode(Double.self, forKey: .base),
      warmup: try values.decodeIfPresent(Int.self, forKey: .warmup) ?? 0,
      decay: try values.decodeIfPresent(Decay.self, forKey: .decay) ?? .none)
  }

  public func encode(to encoder: any Encoder) throws {
    if warmup == 0 && decay == .none {
      var container = encoder.singleValueContainer()
      return try container.encode(base)
    }
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(base, forKey: .base)
    try values.encode(warmup, forKey: .warmup)
    try values.encode(decay, forKey: .decay)
  }
}
