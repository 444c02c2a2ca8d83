import MemoryTraining
import NeuralMemory

/// Associative recall, as in the paper on Neural Turing Machines (section 4.3): some items of a few
/// bit vectors each; then one of them is shown again, and the item that followed it is wanted.
///
/// With `L` items of `V` vectors a sequence has `L (V + 1) + 2 V + 2` steps: before each item a
/// step with a 1 in channel `bits`, the item's vectors in channels `0 ..< bits`; then a step with a
/// 1 in channel `bits + 1`, the vectors of the item asked about, the same marker again, and `V`
/// blank steps in which the next item is wanted. The items of a sequence differ, and all but the
/// last are asked about equally often. The loss is the sigmoid cross-entropy of the answer's bits;
/// a bit counts as 1 if its logit is above 0.
public struct AssociativeRecallTask: MemoryTask {
  public static let name = "associative-recall"
  public static let summary = "After some items, say which one followed a given one."
  /// The paper's: items of 3 vectors of 6 bits, 2 of them or more.
  public static var standard: AssociativeRecallTask { try! AssociativeRecallTask() }
  /// With the paper's 2 to 6 items, in batches of 16.
  public static var defaultTraining: TrainingConfiguration {
    var training = TrainingConfiguration()
    training.batchSize = 16
    training.curriculum = Curriculum(maximumLength: 6)
    return training
  }

  /// Bits of one vector.
  public let bits: Int
  /// Vectors of one item.
  public let vectors: Int
  /// The fewest items of a sequence; the most are set by the curriculum.
  public let minItems: Int

  /// The bits and two markers.
  public var inputSize: Int { bits + 2 }
  public var outputSize: Int { bits }

  /// - Throws: `ConfigurationError` if a number is too small, or there are too few different items.
  public init(bits: Int = 6, vectors: Int = 3, minItems: Int = 2) throws {
    try ConfigurationError.check("bits", bits, atLeast: 1, atMost: 1_000_000)
    try ConfigurationError.check("vectors", vectors, atLeast: 1, atMost: 1_000_000)
    try ConfigurationError.check("minItems", minItems, atLeast: 2, atMost: Curriculum.longest)
    self.bits = bits
    self.vectors = vectors
    self.minItems = minItems
    guard minItems <= mostItems else {
      throw ConfigurationError(
        argument: "minItems", value: minItems,
        expected:
          "at most \(mostItems), half the number of different items of \(vectors) × \(bits) bits")
    }
  }

  /// Half the number of different items, so that drawing different ones stays quick.
  private var mostItems: Int {
    // 62 bits and more are as good as without a bound.
    bits.multipliedReportingOverflow(by: vectors).overflow || bits * vectors > 62
      ? Int.max : 1 << (bits * vectors - 1)
  }

  public var loss: any Loss { SigmoidCrossEntropy() }
  public var lengthUnit: String { "items" }
  public var scoredUnit: String { "bits" }
  public var lengths: ClosedRange<Int> { minItems...mostItems }
  /// One half: every item is as likely as any other.
  public func chanceErrorRate(length: Int) -> Double { 0.5 }
  public func timeSteps(length: Int) -> Int { length * (vectors + 1) + 2 * vectors + 2 }

  public func makeBatch(
    count: Int, length: Int, using random: inout RandomNumbers
  ) -> TaskBatch {
    require(
      lengths.contains(length), "A sequence has \(lengths) items that differ, not \(length)")
    let steps = timeSteps(length: length)
    var input = BatchRows(elements: count, steps: steps, channels: inputSize)
    var target = BatchRows(elements: count, steps: steps, channels: bits)
    var mask = BatchRows(elements: count, steps: steps, channels: 1)
    for row in 0..<count {
      var items: [[Float]] = []
      var seen: Set<[Float]> = []
      while items.count < length {
        let item = random.bits(bits * vectors)
        if seen.insert(item).inserted { items.append(item) }
      }
      let asked = random.integer(in: 0...length - 2)
      var step = 0
      func vector(_ item: Int, _ i: Int) -> [Float] {
        Array(items[item][i * bits..<(i + 1) * bits])
      }
      func show(_ item: Int, marker: Int) {
        input[row, step, marker] = 1
        for i in 0..<vectors { input.put(vector(item, i), item: row, step: step + 1 + i) }
        step += vectors + 1
      }
      for item in 0..<length { show(item, marker: bits) }
      show(asked, marker: bits + 1)
      input[row, step, bits + 1] = 1
      for i in 0..<vectors {
        target.put(vector(asked + 1, i), item: row, step: step + 1 + i)
        mask[row, step + 1 + i, 0] = 1
      }
    }
    return TaskBatch(input: input, target: target, mask: mask, loss: loss)
  }

  public func score(_ output: Tensor, elements: Range<Int>, in batch: TaskBatch) -> TaskScore {
    .bits(output, elements: elements, in: batch)
  }

  /// One row per bit: the items, the one asked about, and after the arrow the answer.
  public func describe(_ item: Int, of batch: TaskBatch, output: Tensor?) -> String {
    let steps = batch.input.shape[1]
    let count = (steps - 2 * vectors - 2) / (vectors + 1)
    return (0..<bits).map { bit in
      func shown(_ block: Int) -> String {
        let start = block * (vectors + 1) + 1
        return BitSigns.asked(batch, item, steps: start..<start + vectors, bit: bit)
      }
      let items = (0..<count).map(shown).joined(separator: " ")
      let answer = BitSigns.answered(
        batch, item, steps: steps - vectors..<steps, bit: bit, output: output)
      return "\(items)   after \(shown(count)) → \(answer)"
    }.joined(separator: "\n")
  }
}

extension AssociativeRecallTask {
  enum CodingKeys: String, CodingKey {
    case bits = "num_bits"
    case vectors = "item_vectors"
    case minItems = "min_items"
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    let standard = Self.standard
    try self.init(
      bits: values.decodeIfPresent(Int.self, forKey: .bits) ?? standard.bits,
      vectors: values.decodeIfPresent(Int.self, forKey: .vectors) ?? standard.vectors,
      minItems: values.decodeIfPresent(Int.self, forKey: .minItems) ?? standard.minItems)
  }
}
