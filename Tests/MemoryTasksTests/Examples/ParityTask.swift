import MemoryTasks
import MemoryTraining
import NeuralMemory

/// Some random bits one by one; at the last step: is the number of ones odd?
struct ParityTask: MemoryTask {
  static let name = "parity"
  static let summary = "Say whether a sequence of bits has an odd number of ones."
  static let standard = ParityTask()

  var inputSize: Int { 1 }
  var outputSize: Int { 1 }
  var loss: any Loss { SigmoidCrossEntropy() }
  var lengthUnit: String { "bits" }
  var scoredUnit: String { "answers" }
  func timeSteps(length: Int) -> Int { length }
  func chanceErrorRate(length: Int) -> Double { 0.5 }

  func makeBatch(count: Int, length: Int, using random: inout RandomNumbers) -> TaskBatch {
    let input = Tensor(shape: [count, length, 1]).map { _ in random.bit() ? 1 : 0 }
    var target = Tensor(shape: input.shape)
    var mask = Tensor(shape: input.shape)
    for item in 0..<count {
      let ones = (0..<length).reduce(0) { $0 + Int(input[item, $1, 0]) }
      target[item, length - 1, 0] = Float(ones % 2)
      mask[item, length - 1, 0] = 1  // only the last output counts
    }
    return TaskBatch(input: input, target: target, mask: mask, lossWeight: Double(count))
  }

  func score(_ output: Tensor, items: Range<Int>, in batch: TaskBatch) -> TaskScore {
    let last = batch.input.shape[1] - 1
    let wrong = items.filter {
      (output[$0 - items.lowerBound, last, 0] > 0) != (batch.target[$0, last, 0] == 1)
    }.count
    return TaskScore(
      wrong: wrong, total: items.count, wrongSequences: wrong, sequences: items.count)
  }

  func describe(_ item: Int, of batch: TaskBatch, output: Tensor?) -> String {
    let last = batch.input.shape[1] - 1
    let bits = (0...last).map { batch.input[item, $0, 0] == 1 ? "1" : "0" }.joined()
    let answer = output.map { $0[item, last, 0] > 0 ? "; the network says odd" : "; it says even" }
    return "\(bits): \(batch.target[item, last, 0] == 1 ? "odd" : "even")" + (answer ?? "")
  }
}
