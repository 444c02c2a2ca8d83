import NeuralMemory

/// Stochastic gradient descent, with optional momentum and PyTorch's defaults.
///
/// With momentum `μ` and dampening `d`: `b ← μ b + (1 − d) g` (the first time `b ← g`), `θ ← θ − η b`;
/// Nesterov's form moves by `g + μ b`.
public struct SGD: Optimizer, Equatable {
  public var learningRate: Double
  public var momentum: Double
  public var dampening: Double
  public var weightDecay: Double
  public var nesterov: Bool
  public var state = OptimizerState()

  public init(
    learningRate: Double = 1e-3, momentum: Double = 0, dampening: Double = 0,
    weightDecay: Double = 0, nesterov: Bool = false
  ) {
    require(
      !nesterov || (momentum > 0 && dampening == 0),
      "Nesterov's form needs a momentum above 0 and no dampening, not \(momentum) and \(dampening)")
    self.learningRate = learningRate
    self.momentum = momentum
    self.dampening = dampening
    self.weightDecay = weightDecay
    self.nesterov = nesterov
  }

  public var momentNames: [String] { momentum != 0 ? ["momentum_buffer"] : [] }

  public var hyperparameters: [String: Double] {
    [
      "learning_rate": learningRate, "momentum": momentum, "dampening": dampening,
      "weight_decay": weightDecay, "nesterov": nesterov ? 1 : 0,
    ]
  }

  public mutating func update(_ parameters: inout ParameterStore, gradient: ParameterStore) {
    let isFirst = beginStep(parameters, gradient) == 1
    let (rate, decay, momentum) = (Float(learningRate), Float(weightDecay), Float(momentum))
    if momentum != 0 {
      let mix = isFirst ? 1 : Float(1 - dampening)
      let nesterov = nesterov
      state.withMoment("momentum_buffer", &parameters, gradient) { p, g, b in
        for i in 0..<p.count {
          let slope = g[i] + decay * p[i]
          b[i] = momentum * b[i] + mix * slope
          p[i] -= rate * (nesterov ? slope + momentum * b[i] : b[i])
        }
      }
    } else {
      parameters.withUnsafeMutableValues { p in
        gradient.withUnsafeValues { g in
          for i in 0..<p.count { p[i] -= rate * (g[i] + decay * p[i]) }
        }
      }
    }
  }
}
