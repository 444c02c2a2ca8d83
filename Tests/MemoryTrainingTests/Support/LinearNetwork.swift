import MemoryTraining
import NeuralMemory

/// A stand-in for a network: `output = W input + b` at every step, cut into shards of two elements,
/// one after the other. Fast, and with a gradient that can be checked by eye.
struct LinearNetwork: CheckpointableNetwork, Equatable {
  var parameters: ParameterStore
  let inputSize: Int
  let outputSize: Int
  /// Makes the network answer with this value instead, where it is not nil.
  var poison: Float?
  /// Makes the first element of the gradient of `bias` this value.
  var poisonedGradient: Float?

  init(inputSize: Int, outputSize: Int, seed: UInt64 = 0) {
    self.inputSize = inputSize
    self.outputSize = outputSize
    parameters = ParameterStore(
      layout: ParameterLayout([("weight", [outputSize, inputSize]), ("bias", [outputSize])]))
    var random = RandomNumbers(seed: seed)
    parameters.values = parameters.values.map { _ in random.uniform(in: -0.5..<0.5) }
  }

  func checkpoint(metadata: [String: String]) -> SafeTensors {
    var file = SafeTensors()
    file.metadata = metadata
    file.metadata["config"] = #"{"kind":"linear"}"#
    for entry in parameters.layout.entries { file.set(entry.name, parameters[entry.name]) }
    return file
  }

  func evaluate(_ input: Tensor, lengths: [Int]?) -> Tensor {
    let (weight, bias) = (parameters["weight"], parameters["bias"])
    var output = Tensor(shape: [input.shape[0], input.shape[1], outputSize])
    for item in 0..<input.shape[0] {
      for step in 0..<input.shape[1] {
        for o in 0..<outputSize {
          var sum = bias[o]
          for i in 0..<inputSize { sum += weight[o, i] * input[item, step, i] }
          output[item, step, o] = poison ?? sum
        }
      }
    }
    return output
  }

  func lossAndGradient(
    _ input: Tensor, lengths: [Int]?, dropoutSeed: UInt64?, workers: Int?,
    into gradient: inout ParameterStore,
    loss: @Sendable (_ elements: Range<Int>, _ output: Tensor, _ gradient: inout Tensor) -> Double
  ) -> Double {
    var weight = Tensor(shape: [outputSize, inputSize])
    var bias = Tensor(shape: [outputSize])
    var sum = 0.0
    for start in stride(from: 0, to: input.shape[0], by: 2) {
      let elements = start..<min(start + 2, input.shape[0])
      let part = input.slice(axis: 0, elements)
      let output = evaluate(part, lengths: nil)
      var slope = Tensor(shape: output.shape)
      sum += loss(elements, output, &slope)
      for item in 0..<elements.count {
        for step in 0..<input.shape[1] {
          for o in 0..<outputSize {
            let g = slope[item, step, o]
            bias[o] += g
            for i in 0..<inputSize { weight[o, i] += g * part[item, step, i] }
          }
        }
      }
    }
    if let poisonedGradient { bias[0] = poisonedGradient }
    gradient["weight"] = weight
    gradient["bias"] = bias
    return sum
  }
}

/// A task a linear network can solve: each output bit is the input bit beside it.
struct ShiftTask: TrainingTask {
  let inputSize = 3
  let outputSize = 3
  var loss: any Loss { SigmoidCrossEntropy() }

  func drawLength(maximum: Int, using random: inout RandomNumbers) -> Int {
    random.integer(in: 1...maximum)
  }

  func makeBatch(count: Int, length: Int, using random: inout RandomNumbers) -> TaskBatch {
    let input = Tensor(shape: [count, length, 3]).map { _ in random.bit() ? 1 : 0 }
    var target = Tensor(shape: input.shape)
    for item in 0..<count {
      for step in 0..<length {
        for bit in 0..<3 { target[item, step, bit] = input[item, step, (bit + 1) % 3] }
      }
    }
    return TaskBatch(input: input, target: target, lossWeight: Double(target.count))
  }

  func score(_ output: Tensor, elements: Range<Int>, in batch: TaskBatch) -> TaskScore {
    let target = batch.target.slice(axis: 0, elements)
    var score = TaskScore(total: target.count, sequences: elements.count)
    let perItem = target.count / elements.count
    for item in 0..<elements.count {
      let range = item * perItem..<(item + 1) * perItem
      let wrong = range.filter { (output.values[$0] > 0) != (target.values[$0] > 0.5) }.count
      score.wrong += wrong
      if wrong > 0 { score.wrongSequences += 1 }
    }
    return score
  }
}

/// A small run that solves `ShiftTask`.
func smallConfiguration(iterations: Int = 50) -> TrainingConfiguration {
  var configuration = TrainingConfiguration()
  configuration.iterations = iterations
  configuration.batchSize = 5
  configuration.seed = 7
  configuration.learningRate = LearningRate(0.2)
  configuration.gradientClip = 1
  configuration.curriculum = Curriculum(maximumLength: 2, increment: 1, frequency: 20)
  configuration.checkpointEvery = 10
  return configuration
}

func smallTrainer(_ configuration: TrainingConfiguration = smallConfiguration()) throws
  -> Trainer<LinearNetwork, ShiftTask>
{
  try Trainer(
    network: LinearNetwork(inputSize: 3, outputSize: 3, seed: configuration.seed),
    task: ShiftTask(), configuration: configuration)
}
