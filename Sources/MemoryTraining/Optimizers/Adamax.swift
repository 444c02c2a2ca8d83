import NeuralMemory

/// Adamax (Kingma and Ba, 2015): Adam with the running maximum of the gradient's size in place of its
/// mean square, with PyTorch's defaults.
public struct Adamax: Optimizer, Equatable {
  public var learningRate: Double
  public var beta1: Double
  public var beta2: Double
  public var epsilon: Double
  public var weightDecay: Double
  public var state = OptimizerState()

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

  public var momentNames: [String] { ["exp_avg", "exp_inf"] }

  public var hyperparameters: [String: Double] {
    [
      "learning_rate": learningRate, "beta1": beta1, "beta2": beta2, "epsilon": epsilon,
      "weight_decay": weightDecay,
    ]
  }

  public mutating func update(_ parameters: inout ParameterStore, gradient: ParameterStore) {
    let t = Double(beginStep(parameters, gradient))
    let stepSize = Float(learningRate / (1 - power(beta1, t)))
    let (keep2, mix1) = (Float(beta2), Float(1 - beta1))
    let (epsilon, decay) = (Float(epsilon), Float(weightDecay))
    state.withMoments("exp_avg", "exp_inf", &parameters, gradient) { p, g, m, u in
      for i in 0..<p.count {
        let slope = g[i] + decay * p[i]
        m[i] += mix1 * (slope - m[i])
        u[i] = max(keep2 * u[i], abs(slope) + epsilon)
        p[i] -= stepSize * (m[i] / u[i])
      }
    }
  }
}
