import Foundation

/// The optimizers by the names of the command line, with the settings of the Python package's scripts.
public enum OptimizerKind: String, Sendable, Codable, CaseIterable {
  case adam, adamax, rmsprop, sgd, adagrad, adadelta

  /// An optimizer of this kind as the package's task scripts make it: Adam and Adamax with
  /// β 0.9, 0.98 and ε 1e-9, RMSprop with momentum 0.9 and ε 1e-10, the others as PyTorch has them.
  public func makeOptimizer(learningRate: Double, weightDecay: Double = 0) -> any Optimizer {
    switch self {
    case .adam:
      Adam(
        learningRate: learningRate, beta1: 0.9, beta2: 0.98, epsilon: 1e-9,
        weightDecay: weightDecay)
    case .adamax:
      Adamax(
        learningRate: learningRate, beta1: 0.9, beta2: 0.98, epsilon: 1e-9,
        weightDecay: weightDecay)
    case .rmsprop:
      RMSprop(
        learningRate: learningRate, epsilon: 1e-10, weightDecay: weightDecay, momentum: 0.9)
    case .sgd: SGD(learningRate: learningRate, weightDecay: weightDecay)
    case .adagrad: Adagrad(learningRate: learningRate, weightDecay: weightDecay)
    case .adadelta: Adadelta(learningRate: learningRate, weightDecay: weightDecay)
    }
  }
}

/// `base` to a whole power; here so that no optimizer needs Foundation.
func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }
