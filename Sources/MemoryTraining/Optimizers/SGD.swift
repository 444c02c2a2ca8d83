import NeuralMemory

/// Stochastic gradient descent, with optional momentum and PyTorch's formulas.
///
/// With momentum `μ` and dampening `d`: `b ← μ b + (1 − d) g` (the first time `b ← g`), `θ ← θ − η
/// b`; Nesterov's form moves by `g + μ b`.
public struct SGD: Optimizer, Equatable {
  public static let name = "sgd"

  /// The step size η.
  public var learningRate: Double
  /// What a step keeps of the one before; 0: nothing, and no moment for it.
  public var momentum: Double
  /// The share of a gradient that does not enter the momentum.
  public var dampening: Double
  /// The factor of the parameters that is added to their gradients.
  public var weightDecay: Double
  /// Whether a step looks ahead by the momentum.
  public var nesterov: Bool
  public var state = OptimizerState()

  /// - Precondition: Nesterov's form has a momentum above 0 and no dampening.
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

  public mutating func update(_ parameters: inout ParameterStore, _ gradients: ParameterStore) {
    let isFirst = state.countStep() == 1
    let (rate, decay, momentum) = (Float(learningRate), Float(weightDecay), Float(momentum))
    guard momentum != 0 else {
      return state.move(&parameters, gradients, weightDecay: decay) { p, g in p -= rate * g }
    }
    let mix = isFirst ? 1 : Float(1 - dampening)
    if nesterov {
      state.move(&parameters, gradients, weightDecay: decay, moments: "momentum_buffer") {
        p, g, b in
        b = momentum * b + mix * g
        p -= rate * (g + momentum * b)
      }
    } else {
      state.move(&parameters, gradients, weightDecay: decay, moments: "momentum_buffer") {
        p, g, b in
        b = momentum * b + mix * g
        p -= rate * b
      }
    }
  }
}

extension SGD: Codable {
  enum CodingKeys: String, CodingKey {
    case learningRate = "learning_rate"
    case weightDecay = "weight_decay"
    case momentum, dampening, nesterov
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    learningRate = try values.decode(Double.self, forKey: .learningRate)
    weightDecay = try values.decode(Double.self, forKey: .weightDecay)
    momentum = try values.decode(Double.self, forKey: .momentum)
    dampening = try values.decode(Double.self, forKey: .dampening)
    nesterov = try values.decode(Double.self, forKey: .nesterov) != 0
  }

  /// Nesterov's form is written as 1 or 0: that is how checkpoints have it since the first version.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(learningRate, forKey: .learningRate)
    try values.encode(weightDecay, forKey: .weightDecay)
    try values.encode(momentum, forKey: .momentum)
    try values.encode(dampening, forKey: .dampening)
    try values.encode(nesterov ? 1.0 : 0.0, forKey: .nesterov)
  }
}

extension BuiltInOptimizer {
  /// Plain gradient descent, without momentum.
  public static let sgd = BuiltInOptimizer(SGD.self) { rate, decay in
    SGD(learningRate: rate, weightDecay: decay)
  }
}
