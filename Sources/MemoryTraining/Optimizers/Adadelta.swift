import NeuralMemory

/// Adadelta (Zeiler, 2012): steps as large as the running size of past steps over that of the
/// gradients, with PyTorch's formulas and defaults.
public struct Adadelta: Optimizer, Equatable {
  public static let name = "adadelta"

  /// A factor of the steps.
  public var learningRate: Double
  /// What the running sizes keep of themselves at a step.
  public var rho: Double
  /// What keeps sizes from 0.
  public var epsilon: Double
  /// The factor of the parameters that is added to their gradients.
  public var weightDecay: Double
  public var state = OptimizerState()

  /// Adadelta with the settings of PyTorch, or others.
  public init(
    learningRate: Double = 1, rho: Double = 0.9, epsilon: Double = 1e-6, weightDecay: Double = 0
  ) {
    self.learningRate = learningRate
    self.rho = rho
    self.epsilon = epsilon
    self.weightDecay = weightDecay
  }

  enum CodingKeys: String, CodingKey {
    case learningRate = "learning_rate"
    case weightDecay = "weight_decay"
    case rho, epsilon
  }

  public mutating func update(_ parameters: inout ParameterStore, _ gradients: ParameterStore) {
    state.countStep()
    let (rate, keep, mix) = (Float(learningRate), Float(rho), Float(1 - rho))
    let epsilon = Float(epsilon)
    state.move(
      &parameters, gradients, weightDecay: Float(weightDecay), moments: "square_avg", "acc_delta"
    ) { p, g, v, d in
      v = keep * v + mix * g * g
      let step = (d + epsilon).squareRoot() / (v + epsilon).squareRoot() * g
      d = keep * d + mix * step * step
      p -= rate * step
    }
  }
}

extension BuiltInOptimizer {
  /// Adadelta as PyTorch has it.
  public static let adadelta = BuiltInOptimizer(Adadelta.self) { rate, decay in
    Adadelta(learningRate: rate, weightDecay: decay)
  }
}
