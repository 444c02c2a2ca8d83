import NeuralMemory
import VectorKernels
import WorkerPool

/// Adam (Kingma and Ba, 2015): `θ ← θ − η m̂ / (√v̂ + ε)`, with PyTorch's formulas and defaults.
public struct Adam: Optimizer, Equatable {
  public static let name = "adam"

  /// The step size η.
  public var learningRate: Double
  /// What the mean of the gradients keeps of itself at a step.
  public var beta1: Double
  /// What the mean of the squared gradients keeps of itself at a step.
  public var beta2: Double
  /// What keeps the divisor from 0.
  public var epsilon: Double
  /// The factor of the parameters that is added to their gradients.
  public var weightDecay: Double
  public var state = OptimizerState()

  /// Adam with the settings of PyTorch, or others.
  public init(
    learningRate: Double = 1e-3, beta1: Double = 0.9, beta2: Double = 0.999,
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
    let settings = vk_adam(
      step: Float(learningRate / biasCorrection(beta1, step)),
      root: Float(biasCorrection(beta2, step).squareRoot()), mix1: Float(1 - beta1),
      keep2: Float(beta2), mix2: Float(1 - beta2), epsilon: Float(epsilon),
      decay: Float(weightDecay))
    state.withMoments("exp_avg", "exp_avg_sq", &parameters, gradients) { p, g, m, v in
      nonisolated(unsafe) let (p, g, m, v) = (p, g, m, v)
      WorkerPool.shared.runOnParts(of: p.count) { part in
        let i = part.lowerBound
        vk_active().pointee.adam(
          p.baseAddress! + i, g.baseAddress! + i, m.baseAddress! + i, v.baseAddress! + i, settings,
          part.count)
      }
    }
  }
}

extension BuiltInOptimizer {
  /// Adam with the Python package's β 0.9, 0.98 and ε 1e-9.
  public static let adam = BuiltInOptimizer(Adam.self) { rate, decay in
    Adam(learningRate: rate, beta1: 0.9, beta2: 0.98, epsilon: 1e-9, weightDecay: decay)
  }
}
