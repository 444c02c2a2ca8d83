import MemoryTraining
import NeuralMemory

/// An embedding of symbols, a DNC, and a linear head that scores the symbols.
struct SymbolModel: TrainableNetwork {
  private var dnc: DNC

  /// All of them in one vector: `embedding.weight`, `dnc.…`, `head.weight`, `head.bias`.
  ///
  /// Embedding and head read theirs here. The DNC has its own copy, which follows every change.
  var parameters: ParameterStore {
    didSet { parameters.copy(prefix: "dnc", to: &dnc.parameters) }
  }

  /// A time step of the input holds the number of a symbol.
  let inputSize = 1
  /// A time step of the output holds a score for every symbol.
  let outputSize: Int

  init(symbols: Int, dnc: DNC, seed: UInt64) {
    self.dnc = dnc
    outputSize = symbols
    var random = RandomNumbers(seed: seed)
    func uniform(_ shape: [Int], _ bound: Float) -> Tensor {
      Tensor(shape: shape).map { _ in random.uniform(in: -bound..<bound) }
    }
    let bound = 1 / Float(dnc.outputSize).squareRoot()
    parameters = ParameterStore(joining: [
      "embedding": ParameterStore(["weight": uniform([symbols, dnc.inputSize], 1)]),
      "dnc": dnc.parameters,
      "head": ParameterStore([
        "weight": uniform([symbols, dnc.outputSize], bound), "bias": uniform([symbols], bound),
      ]),
    ])
  }

  func evaluate(_ input: Tensor, lengths: [Int]?) -> Tensor {
    head(dnc(embed(input), lengths: lengths).output)
  }

  func lossAndGradient(
    _ input: Tensor, lengths: [Int]?, dropoutSeed: UInt64?, workers: Int?,
    into gradient: inout ParameterStore,
    loss: @Sendable (_ elements: Range<Int>, _ output: Tensor, _ gradient: inout Tensor) -> Double
  ) -> Double {
    // Forward, with the whole batch as one shard: the DNC cuts it into shards of its own.
    let (hidden, pullback) = dnc.callWithPullback(
      embed(input), lengths: lengths, dropoutSeed: dropoutSeed, workers: workers)
    let output = head(hidden.output)
    var outputGradient = Tensor(shape: output.shape)
    let value = loss(0..<input.shape[0], output, &outputGradient)

    // Backward: head, DNC, embedding.
    let (headGradients, hiddenGradient) = headBackward(hidden.output, outputGradient)
    let dncGradients = pullback(hiddenGradient)
    gradient[prefix: "head"] = headGradients
    gradient[prefix: "dnc"] = dncGradients.parameters
    gradient["embedding.weight"] = embedBackward(input, dncGradients.input)
    return value
  }

  /// Rows of the embedding: [batch, time, 1] to [batch, time, D].
  private func embed(_ input: Tensor) -> Tensor {
    let weight = parameters["embedding.weight"]
    var rows = Tensor(shape: [input.shape[0], input.shape[1], dnc.inputSize])
    for (b, t, symbol) in symbols(of: input) {
      for d in 0..<dnc.inputSize { rows[b, t, d] = weight[symbol, d] }
    }
    return rows
  }

  /// A row's gradient is the sum over all places where it was used.
  private func embedBackward(_ input: Tensor, _ rowGradients: Tensor) -> Tensor {
    var weight = Tensor(shape: [outputSize, dnc.inputSize])
    for (b, t, symbol) in symbols(of: input) {
      for d in 0..<dnc.inputSize { weight[symbol, d] += rowGradients[b, t, d] }
    }
    return weight
  }

  /// `W h + b`: [batch, time, H] to [batch, time, symbols].
  private func head(_ hidden: Tensor) -> Tensor {
    let (weight, bias) = (parameters["head.weight"], parameters["head.bias"])
    var output = Tensor(shape: [hidden.shape[0], hidden.shape[1], outputSize])
    for b in 0..<hidden.shape[0] {
      for t in 0..<hidden.shape[1] {
        for o in 0..<outputSize {
          var sum = bias[o]
          for h in 0..<dnc.outputSize { sum += weight[o, h] * hidden[b, t, h] }
          output[b, t, o] = sum
        }
      }
    }
    return output
  }

  private func headBackward(
    _ hidden: Tensor, _ outputGradient: Tensor
  ) -> (parameters: ParameterStore, hidden: Tensor) {
    let weight = parameters["head.weight"]
    var weightGradient = Tensor(shape: weight.shape)
    var biasGradient = Tensor(shape: [outputSize])
    var hiddenGradient = Tensor(shape: hidden.shape)
    for b in 0..<hidden.shape[0] {
      for t in 0..<hidden.shape[1] {
        for o in 0..<outputSize {
          let slope = outputGradient[b, t, o]
          biasGradient[o] += slope
          for h in 0..<dnc.outputSize {
            weightGradient[o, h] += slope * hidden[b, t, h]
            hiddenGradient[b, t, h] += slope * weight[o, h]
          }
        }
      }
    }
    let parameters = ParameterStore(["weight": weightGradient, "bias": biasGradient])
    return (parameters, hiddenGradient)
  }

  private func symbols(of input: Tensor) -> [(element: Int, step: Int, symbol: Int)] {
    (0..<input.shape[0]).flatMap { b in
      (0..<input.shape[1]).map { t in (b, t, Int(input[b, t, 0])) }
    }
  }
}
