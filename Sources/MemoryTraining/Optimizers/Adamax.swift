import NeuralMemory

/// Adamax (Kingma and Ba, 2015): Adam with the running maximum of the gradient's size in place of
/// its mean square, with PyTorch's formulas and defaults.
public struct Adamax: Optimizer, Equatable {
  public static let name = "adamax"

  /// The step size.
  public var learningRate: Double
  /// What the mean of the gradients keeps of itself at a step.
  public var beta1: Double
  /// What the maximum keeps of itself at a step.
  public var beta2: Double
  /// What is added to a gradient's size before it is compared with the maximum.
  public var epsilon: Double
  /// The factor of the parameters that is added to their gradients.
  public var weightDecay: Double
  public var state = OptimizerState()

  /// Adamax with the settings of PyTorch, or others.
  public init(
    learningRate: Double = 2e-3, beta1: Double = 0.9, beta2: Double = 0.999,
    epsilon: Double = 1e-8, weightDecay: Double = 0
  ) {
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
  }

  enum CodingKeys: String, CodingKey {
    case learningRate = "learning_rate"
    case weightDecay = "weight_decay"
    case beta1, beta2, epsilon
  }

  public mutating func update(_ parameters: inout ParameterStore, _ gradients: ParameterStore) {
    let step = state.countStep()
    let stepSize = Float(learningRate / biasCorrection(beta1, step))
    let (keep2, mix1, epsilon) = (Float(beta2), Float(1 - beta1), Float(epsilon))
    state.move(
      &parameters, gradients, weightDecay: Float(weightDecay), moments: "exp_avg", "exp_inf"
    ) { p, g, m, u in
      m += mix1 * (g - m)
      u = max(keep2 * u, abs(g) + epsilon)
      p -= stepSize * (m / u)
    }
  }
}

extension BuiltInOptimizer {
  /// Adamax with the Python package's β 0.9, 0.98 and ε 1e-9.
  public static let adamax = BuiltInOptimizer(Adamax.self) { rate, decay in
    Adamax(learningRate: rate, beta1: 0.9, beta2: 0.98, epsilon: 1e-9, weightDecay: decay)
  }
}
