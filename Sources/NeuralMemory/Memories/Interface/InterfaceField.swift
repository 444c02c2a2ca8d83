/// The function that maps the values of an interface field into their range.
public enum Squashing: Sendable, Equatable {
  /// The identity.
  case none
  /// tanh x, in (−1, 1).
  case tanh
  /// σ(x) = 1 / (1 + e⁻ˣ), in (0, 1).
  case sigmoid
  /// 1 + softplus(x), above 1.
  case oneplus
  /// ln(1 + eˣ), above 0.
  case softplus
  /// A softmax over each group of three consecutive values.
  case softmaxOfThree
}

/// One field of the interface: values that a controller sends to its memory at each time step.
public struct InterfaceField: Sendable, Equatable {
  /// The name of the linear map that computes the field alone, with independent linears.
  public let name: String
  /// The number of values.
  public let size: Int
  /// What is applied to the values before the memory sees them.
  public let squashing: Squashing

  /// - Precondition: `size` is at least 1; a multiple of three for a softmax of three.
  public init(_ name: String, size: Int, squashing: Squashing = .none) {
    require(
      size >= 1 && (squashing != .softmaxOfThree || size % 3 == 0),
      "the interface field \"\(name)\" cannot have \(size) values")
    self.name = name
    self.size = size
    self.squashing = squashing
  }
}
