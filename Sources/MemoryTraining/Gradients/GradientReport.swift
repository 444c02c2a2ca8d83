/// What a `GradientCheck` found.
public struct GradientReport: Sendable {
  /// One derivative, as claimed by the gradients and as measured.
  public struct Derivative: Sendable {
    /// What was moved in a tensor.
    public enum Place: Sendable, Equatable {
      /// The value at these indices.
      case element([Int])
      /// All values, along the random direction of this number, from 0.
      case direction(Int)
    }

    /// The name of the tensor.
    public let tensor: String
    /// What was moved in it.
    public let place: Place
    /// What the gradients say.
    public let claimed: Double
    /// The central difference.
    public let measured: Double
    /// The difference between the two that is allowed.
    public internal(set) var allowed: Double

    /// The difference between the two.
    public var error: Double { abs(claimed - measured) }

    /// Whether the difference is allowed; not if it is infinite or not a number.
    public var passes: Bool { error.isFinite && error <= allowed }

    /// Orders by how much more than allowed the error is.
    fileprivate var excess: Double {
      guard error.isFinite else { return .infinity }
      return error == 0 ? 0 : error / allowed
    }
  }

  /// Derivatives that were compared.
  public private(set) var checked = 0
  /// Those of them with a larger error than allowed.
  public private(set) var failed = 0
  /// The one with the largest error for what is allowed; nil if nothing was compared.
  public private(set) var worst: Derivative?

  /// Whether something was compared, and every error is allowed.
  public var passes: Bool { checked > 0 && failed == 0 }

  /// Adds the derivatives of one tensor, whose largest one sets the scale.
  mutating func add(_ derivatives: [Derivative], tolerance: Double) {
    let scale = derivatives.reduce(0.0) { max($0, abs($1.claimed), abs($1.measured)) }
    for var derivative in derivatives {
      derivative.allowed += scale.isFinite ? tolerance * scale : 0
      checked += 1
      if !derivative.passes { failed += 1 }
      if worst.map({ derivative.excess > $0.excess }) ?? true { worst = derivative }
    }
  }
}

extension GradientReport: CustomStringConvertible {
  /// One line: how many derivatives were compared, how many are wrong, and which is the worst.
  public var description: String {
    guard let worst else { return "no derivatives were compared" }
    return "\(checked) derivatives compared, \(failed == 0 ? "none" : "\(failed)") wrong; worst: "
      + "\(worst)"
  }
}

extension GradientReport.Derivative: CustomStringConvertible {
  /// Where it is, both values, and the error that is allowed.
  public var description: String {
    let position =
      switch place {
      case .element(let indices): "\(tensor)\(indices)"
      case .direction(let number): "\(tensor) along direction \(number)"
      }
    return "\(position) is \(claimed), measured \(measured), allowed error \(allowed)"
  }
}
