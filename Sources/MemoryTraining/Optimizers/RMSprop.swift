import NeuralMemory

/// RMSprop (Hinton's lecture 6e), with optional momentum and PyTorch's formulas and defaults.
public struct RMSprop: Optimizer, Equatable {
  public static let name = "rmsprop"

  /// The step size.
  public var learningRate: Double
  /// What the mean of the squared gradients keeps of itself at a step.
  public var alpha: Double
  /// What keeps the divisor from 0.
  public var epsilon: Double
  /// The factor of the parameters that is added to their gradients.
  public var weightDecay: Double
  /// What a step keeps of the one before; 0: nothing, and no moment for it.
  public var momentum: Double
  public var state = OptimizerState()

  /// RMSprop with the settings of PyTorch, or others.
  public init(
    learningRate: Double = 1e-2, alpha: Double = 0.99, epsilon: Double = 1e-8,
    weightDecay: Double = 0, momentum: Double = 0
  ) {
    self.learningRate = learningRate
    self.alpha = alpha
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.momentum = momentum
  }

  enum CodingKeys: String, CodingKey {
    case learningRate = "learning_rate"
    case weightDecay = "weight_decay"
    case alpha, epsilon, momentum
  }

  public mutating func update(_ parameters: inout ParameterStore, _ gradients: ParameterStore) {
    state.countStep()
    let (rate, keep, mix) = (Float(learningRate), Float(alpha), Float(1 - alpha))
    let (epsilon, decay, momentum) = (Float(epsilon), Float(weightDecay), Float(momentum))
    if momentum > 0 {
      state.move(
        &parameters, gradients, weightDecay: decay, moments: "square_avg", "momentum_buffer"
      ) { p, g, v, b in
        v = keep * v + mix * g * g
        b = momentum * b + g / (v.squareRoot() + epsilon)
        p -= rate * b
      }
    } else {
      state.move(&parameters, gradients, weightDecay: decay, moments: "square_avg") { p, g, v in
        v = keep * v + mix * g * g
        p -= rate * (g / (v.squareRoot() + epsilon))
      }
    }
  }
}

extension BuiltInOptimizer {
  /// RMSprop with the Python package's momentum 0.9 and ε 1e-10.
  public static let rmsprop = BuiltInOptimizer(RMSprop.self) { rate, decay in
    RMSprop(learningRate: rate, epsilon: 1e-10, weightDecay: decay, momentum: 0.9)
  }
}
