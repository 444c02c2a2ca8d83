import MemoryTraining
import NeuralMemory

/// One training step as it is timed everywhere: forward, sigmoid cross-entropy, backward, clipping,
/// Adam.
public struct TrainingStep<Network: AnyNetwork> {
  private var model: Network
  private var gradient: ParameterStore
  private var optimizer = Adam(learningRate: 1e-3)
  private let input: Tensor
  private let target: Tensor

  /// A step on random bits, with fresh parameters.
  public init(_: Network.Type, _ configuration: NetworkConfiguration, batch: Int, steps: Int) {
    model = Network(configuration: configuration, seed: 0, device: .cpu)
    gradient = ParameterStore(layout: model.parameters.layout)
    var random = RandomNumbers(seed: 1)
    func bits(_ features: Int) -> Tensor {
      let shape = [batch, steps, features]
      return Tensor(
        shape: shape,
        values: (0..<shape.reduce(1, *)).map { _ in random.bit() ? 1 : 0 })
    }
    input = bits(model.inputSize)
    target = bits(model.outputSize)
  }

  /// Forward, loss, backward.
  public mutating func differentiate() {
    let target = target
    let steps = target.shape[1] * target.shape[2]
    let count = Double(target.count)
    _ = model.lossAndGradient(
      input, lengths: nil, dropoutSeed: nil, workers: nil, into: &gradient
    ) { elements, output, gradient in
      let part = Tensor(
        shape: output.shape,
        values: Array(target.values[elements.lowerBound * steps..<elements.upperBound * steps]))
      let (value, slope) = SigmoidCrossEntropy().valueAndGradient(
        output, target: part, normalizer: .fixed(count))
      gradient = slope
      return value
    }
  }

  /// A whole step.
  public mutating func run() {
    differentiate()
    gradient.clipGlobalNorm(50)
    optimizer.update(&model, gradient)
  }
}
