import Foundation
import MemoryTraining
import NeuralMemory

/// The adding task of the Python package: some one-hot numbers, an end marker, and their sum is
/// wanted.
///
/// With `L` numbers a sequence has `L + 1` steps: steps `0 ..< L` hold a 1 in the channel of a
/// number from `0 ... inputSize − 2`, step `L` the end marker, a 1 in the last channel. What counts
/// is the sum of all outputs, over time and channels; the loss is its squared error, and an answer
/// is right if it rounds to the sum. As in the package the network has as many outputs as inputs,
/// and the length of a batch is drawn evenly from 2 up to the greatest one. The package's script
/// draws one example per update whatever its `-batch_size` says; here the batch has that size.
public struct AddingTask: MemoryTask {
  public static let name = "adding"
  public static let summary = "Add up a sequence of one-hot numbers."
  /// The numbers 0 to 4 and the end marker: a valid size.
  public static var standard: AddingTask { try! AddingTask() }
  /// As the Python package's script: 2,000 iterations on up to 1,000 numbers.
  public static var defaultTraining: TrainingConfiguration {
    var training = TrainingConfiguration()
    training.iterations = 2000
    training.curriculum = Curriculum(maximumLength: 1000)
    return training
  }

  /// Channels in and out: one per number and one for the end marker.
  public let inputSize: Int
  /// The same as `inputSize`.
  public var outputSize: Int { inputSize }

  /// - Throws: `ConfigurationError` if there are not at least two numbers to choose from.
  public init(inputSize: Int = 6) throws {
    try ConfigurationError.check("inputSize", inputSize, atLeast: 3, atMost: 1_000_000)
    self.inputSize = inputSize
  }

  private var error: SummedSquaredError { SummedSquaredError() }
  public var loss: any Loss { error }
  public var lengthUnit: String { "numbers" }
  public var scoredUnit: String { "sums" }
  public var lengths: ClosedRange<Int> { 2...Int.max }
  public func timeSteps(length: Int) -> Int { length + 1 }

  /// With 95 % of the sums right: the measure of the Python package's readme for longer sequences.
  public func isSolved(_ score: TaskScore) -> Bool {
    score.total > 0 && score.errorRate <= 0.05
  }

  /// One minus the probability of the likeliest sum: exactly up to 100 numbers, beyond that from
  /// the normal distribution with the sum's variance (off by less than 1 %).
  public func chanceErrorRate(length: Int) -> Double {
    let values = inputSize - 1
    guard length <= 100 else {
      let variance = Double(length) * Double(values * values - 1) / 12
      return 1 - 1 / (2 * Double.pi * variance).squareRoot()
    }
    var probabilities = [1.0]
    for _ in 0..<length {
      var next = [Double](repeating: 0, count: probabilities.count + values - 1)
      for (sum, probability) in probabilities.enumerated() {
        for value in 0..<values { next[sum + value] += probability / Double(values) }
      }
      probabilities = next
    }
    return 1 - probabilities.max()!
  }

  public func makeBatch(
    count: Int, length: Int, using random: inout RandomNumbers
  ) -> TaskBatch {
    NumberSequences.batch(
      count: count, length: length, inputSize: inputSize, using: &random
    ) { $0.reduce(0, +) }
  }

  public func score(_ output: Tensor, elements: Range<Int>, in batch: TaskBatch) -> TaskScore {
    NumberSequences.score(output, elements: elements, in: batch, loss: error)
  }

  /// `3 + 0 + 4 = 7; the network says 6.98: right`.
  public func describe(_ item: Int, of batch: TaskBatch, output: Tensor?) -> String {
    let numbers = NumberSequences.numbers(item, of: batch)
    return NumberSequences.text(numbers, separator: " + ") + " = \(Int(batch.target[item, 0]))"
      + NumberSequences.answer(item, of: batch, output: output, loss: error)
  }
}

extension AddingTask {
  enum CodingKeys: String, CodingKey {
    case inputSize = "input_size"
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(
      inputSize: values.decodeIfPresent(Int.self, forKey: .inputSize) ?? Self.standard.inputSize)
  }
}
