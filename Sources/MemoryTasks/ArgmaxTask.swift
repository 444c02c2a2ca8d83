import Foundation
import MemoryTraining
import NeuralMemory

/// The argmax task of the Python package: some one-hot numbers, an end marker, and the position of
/// the largest number is wanted.
///
/// The input is that of `AddingTask`. Positions count from 0; if the largest number stands in
/// several places, the last one is wanted, as in the package's script. What counts is the sum of
/// the outputs of the last time step over its channels; the loss is its squared error (the package
/// divides it by the number of time steps on top, which a learning rule like Adam does not notice),
/// and an answer is right if it rounds to the position. The length of a batch is drawn evenly from
/// 2 up to the greatest one.
public struct ArgmaxTask: MemoryTask {
  public static let name = "argmax"
  public static let summary = "Find the position of the largest of a sequence of one-hot numbers."
  /// The numbers 0 to 4 and the end marker: a valid size.
  public static var standard: ArgmaxTask { try! ArgmaxTask() }
  /// As the Python package's script: 2,000 iterations.
  public static var defaultTraining: TrainingConfiguration {
    var training = TrainingConfiguration()
    training.iterations = 2000
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

  private var error: SummedSquaredError { SummedSquaredError(lastStepOnly: true) }
  public var loss: any Loss { error }
  public var lengthUnit: String { "numbers" }
  public var scoredUnit: String { "positions" }
  public var lengths: ClosedRange<Int> { 2...Int.max }
  public func timeSteps(length: Int) -> Int { length + 1 }

  /// One minus the probability that the last number is a largest one, the likeliest position of
  /// all: `Σ_m ((m + 1) / v)^(L − 1) / v` over the `v` numbers `m`.
  public func chanceErrorRate(length: Int) -> Double {
    let values = inputSize - 1
    let right = (1...values).reduce(0.0) {
      $0 + pow(Double($1) / Double(values), Double(length - 1)) / Double(values)
    }
    return 1 - right
  }

  public func makeBatch(
    count: Int, length: Int, using random: inout RandomNumbers
  ) -> TaskBatch {
    NumberSequences.batch(
      count: count, length: length, inputSize: inputSize, using: &random
    ) { numbers in numbers.lastIndex(of: numbers.max()!)! }
  }

  public func score(_ output: Tensor, elements: Range<Int>, in batch: TaskBatch) -> TaskScore {
    NumberSequences.score(output, elements: elements, in: batch, loss: error)
  }

  /// `3 0 4 4 1: the largest number is last at position 3; the network says 2.98: right`.
  public func describe(_ item: Int, of batch: TaskBatch, output: Tensor?) -> String {
    let numbers = NumberSequences.numbers(item, of: batch)
    return NumberSequences.text(numbers, separator: " ")
      + ": the largest number is last at position \(Int(batch.target[item, 0]))"
      + NumberSequences.answer(item, of: batch, output: output, loss: error)
  }
}

extension ArgmaxTask {
  enum CodingKeys: String, CodingKey {
    case inputSize = "input_size"
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(
      inputSize: values.decodeIfPresent(Int.self, forKey: .inputSize) ?? Self.standard.inputSize)
  }
}
