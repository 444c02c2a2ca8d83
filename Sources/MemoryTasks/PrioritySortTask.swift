import Foundation
import MemoryTraining
import NeuralMemory

/// Priority sort, as in the paper on Neural Turing Machines (section 4.5): some random bit vectors,
/// each with a priority; those with the highest priorities are wanted, in falling order.
///
/// With `L` vectors and `A = ⌈share · L⌉` answers (20 and 16 in the paper) a sequence has `L + A +
/// 1` steps: steps `0 ..< L` hold a vector in channels `0 ..< bits` and its priority, drawn evenly
/// from −1 to 1, in channel `bits`; step `L` holds the end marker, a 1 in channel `bits + 1`; then
/// `A` blank steps ask for the vectors. No two priorities of a sequence are equal. The loss is the
/// sigmoid cross-entropy of the answer's bits; a bit counts as 1 if its logit is above 0.
public struct PrioritySortTask: MemoryTask {
  public static let name = "priority-sort"
  public static let summary = "Write the bit vectors with the highest priorities, in order."
  /// The paper's: 8 bits, 16 answers out of 20.
  public static var standard: PrioritySortTask { try! PrioritySortTask() }
  /// With the paper's 20 vectors at most, in batches of 16.
  public static var defaultTraining: TrainingConfiguration {
    var training = TrainingConfiguration()
    training.batchSize = 16
    training.curriculum = Curriculum(maximumLength: 20)
    return training
  }

  /// Bits of one vector.
  public let bits: Int
  /// The share of the vectors that are wanted, above 0 and at most 1.
  public let share: Double
  /// The fewest vectors of a sequence; the most are set by the curriculum. The paper's sequences
  /// all have 20: that is 20 here and a curriculum that stays at 20.
  public let minLength: Int

  /// The bits, the priority and the end marker.
  public var inputSize: Int { bits + 2 }
  public var outputSize: Int { bits }

  /// - Throws: `ConfigurationError` for a number out of its range.
  public init(bits: Int = 8, share: Double = 0.8, minLength: Int = 1) throws {
    try ConfigurationError.check("bits", bits, atLeast: 1, atMost: 1_000_000)
    try ConfigurationError.check("minLength", minLength, atLeast: 1, atMost: Curriculum.longest)
    guard share > 0, share <= 1 else {
      throw ConfigurationError(
        argument: "share", value: share, expected: "a number above 0 and at most 1")
    }
    self.bits = bits
    self.share = share
    self.minLength = minLength
  }

  /// How many of `length` vectors are wanted.
  public func answers(length: Int) -> Int {
    // 0.8 · 20 must not become 17 by a rounding error.
    max(1, Int((share * Double(length) - 1e-9).rounded(.up)))
  }

  public var loss: any Loss { SigmoidCrossEntropy() }
  public var lengthUnit: String { "vectors" }
  public var scoredUnit: String { "bits" }
  public var lengths: ClosedRange<Int> { minLength...Int.max }
  /// One half: each bit is a fair coin.
  public func chanceErrorRate(length: Int) -> Double { 0.5 }
  /// With 99.5 % of the bits right: however exact a network is, now and then two priorities are too
  /// near to each other for it.
  public func isSolved(_ score: TaskScore) -> Bool {
    score.total > 0 && score.errorRate <= 0.005
  }

  public func timeSteps(length: Int) -> Int { length + answers(length: length) + 1 }

  public func makeBatch(
    count: Int, length: Int, using random: inout RandomNumbers
  ) -> TaskBatch {
    let steps = timeSteps(length: length)
    var input = BatchRows(elements: count, steps: steps, channels: inputSize)
    var target = BatchRows(elements: count, steps: steps, channels: bits)
    var mask = BatchRows(elements: count, steps: steps, channels: 1)
    for item in 0..<count {
      let vectors = (0..<length).map { _ in random.bits(bits) }
      var priorities: [Float] = []
      while priorities.count < length {
        let priority = random.uniform(in: -1..<1)
        if !priorities.contains(priority) { priorities.append(priority) }
      }
      for step in 0..<length {
        input.put(vectors[step] + [priorities[step]], item: item, step: step)
      }
      input[item, length, bits + 1] = 1
      let order = (0..<length).sorted { priorities[$0] > priorities[$1] }
      for (i, chosen) in order.prefix(answers(length: length)).enumerated() {
        target.put(vectors[chosen], item: item, step: length + 1 + i)
        mask[item, length + 1 + i, 0] = 1
      }
    }
    return TaskBatch(input: input, target: target, mask: mask, loss: loss)
  }

  public func score(_ output: Tensor, elements: Range<Int>, in batch: TaskBatch) -> TaskScore {
    .bits(output, elements: elements, in: batch)
  }

  /// The vectors as they come with their priorities, and beside them the answer.
  public func describe(_ item: Int, of batch: TaskBatch, output: Tensor?) -> String {
    let steps = batch.input.shape[1]
    let length = (0..<steps).first { batch.input[item, $0, bits + 1] > 0.5 } ?? steps
    return (0..<length).map { step in
      let vector = String((0..<bits).map { BitSigns.sign(batch.input[item, step, $0] > 0.5) })
      let line = String(format: "%+.2f ", batch.input[item, step, bits]) + vector
      let answered = length + 1 + step
      guard answered < steps else { return line }
      let answer = (0..<bits).map { bit in
        BitSigns.answered(
          batch, item, steps: answered..<answered + 1, bit: bit, output: output)
      }.joined()
      return "\(line) → \(answer)"
    }.joined(separator: "\n")
  }
}

extension PrioritySortTask {
  enum CodingKeys: String, CodingKey {
    case bits = "num_bits"
    case share
    case minLength = "min_length"
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    let standard = Self.standard
    try self.init(
      bits: values.decodeIfPresent(Int.self, forKey: .bits) ?? standard.bits,
      share: values.decodeIfPresent(Double.self, forKey: .share) ?? standard.share,
      minLength: values.decodeIfPresent(Int.self, forKey: .minLength) ?? standard.minLength)
  }
}
