import MemoryTraining
import NeuralMemory

/// The copy task: some random bit vectors, an end marker, then the same vectors are wanted back.
///
/// With `L` vectors a sequence has `2 L + 1` steps: steps `0 ..< L` hold `inputSize − 1` random
/// bits each, step `L` holds the end marker (a 1 in the last channel), and steps `L + 1 ... 2 L`
/// are blank on the way in and ask for the vectors in order. The loss is the sigmoid cross-entropy
/// of the bits of the answer; the other outputs (everything before the answer, and the marker's
/// channel) are free. A bit counts as 1 if its logit is above 0.
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
  /// Whether a batch mixes lengths: each element then draws its own from 1 up to the batch's
  /// length. In the Python package all elements of a batch share one length.
  public private(set) var mixedLengths: Bool

  /// - Throws: `ConfigurationError` if there is no room for a bit beside the marker.
  public init(inputSize: Int = 6, mixedLengths: Bool = false) throws {
    try ConfigurationError.check("inputSize", inputSize, atLeast: 2, atMost: 1_000_000)
    self.inputSize = inputSize
    self.mixedLengths = mixedLengths
  }

  public var measured: CopyTask {
    var task = self
    task.mixedLengths = false
    return task
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

  public func score(_ output: Tensor, elements: Range<Int>, in batch: TaskBatch) -> TaskScore {
    require(
      batch.mask != nil, "A copy batch has a mask: make it with makeBatch(count:length:using:)")
    return .bits(output, elements: elements, in: batch)
  }

  /// One row per channel, time from left to right; `█` is a 1, `·` a 0, and `x` a wrong bit.
  public func describe(_ item: Int, of batch: TaskBatch, output: Tensor?) -> String {
    let steps = batch.input.shape[1]
    let start = (0..<steps).first { batch.input[item, $0, inputSize - 1] > 0.5 } ?? steps
    let answer = (start + 1)..<min(2 * start + 1, steps)
    func row(_ bit: Int) -> String {
      let asked = BitSigns.asked(batch, item, steps: 0..<start, bit: bit)
      let given = BitSigns.answered(batch, item, steps: answer, bit: bit, output: output)
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
