import MemoryTraining
import NeuralMemory

/// Repeat copy, in the form of DeepMind's DNC demo: some random bit vectors and a number of
/// repeats; the vectors are wanted that many times, then an end marker.
///
/// With `L` vectors and `r` repeats a sequence has `L (r + 1) + 3` steps: a start marker (a 1 in
/// channel `bits`), the vectors in channels `0 ..< bits`, one step with `r / repeatScale` in
/// channel `bits + 1`, then blank steps in which `r L` vectors and the end marker (a 1 in the
/// output's last channel) are wanted. The loss is the mean sigmoid cross-entropy of all output bits
/// from there on (the demo adds them up per sequence); before that outputs are free. A bit counts
/// as 1 if its logit is above 0.
///
/// A batch has one number of vectors; each element draws its own number of repeats.
public struct RepeatCopyTask: MemoryTask {
  public static let name = "repeat-copy"
  public static let summary = "Repeat random bit vectors as many times as asked, then mark the end."
  /// The demo's: 4 bits, 1 or 2 repeats.
  public static var standard: RepeatCopyTask { try! RepeatCopyTask() }
  /// With the demo's 1 or 2 vectors, in batches of 16.
  public static var defaultTraining: TrainingConfiguration {
    var training = TrainingConfiguration()
    training.batchSize = 16
    training.curriculum = Curriculum(maximumLength: 2)
    return training
  }

  /// Bits of one vector.
  public let bits: Int
  /// The fewest vectors of a sequence; the most are set by the curriculum.
  public let minLength: Int
  /// The fewest and the most repeats.
  public let repeats: ClosedRange<Int>
  /// What the number of repeats is divided by on its way in: 10 in the demo.
  public let repeatScale: Int

  /// The bits, the start marker and the number of repeats.
  public var inputSize: Int { bits + 2 }
  /// The bits and the end marker.
  public var outputSize: Int { bits + 1 }

  /// - Throws: `ConfigurationError` if a number is below 1, or there are more repeats at least than
  ///   at most.
  public init(
    bits: Int = 4, minLength: Int = 1, minRepeats: Int = 1, maxRepeats: Int = 2,
    repeatScale: Int = 10
  ) throws {
    try ConfigurationError.check("bits", bits, atLeast: 1, atMost: 1_000_000)
    try ConfigurationError.check("minLength", minLength, atLeast: 1, atMost: Curriculum.longest)
    try ConfigurationError.check("minRepeats", minRepeats, atLeast: 1, atMost: 1_000_000)
    try ConfigurationError.check("maxRepeats", maxRepeats, atLeast: minRepeats, atMost: 1_000_000)
    try ConfigurationError.check("repeatScale", repeatScale, atLeast: 1, atMost: 1_000_000)
    self.bits = bits
    self.minLength = minLength
    repeats = minRepeats...maxRepeats
    self.repeatScale = repeatScale
  }

  public var loss: any Loss { SigmoidCrossEntropy() }
  public var lengthUnit: String { "vectors" }
  public var scoredUnit: String { "bits" }
  public var lengths: ClosedRange<Int> { minLength...Int.max }
  public func timeSteps(length: Int) -> Int { steps(length, repeats.upperBound) }
  private func steps(_ length: Int, _ repeats: Int) -> Int { length * (repeats + 1) + 3 }

  /// One half of the data bits are wrong. Of the end marker's channel nothing need be: it is 0 but
  /// for one step, which is known where all sequences of a length have one number of repeats; else
  /// the best blind answer is always 0, wrong once in a sequence (or less often, which this
  /// neglects).
  public func chanceErrorRate(length: Int) -> Double {
    let mean = Double(repeats.lowerBound + repeats.upperBound) / 2
    let vectors = mean * Double(length)
    let marker = repeats.count == 1 ? 0.0 : 1
    return (vectors * Double(bits) / 2 + marker) / ((vectors + 1) * Double(outputSize))
  }

  public func makeBatch(
    count: Int, length: Int, using random: inout RandomNumbers
  ) -> TaskBatch {
    let drawn = (0..<count).map { _ in random.integer(in: repeats) }
    let lengths = drawn.map { self.steps(length, $0) }
    let steps = lengths.max() ?? 0
    var input = BatchRows(elements: count, steps: steps, channels: inputSize)
    var target = BatchRows(elements: count, steps: steps, channels: outputSize)
    var mask = BatchRows(elements: count, steps: steps, channels: 1)
    for item in 0..<count {
      let vectors = (0..<length).map { _ in random.bits(bits) }
      input[item, 0, bits] = 1
      for (i, vector) in vectors.enumerated() { input.put(vector, item: item, step: 1 + i) }
      input[item, length + 1, bits + 1] = Float(drawn[item]) / Float(repeatScale)
      for i in 0..<length * drawn[item] {
        target.put(vectors[i % length], item: item, step: length + 2 + i)
      }
      target[item, lengths[item] - 1, bits] = 1
      for step in length + 2..<lengths[item] { mask[item, step, 0] = 1 }
    }
    return TaskBatch(input: input, target: target, mask: mask, lengths: lengths, loss: loss)
  }

  public func score(_ output: Tensor, elements: Range<Int>, in batch: TaskBatch) -> TaskScore {
    .bits(output, elements: elements, in: batch)
  }

  /// One row per bit, time from left to right, and below the output's end marker.
  public func describe(_ item: Int, of batch: TaskBatch, output: Tensor?) -> String {
    let steps = batch.lengths?[item] ?? batch.input.shape[1]
    let asking = (1..<steps).first { batch.input[item, $0, bits + 1] > 0 } ?? steps - 1
    let length = asking - 1
    let times = length == 0 ? 0 : (steps - asking - 2) / length
    let rows = (0...bits).map { bit in
      let asked =
        bit == bits
        ? String(repeating: " ", count: length)
        : BitSigns.asked(batch, item, steps: 1..<asking, bit: bit)
      let answered = BitSigns.answered(
        batch, item, steps: asking + 1..<steps, bit: bit, output: output)
      return "\(asked) → \(answered)\(bit == bits ? " end marker" : "")"
    }
    let counted = length == 1 ? "1 vector" : "\(length) vectors"
    return (["\(counted), \(times == 1 ? "once" : "\(times) times"):"] + rows)
      .joined(separator: "\n")
  }
}

extension RepeatCopyTask {
  enum CodingKeys: String, CodingKey {
    case bits = "num_bits"
    case minLength = "min_length"
    case minRepeats = "min_repeats"
    case maxRepeats = "max_repeats"
    case repeatScale = "repeat_scale"
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    let standard = Self.standard
    func read(_ key: CodingKeys, _ value: Int) throws -> Int {
      try values.decodeIfPresent(Int.self, forKey: key) ?? value
    }
    try self.init(
      bits: read(.bits, standard.bits), minLength: read(.minLength, standard.minLength),
      minRepeats: read(.minRepeats, standard.repeats.lowerBound),
      maxRepeats: read(.maxRepeats, standard.repeats.upperBound),
      repeatScale: read(.repeatScale, standard.repeatScale))
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(bits, forKey: .bits)
    try values.encode(minLength, forKey: .minLength)
    try values.encode(repeats.lowerBound, forKey: .minRepeats)
    try values.encode(repeats.upperBound, forKey: .maxRepeats)
    try values.encode(repeatScale, forKey: .repeatScale)
  }
}
