import NeuralMemory
import VectorKernels
import WorkerPool

/// Adam (Kingma and Ba, 2015): `θ ← θ − η m̂ / (√v̂ + ε)`, with PyTorch's defaults.
public struct Adam: Optimizer, Equatable {
  public var learningRate: Double
  public var beta1: Double
  public var beta2: Double
  public var epsilon: Double
  public var weightDecay: Double
  public var state = OptimizerState()

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

  public var momentNames: [String] { ["exp_avg", "exp_avg_sq"] }

  public var hyperparameters: [String: Double] {
    [
      "learning_rate": learningRate, "beta1": beta1, "beta2": beta2, "epsilon": epsilon,
      "weight_decay": weightDecay,
    ]
  }

  public mutating func update(_ parameters: inout ParameterStore, gradient: ParameterStore) {
    let t = Double(beginStep(parameters, gradient))
    let stepSize = Float(learningRate / (1 - power(beta1, t)))
    let root = Float((1 - power(beta2, t)).squareRoot())
    let settings = vk_adam(
      step: stepSize, root: root, mix1: Float(1 - beta1), keep2: Float(beta2),
      mix2: Float(1 - beta2), epsilon: Float(epsilon), decay: Float(weightDecay))
    state.withMoments("exp_avg", "exp_avg_sq", &parameters, gradient) { p, g, m, v in
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
