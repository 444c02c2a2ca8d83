import NeuralMemory

/// Adadelta (Zeiler, 2012): steps as large as the running size of past steps over that of the
/// gradients, with PyTorch's defaults.
public struct Adadelta: Optimizer, Equatable {
  public var learningRate: Double
  public var rho: Double
  public var epsilon: Double
  public var weightDecay: Double
  public var state = OptimizerState()

  public init(
    learningRate: Double = 1, rho: Double = 0.9, epsilon: Double = 1e-6, weightDecay: Double = 0
  ) {
    self.learningRate = learningRate
    self.rho = rho
    self.epsilon = epsilon
    self.weightDecay = weightDecay
  }

  public var momentNames: [String] { ["square_avg", "acc_delta"] }

  public var hyperparameters: [String: Double] {
    [
      "learning_rate": learningRate, "rho": rho, "epsilon": epsilon, "weight_decay": weightDecay,
    ]
  }

  public mutating func update(_ parameters: inout ParameterStore, gradient: ParameterStore) {
    _ = beginStep(parameters, gradient)
    let (rate, keep, mix) = (Float(learningRate), Float(rho), Float(1 - rho))
    let (epsilon, decay) = (Float(epsilon), Float(weightDecay))
    state.withMoments("square_avg", "acc_delta", &parameters, gradient) { p, g, v, d in
      for i in 0..<p.count {
        let slope = g[i] + decay * p[i]
        v[i] = keep * v[i] + mix * slope * slope
        let step = (d[i] + epsilon).squareRoot() / (v[i] + epsilon).squareRoot() * slope
        d[i] = keep * d[i] + mix * step * step
        p[i] -= rate * step
      }
    }
  }
}
