import Foundation
import NeuralMemory

/// A rule that moves parameters against their gradients.
///
/// An optimizer is a value with settings and a state. What it encodes are its settings: they are
/// written into checkpoints and compared when a run is resumed, while the state is saved by the
/// trainer; so its `CodingKeys` name the settings and leave `state` out. A new optimizer is one
/// type:
///
/// ```swift
/// /// Steps of one size, in the direction of the running mean's sign (Chen et al. 2023).
/// struct Lion: Optimizer {
///   static let name = "lion"
///   var learningRate = 1e-4
///   var beta1: Float = 0.9
///   var beta2: Float = 0.99
///   var state = OptimizerState()
///
///   enum CodingKeys: String, CodingKey { case learningRate, beta1, beta2 }
///
///   mutating func update(_ parameters: inout ParameterStore, _ gradients: ParameterStore) {
///     let (rate, beta1, beta2) = (Float(learningRate), beta1, beta2)
///     state.countStep()
///     state.move(&parameters, gradients, moments: "exp_avg") { p, g, m in
///       let direction = beta1 * m + (1 - beta1) * g
///       p -= direction > 0 ? rate : direction < 0 ? -rate : 0
///       m = beta2 * m + (1 - beta2) * g
///     }
///   }
/// }
/// ```
///
/// Give it to a `Trainer`, or call it in a loop: `optimizer.update(&network, gradients)`.
public protocol Optimizer: Sendable, Codable {
  /// The name in checkpoints. The type's own if nothing is said.
  static var name: String { get }

  /// The step size. A trainer sets it before each update, as `TrainingConfiguration.learningRate`
  /// says.
  var learningRate: Double { get set }

  /// What it remembers of the updates made so far.
  var state: OptimizerState { get set }

  /// Moves `parameters` one step.
  ///
  /// - Parameters:
  ///   - parameters: are changed in place.
  ///   - gradients: of the same layout.
  /// - Precondition: The layout is that of all updates before.
  /// - Complexity: O(values).
  mutating func update(_ parameters: inout ParameterStore, _ gradients: ParameterStore)
}

extension Optimizer {
  public static var name: String { String(describing: Self.self) }

  /// Moves the parameters of a network one step.
  ///
  /// - Parameters:
  ///   - network: its parameters are changed in place.
  ///   - gradients: as `valueAndGradient` returns them.
  /// - Complexity: O(parameters).
  public mutating func update(
    _ network: inout some TrainableNetwork, _ gradients: ParameterStore
  ) {
    update(&network.parameters, gradients)
  }

  /// Moves the parameters of a network one step, by the gradients of its pullback.
  ///
  /// Those of the input and of the initial state are left alone.
  ///
  /// - Complexity: O(parameters).
  public mutating func update<Memory>(
    _ network: inout some TrainableNetwork, _ gradients: NetworkGradients<Memory>
  ) {
    update(&network.parameters, gradients.parameters)
  }

  /// The settings as they are written into a checkpoint.
  ///
  /// - Throws: `EncodingError`, for instance of a setting that is not finite, or `DecodingError` if
  ///   the optimizer does not encode its settings under names.
  package func settings() throws -> [String: SettingValue] {
    try JSONDecoder().decode([String: SettingValue].self, from: JSONEncoder().encode(self))
  }

  /// The first setting that is another one in `settings`, the learning rate aside.
  ///
  /// The recorded settings are read as an optimizer of this type, so that they are compared as the
  /// type understands them: a setting it did not have yet when they were written has its default.
  ///
  /// - Returns: its name, the value here and the value there, as text; nil if there is none.
  /// - Throws: `DecodingError` if they are no settings of this type.
  func difference(
    from settings: [String: SettingValue]
  ) throws -> (setting: String, here: String, there: String)? {
    var other = try JSONDecoder().decode(Self.self, from: JSONEncoder().encode(settings))
    other.learningRate = learningRate
    let (ours, theirs) = (try self.settings(), try other.settings())
    for name in Set(ours.keys).union(theirs.keys).sorted() where ours[name] != theirs[name] {
      return (
        name, ours[name]?.description ?? "not set", theirs[name]?.description ?? "not set"
      )
    }
    return nil
  }
}
