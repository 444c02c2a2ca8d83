import MemoryTraining
import NeuralMemory

extension TaskScore {
  /// The score of outputs that are logits of bits: a bit counts as 1 if its logit is above 0.
  ///
  /// Counted are the elements, or with a mask `[batch, time]` all bits of the time steps, where the
  /// batch's mask is above 0; without a mask all of them.
  ///
  /// - Parameters:
  ///   - output: `[elements, time, outputSize]`, for these elements of the batch.
  ///   - elements: which of the batch.
  ///   - batch: the whole batch, with its targets.
  /// - Complexity: O(values of `output`).
  public static func bits(_ output: Tensor, elements: Range<Int>, in batch: TaskBatch) -> TaskScore
  {
    let shape = batch.target.shape
    require(
      output.shape == [elements.count] + shape.dropFirst(),
      "Outputs of elements \(elements) have the shape of their targets, not \(output.shape)")
    let perItem = shape.dropFirst().reduce(1, *)
    let span = batch.mask.map { $0.count == 0 ? 1 : batch.target.count / $0.count } ?? 1
    let mask = batch.mask?.values
    let (logits, target) = (output.values, batch.target.values)
    var score = TaskScore(sequences: elements.count)
    for (row, item) in elements.enumerated() {
      var wrong = 0
      // a mask's value stands for `span` elements; without a mask it is as if all were 1
      for start in stride(from: 0, to: perItem, by: span) {
        if let mask, mask[(item * perItem + start) / span] <= 0 { continue }
        score.total += span
        for i in start..<start + span
        where (logits[row * perItem + i] > 0) != (target[item * perItem + i] > 0.5) {
          wrong += 1
        }
      }
      score.wrong += wrong
      if wrong > 0 { score.wrongSequences += 1 }
    }
    return score
  }
}

/// Bits in signs: `█` is a 1, `·` a 0, and `x` a wrong answer.
enum BitSigns {
  static func sign(_ isOne: Bool) -> Character { isOne ? "█" : "·" }

  static func sign(wanted: Bool, found: Bool?) -> Character {
    guard let found, found != wanted else { return sign(wanted) }
    return "x"
  }

  /// One channel of the input over some steps.
  static func asked(_ batch: TaskBatch, _ item: Int, steps: Range<Int>, bit: Int) -> String {
    String(steps.map { sign(batch.input[item, $0, bit] > 0.5) })
  }

  /// One channel of the target over some steps, wrong bits of the output crossed.
  static func answered(
    _ batch: TaskBatch, _ item: Int, steps: Range<Int>, bit: Int, output: Tensor?
  ) -> String {
    String(
      steps.map { step in
        sign(
          wanted: batch.target[item, step, bit] > 0.5, found: output.map { $0[item, step, bit] > 0 }
        )
      })
  }
}
