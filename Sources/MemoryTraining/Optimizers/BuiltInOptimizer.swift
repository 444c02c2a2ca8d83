import Foundation

/// An optimizer of the library by its name on the command line, with the settings of the Python
/// package's task scripts.
///
/// A new one of the library is a file beside this one and a word in `allCases`. An optimizer of
/// one's own needs neither: a `Trainer` takes it as it is.
public struct BuiltInOptimizer: Sendable, CaseIterable {
  /// All of them, in the order in which the command names them.
  public static let allCases: [BuiltInOptimizer] = [
    .adam, .adamax, .rmsprop, .sgd, .adagrad, .adadelta,
  ]

  /// The name: that of the optimizer in checkpoints.
  public let rawValue: String
  private let make: @Sendable (_ learningRate: Double, _ weightDecay: Double) -> any Optimizer

  init<O: Optimizer>(
    _ type: O.Type, make: @escaping @Sendable (_ learningRate: Double, _ weightDecay: Double) -> O
  ) {
    rawValue = type.name
    self.make = make
  }

  /// An optimizer before its first update.
  public func makeOptimizer(learningRate: Double, weightDecay: Double = 0) -> any Optimizer {
    make(learningRate, weightDecay)
  }
}

extension BuiltInOptimizer: RawRepresentable, Hashable, CustomStringConvertible {
  /// The name.
  public var description: String { rawValue }

  /// The optimizer of a name; nil if there is none.
  public init?(rawValue: String) {
    guard let found = Self.allCases.first(where: { $0.rawValue == rawValue }) else { return nil }
    self = found
  }

  public static func == (a: BuiltInOptimizer, b: BuiltInOptimizer) -> Bool {
    a.rawValue == b.rawValue
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(rawValue) }
}

extension BuiltInOptimizer: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let name = try container.decode(String.self)
    guard let found = BuiltInOptimizer(rawValue: name) else {
      throw DecodingError.dataCorruptedError(
        in: container,
        debugDescription: "there is no optimizer \"\(name)\"; there are "
          + Self.allCases.map(\.rawValue).joined(separator: ", "))
    }
    self = found
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(rawValue)
  }
}

/// The sum of all gradients' weights in a running mean `step` steps after it was 0: 1 − β^step.
func biasCorrection(_ beta: Double, _ step: Int) -> Double { 1 - pow(beta, Double(step)) }
