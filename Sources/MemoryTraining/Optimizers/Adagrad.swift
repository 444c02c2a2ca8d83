import NeuralMemory

/// Adagrad (Duchi, Hazan and Singer, 2011): steps divided by the root of the sum of all squared
/// gradients, with PyTorch's defaults.
public struct Adagrad: Optimizer, Equatable {
  public var learningRate: Double
  /// The rate of step `t` (from 1) is `learningRate / (1 + (t − 1) learningRateDecay)`.
  public var learningRateDecay: Double
  public var weightDecay: Double
  /// Where the sum of squares starts.
  public var initialAccumulator: Double
  public var epsilon: Double
  public var state = OptimizerState()

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

  public var momentNames: [String] { ["sum"] }

  public var hyperparameters: [String: Double] {
    [
      "learning_rate": learningRate, "learning_rate_decay": learningRateDecay,
      "weight_decay": weightDecay, "initial_accumulator": initialAccumulator, "epsilon": epsilon,
    ]
  }

  public mutating func update(_ parameters: inout ParameterStore, gradient: ParameterStore) {
    let t = beginStep(parameters, gradient, initial: Float(initialAccumulator))
    let rate = Float(learningRate / (1 + Double(t - 1) * learningRateDecay))
    let (epsilon, decay) = (Float(epsilon), Float(weightDecay))
    state.withMoment("sum", &parameters, gradient) { p, g, sum in
      for i in 0..<p.count {
        let slope = g[i] + decay * p[i]
        sum[i] += slope * slope
        p[i] -= rate * (slope / (sum[i].squareRoot() + epsilon))
      }
    }
  }
}
