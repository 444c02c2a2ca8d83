import NeuralMemory

/// RMSprop (Hinton's lecture 6e), with optional momentum and PyTorch's defaults.
public struct RMSprop: Optimizer, Equatable {
  public var learningRate: Double
  public var alpha: Double
  public var epsilon: Double
  public var weightDecay: Double
  public var momentum: Double
  public var state = OptimizerState()

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

  public var momentNames: [String] {
    momentum > 0 ? ["square_avg", "momentum_buffer"] : ["square_avg"]
  }

  public var hyperparameters: [String: Double] {
    [
      "learning_rate": learningRate, "alpha": alpha, "epsilon": epsilon,
      "weight_decay": weightDecay, "momentum": momentum,
    ]
  }

  public mutating func update(_ parameters: inout ParameterStore, gradient: ParameterStore) {
    _ = beginStep(parameters, gradient)
    let (rate, keep, mix) = (Float(learningRate), Float(alpha), Float(1 - alpha))
    let (epsilon, decay, momentum) = (Float(epsilon), Float(weightDecay), Float(momentum))
    if momentum > 0 {
      state.withMoments("square_avg", "momentum_buffer", &parameters, gradient) { p, g, v, b in
        for i in 0..<p.count {
          let slope = g[i] + decay * p[i]
          v[i] = keep * v[i] + mix * slope * slope
          b[i] = momentum * b[i] + slope / (v[i].squareRoot() + epsilon)
          p[i] -= rate * b[i]
        }
      }
    } else {
      state.withMoment("square_avg", &parameters, gradient) { p, g, v in
        for i in 0..<p.count {
          let slope = g[i] + decay * p[i]
          v[i] = keep * v[i] + mix * slope * slope
          p[i] -= rate * (slope / (v[i].squareRoot() + epsilon))
        }
      }
    }
  }
}
