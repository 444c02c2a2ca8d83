import NeuralMemory

/// How long the sequences are as training goes on.
///
/// At every stage lengths are drawn up to `maximumLength`; what follows a stage depends on the
/// kind.
public struct Curriculum: Sendable, Equatable {
  /// What moves training to the next stage.
  public enum Kind: String, Sendable, Codable, CaseIterable {
    /// Time: `increment` is added after every `frequency` iterations (Python package).
    case linear
    /// Success: the greatest length doubles once the mean loss over `frequency` iterations is under
    /// `threshold` (Rae et al. 2016, section 4.3).
    case exponential
    /// Success: `increment` is added once the mean error rate over `frequency` iterations is under
    /// `threshold` (Graves et al. 2016, Methods).
    case lessons
  }

  /// What moves training to the next stage.
  public var kind: Kind
  /// The greatest length at this stage.
  public var maximumLength: Int
  /// What is added to the greatest length at each stage; 0 turns a linear curriculum off.
  public var increment: Int
  /// Iterations per stage, or, of the kinds that wait for success, between two looks at it.
  public var frequency: Int
  /// What the mean has to fall under, of the kinds that wait for success.
  public var threshold: Double
  /// Where the greatest length stops; nil: nowhere (but `longest`).
  public var limit: Int?
  /// The sum of losses or error rates since the last look.
  public private(set) var sum = 0.0
  /// Iterations since the last look.
  public private(set) var count = 0

  /// A curriculum at its first stage.
  public init(
    maximumLength: Int, increment: Int = 0, frequency: Int = 1000, kind: Kind = .linear,
    threshold: Double = 0.01, limit: Int? = nil
  ) {
    self.kind = kind
    self.maximumLength = maximumLength
    self.increment = increment
    self.frequency = frequency
    self.threshold = threshold
    self.limit = limit
  }

  /// Whether lengths ever change.
  public var isOn: Bool { kind != .linear || increment > 0 }

  /// Whether no longer stage follows: the curriculum is off, or its limit is reached. One without a
  /// limit has no last stage, and each counts as one.
  public var isAtLastStage: Bool { !isOn || limit.map { maximumLength >= $0 } ?? true }

  /// Takes an iteration's result, and moves to the next stage if its time has come.
  public mutating func advance(completedIterations: Int, loss: Double, errorRate: Double) {
    switch kind {
    case .linear:
      if increment > 0 && completedIterations % frequency == 0 { grow(by: increment) }
    case .exponential: look(loss, growth: maximumLength)
    case .lessons: look(errorRate, growth: increment)
    }
  }

  private mutating func look(_ value: Double, growth: Int) {
    sum += value
    count += 1
    guard count >= frequency else { return }
    if sum / Double(count) < threshold { grow(by: growth) }
    (sum, count) = (0, 0)
  }

  private mutating func grow(by increment: Int) {
    let (longer, overflow) = maximumLength.addingReportingOverflow(increment)
    guard !overflow else { return }
    maximumLength = max(maximumLength, min(longer, limit ?? Self.longest))
  }

  /// The cost of the iterations `done ..< total` if that of one with sequences of a greatest length
  /// is `cost`, as far as it can be foreseen: a kind that waits for success is taken to stay where
  /// it is.
  ///
  /// - Complexity: O(stages).
  package func costAhead(done: Int, total: Int, cost: (_ maximumLength: Int) -> Double) -> Double {
    guard kind == .linear, increment > 0 else {
      return Double(max(0, total - done)) * cost(maximumLength)
    }
    var (sum, at, stage) = (0.0, done, self)
    while at < total {
      if stage.limit.map({ stage.maximumLength >= $0 }) ?? false {
        return sum + Double(total - at) * cost(stage.maximumLength)
      }
      let next = min(total, (at / frequency + 1) * frequency)
      sum += Double(next - at) * cost(stage.maximumLength)
      stage.grow(by: increment)
      at = next
    }
    return sum
  }

  /// The greatest length there can be.
  package static var longest: Int { 10_000_000 }

  /// - Throws: `ConfigurationError` for the first value that cannot work.
  func validate() throws {
    try ConfigurationError.check(
      "curriculum.maximumLength", maximumLength, atLeast: 1, atMost: Self.longest)
    try ConfigurationError.check(
      "curriculum.increment", increment, atLeast: kind == .lessons ? 1 : 0)
    try ConfigurationError.check("curriculum.frequency", frequency, atLeast: 1)
    guard threshold.isFinite, threshold > 0 else {
      throw ConfigurationError(
        argument: "curriculum.threshold", value: threshold, expected: "a finite number above 0")
    }
    if let limit {
      try ConfigurationError.check(
        "curriculum.limit", limit, atLeast: maximumLength, atMost: Self.longest)
    }
  }
}

extension Curriculum: Codable {
  enum CodingKeys: String, CodingKey {
    case maximumLength = "maximum_length"
    case increment, frequency, kind, threshold, limit, sum, count
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      maximumLength: try values.decode(Int.self, forKey: .maximumLength),
      increment: try values.decode(Int.self, forKey: .increment),
      frequency: try values.decode(Int.self, forKey: .frequency),
      kind: try values.decodeIfPresent(Kind.self, forKey: .kind) ?? .linear,
      limit: try values.decodeIfPresent(Int.self, forKey: .limit))
    threshold = try values.decodeIfPresent(Double.self, forKey: .threshold) ?? threshold
    sum = try values.decodeIfPresent(Double.self, forKey: .sum) ?? 0
    count = try values.decodeIfPresent(Int.self, forKey: .count) ?? 0
  }

  /// A linear curriculum without a limit is written as in earlier versions.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(maximumLength, forKey: .maximumLength)
    try values.encode(increment, forKey: .increment)
    try values.encode(frequency, forKey: .frequency)
    try values.encodeIfPresent(limit, forKey: .limit)
    guard kind != .linear else { return }
    try values.encode(kind, forKey: .kind)
    try values.encode(threshold, forKey: .threshold)
    try values.encode(sum, forKey: .sum)
    try values.encode(count, forKey: .count)
  }
}
