import NeuralMemory

/// The first value of a training run that is infinite or NaN.
///
/// The update it would have gone into was not made.
public struct NonFiniteValue: Error, Equatable, CustomStringConvertible {
  /// Where the value was found.
  public enum Place: String, Sendable {
    /// Among the parameters.
    case parameter
    /// In the network's output.
    case output
    /// In the task's targets.
    case target
    /// The loss itself.
    case loss
    /// Among the parameters' gradients.
    case gradient
    /// Among the optimizer's moments.
    case moment
  }

  /// The iteration, counted from 1 as in the metrics.
  public let iteration: Int
  /// Where the value was found.
  public let place: Place
  /// The name of the tensor: a parameter's for parameters, gradients and moments.
  public let tensor: String
  /// The position in the tensor; empty for a single number.
  public let indices: [Int]
  /// The value, as text (a NaN would not equal itself).
  public let value: String

  init(
    iteration: Int, place: Place, tensor: String, indices: [Int] = [], value: some FloatingPoint
  ) {
    self.iteration = iteration
    self.place = place
    self.tensor = tensor
    self.indices = indices
    self.value = "\(value)"
  }

  public var description: String {
    let position = indices.isEmpty ? "" : " at \(indices)"
    let what =
      switch place {
      case .parameter: "the parameter \(tensor)"
      case .gradient: "the gradient of \(tensor)"
      case .moment: "the optimizer's moment \(tensor)"
      case .output: "the network's output [item, time, channel]"
      case .target: "the task's target"
      case .loss: "the loss"
      }
    return "Iteration \(iteration): \(what) is \(value)\(position). Training stopped there."
  }
}
