import Foundation
import MemoryTraining
import NeuralMemory

/// What the adding and the argmax task share: one-hot numbers, an end marker, one number as the
/// answer.
enum NumberSequences {
  /// Draws numbers from `0 ... inputSize − 2` and writes them with the end marker behind them;
  /// `answer` says what is wanted.
  static func batch(
    count: Int, length: Int, inputSize: Int, using random: inout RandomNumbers,
    answer: ([Int]) -> Int
  ) -> TaskBatch {
    var input = BatchRows(elements: count, steps: length + 1, channels: inputSize)
    var target: [Float] = []
    for item in 0..<count {
      let numbers = (0..<length).map { _ in random.integer(in: 0...inputSize - 2) }
      for (step, number) in numbers.enumerated() { input[item, step, number] = 1 }
      input[item, length, inputSize - 1] = 1
      target.append(Float(answer(numbers)))
    }
    return TaskBatch(
      input: input.tensor, target: Tensor(shape: [count, 1], values: target),
      lossWeight: Double(count))
  }

  /// The numbers of a batch element.
  static func numbers(_ item: Int, of batch: TaskBatch) -> [Int] {
    let (steps, size) = (batch.input.shape[1], batch.input.shape[2])
    return (0..<steps - 1).compactMap { step in
      (0..<size - 1).first { batch.input[item, step, $0] > 0.5 }
    }
  }

  /// An answer is right if it rounds to the target.
  static func score(
    _ output: Tensor, elements: Range<Int>, in batch: TaskBatch, loss: SummedSquaredError
  ) -> TaskScore {
    require(
      output.rank == 3 && output.shape[0] == elements.count,
      "Outputs of elements \(elements) are [elements, time, outputSize], not \(output.shape)")
    var score = TaskScore(total: elements.count, sequences: elements.count)
    for (sum, item) in zip(loss.sums(output), elements)
    where sum.rounded() != Double(batch.target[item, 0]) {
      score.wrong += 1
      score.wrongSequences += 1
    }
    return score
  }

  /// Numbers with a sign between them, the middle of a long sequence left out.
  static func text(_ numbers: [Int], separator: String) -> String {
    let shown = 30
    let texts = numbers.map(String.init)
    guard numbers.count > shown else { return texts.joined(separator: separator) }
    let half = shown / 2
    return (texts.prefix(half) + ["…"] + texts.suffix(half)).joined(separator: separator)
      + " (\(numbers.count) numbers)"
  }

  /// What the network says.
  static func answer(
    _ item: Int, of batch: TaskBatch, output: Tensor?, loss: SummedSquaredError
  ) -> String {
    guard let output else { return "" }
    let sum = loss.sums(output.slice(axis: 0, item..<item + 1))[0]
    let isRight = sum.rounded() == Double(batch.target[item, 0])
    return String(format: "; the network says %.2f: %@", sum, isRight ? "right" : "wrong")
  }
}
