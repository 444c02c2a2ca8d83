import NeuralMemory

/// Adagrad (Duchi, Hazan and Singer, 2011): steps divided by the root of the sum of all squared
/// gradients, with PyTorch's formulas and defaults.
public struct Adagrad: Optimizer, Equatable {
  public static let name = "adagrad"

  /// The step size of the first step.
  public var learningRate: Double
  /// The rate of step `t` (from 1) is `learningRate / (1 + (t − 1) learningRateDecay)`.
  public var learningRateDecay: Double
  /// The factor of the parameters that is added to their gradients.
  public var weightDecay: Double
  /// Where the sum of squares starts.
  public var initialAccumulator: Double
  /// What keeps the divisor from 0.
  public var epsilon: Double
  public var state = OptimizerState()

  /// Adagrad with the settings of PyTorch, or others.
  public init(
    learningRate: Double = 1e-2, learningRateDecay: Double = 0, weightDecay: Double = 0,
    initialAccumulator: Double = 0, epsilon: Double = 1e-10
  ) {
    self.learningRate = learningRate
    self.learningRateDecay = learningRateDecay
    self.weightDecay = weightDecay
    self.initialAccumulator = initialAccumulator
    self.epsilon = epsilon
  }

  enum CodingKeys: String, CodingKey {
    case learningRate = "learning_rate"
    case learningRateDecay = "learning_rate_decay"
    case weightDecay = "weight_decay"
    case initialAccumulator = "initial_accumulator"
    case epsilon
  }

  public mutating func update(_ parameters: inout ParameterStore, _ gradients: ParameterStore) {
    let step = state.countStep()
    let rate = Float(learningRate / (1 + Double(step - 1) * learningRateDecay))
    let epsilon = Float(epsilon)
    state.move(
      &parameters, gradients, weightDecay: Float(weightDecay), moments: "sum",
      initial: Float(initialAccumulator)
    ) { p, g, sum in
      sum += g * g
      p -= rate * (g / (sum.squareRoot() + epsilon))
    }
  }
}

extension BuiltInOptimizer {
  /// Adagrad as PyTorch has it.
  public static let adagrad = BuiltInOptimizer(Adagrad.self) { rate, decay in
    Adagrad(learningRate: rate, weightDecay: decay)
  }
}
