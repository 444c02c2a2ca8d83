/// The recurrence of one hidden layer: how a controller's units go from one time step to the next.
///
/// A controller of a network is a stack of such hidden layers. The library has `LSTM`, `GRU` and
/// `RNN`; a recurrence of your own conforms to `PlainController`. The values of a conforming type
/// are its settings; parameters belong to the network.
public protocol Controller: Sendable, Equatable, Codable {
  /// The name in configurations under `rnn_type`, and the prefix of the parameters' names:
  /// `NAME_layer_0.weight_ih_l0`.
  static var name: String { get }

  /// Whether a unit carries a second value from step to step, c, besides its output h. Default:
  /// false.
  var hasCellState: Bool { get }

  /// The parameters of one hidden layer, in the order of the network's flat vector.
  ///
  /// - Parameters:
  ///   - inputs: length of the input vectors.
  ///   - units: number of units, H.
  ///   - bias: whether there are biases.
  func parameters(inputs: Int, units: Int, bias: Bool) -> [ControllerParameter]

  /// Checks the settings. Default: any are right.
  ///
  /// - Throws: `ConfigurationError`, naming the setting, its value and what is expected.
  func validate() throws
}

extension Controller {
  public var hasCellState: Bool { false }
  public func validate() throws {}
}

/// A parameter of a hidden layer.
public struct ControllerParameter: Sendable, Equatable {
  /// How a parameter is drawn when a network is made.
  public enum InitialValues: Sendable, Equatable {
    /// Uniformly in ±bound.
    case uniform(Float)
    /// All equal.
    case constant(Float)
  }

  /// The name within the hidden layer, such as `weight_ih`.
  public let name: String
  /// The shape; a bias has one axis.
  public let shape: [Int]
  /// How it is drawn when a network is made.
  public let initialValues: InitialValues

  /// A parameter.
  ///
  /// - Parameters:
  ///   - name: the name within the hidden layer, which the checkpoint's names end with.
  ///   - shape: the sizes of its axes.
  ///   - initialValues: how it is drawn when a network is made.
  public init(_ name: String, shape: [Int], initialValues: InitialValues) {
    self.name = name
    self.shape = shape
    self.initialValues = initialValues
  }
}
