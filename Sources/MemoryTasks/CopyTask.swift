import MemoryTraining
import NeuralMemory

/// The copy task: some random bit vectors, an end marker, then the same vectors are wanted back.
///
/// With `L` vectors a sequence has `2 L + 1` steps: steps `0 ..< L` hold `inputSize − 1` random bits
/// each, step `L` holds the end marker (a 1 in the last channel), and steps `L + 1 ... 2 L` are blank
/// on the way in and ask for the vectors in order. The loss is the sigmoid cross-entropy of the bits
/// of the answer; the other outputs (everything before the answer, and the marker's channel) are free.
/// A bit counts as 1 if its logit is above 0.
public struct CopyTask: MemoryTask {
  public static let name = "copy"
  public static let summary = "Repeat random bit vectors, in order, after an end marker."
  /// 5 bits and the marker: a valid size.
  public static var standard: CopyTask { try! CopyTask() }

  /// Channels in and out: the bits of a vector and one for the marker.
  public let inputSize: Int
  /// The same as `inputSize`, as in the Python package.
  public var outputSize: Int { inputSize }
  /// Bits of one vector.
  public var bits: Int { inputSize - 1 }
  /// Whether a batch mixes lengths: each item then draws its own from 1 up to the batch's length. In
  /// the Python package all items of a batch share one length.
  public let mixedLengths: Bool

  /// - Throws: `InvalidSetting` if there is no room for a bit beside the marker.
  public init(inputSize: Int = 6, mixedLengths: Bool = false) throws {
    try InvalidSetting.check("inputSize", inputSize, atLeast: 2)
    self.inputSize = inputSize
    self.mixedLengths = mixedLengths
  }

  public var loss: any Loss { SigmoidCrossEntropy() }
  public var scoredUnit: String { "bits" }
  public var lengthUnit: String { "vectors" }
  /// One half: each bit is a fair coin, whatever is answered.
  public func chanceErrorRate(length: Int) -> Double { 0.5 }
  public func timeSteps(length: Int) -> Int { 2 * length + 1 }

  public func makeBatch(
    count: Int, length: Int, using random: inout RandomNumbers
  ) -> TaskBatch {
    let steps = timeSteps(length: length)
    let size = inputSize
    var input = [Float](repeating: 0, count: count * steps * size)
    var target = input
    var mask = input
    var itemLengths: [Int] = []
    for item in 0..<count {
      let length = mixedLengths ? random.integer(in: 1...length) : length
      itemLengths.append(timeSteps(length: length))
      let start = item * steps * size
      for step in 0..<length {
        for bit in 0..<bits {
          let asked = start + step * size + bit
          let answered = start + (length + 1 + step) * size + bit
          let value: Float = random.bit() ? 1 : 0
          input[asked] = value
          target[answered] = value
          mask[answered] = 1
        }
      }
      input[start + length * size + size - 1] = 1
    }
    let shape = [count, steps, size]
    let maskTensor = Tensor(shape: shape, values: mask)
    return TaskBatch(
      input: Tensor(shape: shape, values: input), target: Tensor(shape: shape, values: target),
      mask: maskTensor, lengths: mixedLengths ? itemLengths : nil,
      lossWeight: loss.weight(ofOutput: shape, mask: maskTensor))
  }

  public func score(_ output: Tensor, items: Range<Int>, in batch: TaskBatch) -> TaskScore {
    guard let mask = batch.mask else {
      fatalError("A copy batch has a mask: make it with makeBatch(count:length:using:)")
    }
    let perItem = batch.target.shape[1] * batch.target.shape[2]
    require(
      output.shape == [items.count] + batch.target.shape.dropFirst(),
      "Outputs of items \(items) have the shape of their targets, not \(output.shape)")
    var score = TaskScore(sequences: items.count)
    output.withUnsafeBuffer { logits in
      batch.target.withUnsafeBuffer { target in
        mask.withUnsafeBuffer { mask in
          for (row, item) in items.enumerated() {
            var wrong = 0
            for i in 0..<perItem where mask[item * perItem + i] > 0 {
              score.total += 1
              let isOne = logits[row * perItem + i] > 0
              if isOne != (target[item * perItem + i] > 0.5) { wrong += 1 }
            }
            score.wrong += wrong
            if wrong > 0 { score.wrongSequences += 1 }
          }
        }
      }
    }
    return score
  }

  /// One row per channel, time from left to right; `█` is a 1, `·` a 0, and `x` a wrong bit.
  public func describe(_ item: Int, of batch: TaskBatch, output: Tensor?) -> String {
    let steps = batch.input.shape[1]
    let start = (0..<steps).first { batch.input[item, $0, inputSize - 1] > 0.5 } ?? steps
    let answer = (start + 1)..<min(2 * start + 1, steps)
    func row(_ bit: Int) -> String {
      let asked = (0..<start).map { batch.input[item, $0, bit] > 0.5 ? "█" : "·" }.joined()
      let given = answer.map { step in
        let wanted = batch.target[item, step, bit] > 0.5
        guard let output else { return wanted ? "█" : "·" }
        let found = output[item, step, bit] > 0
        return found == wanted ? (wanted ? "█" : "·") : "x"
      }.joined()
      return "\(asked) → \(given)"
    }
    return (0..<bits).map(row).joined(separator: "\n")
  }
}

extension CopyTask {
  enum CodingKeys: String, CodingKey {
    case inputSize = "input_size"
    case mixedLengths = "mixed_lengths"
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(
      inputSize: values.decodeIfPresent(Int.self, forKey: .inputSize) ?? 6,
      mixedLengths: values.decodeIfPresent(Bool.self, forKey: .mixedLengths) ?? false)
  }
}
