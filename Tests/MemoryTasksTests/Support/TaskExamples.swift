import MemoryTasks
import MemoryTraining
import NeuralMemory

extension MemoryTask {
  /// A batch from a seed.
  func batch(_ count: Int, _ length: Int, seed: UInt64) -> TaskBatch {
    var random = RandomNumbers(seed: seed)
    return makeBatch(count: count, length: length, using: &random)
  }
}

extension Tensor {
  /// Normally distributed values.
  static func random(_ shape: [Int], seed: UInt64) -> Tensor {
    var random = RandomNumbers(seed: seed)
    return Tensor(shape: shape, values: (0..<shape.reduce(1, *)).map { _ in random.normal() })
  }
}

/// Rows of a batch's input as a solver sees them: nothing but the channels of each time step.
func rows(_ item: Int, of batch: TaskBatch) -> [[Float]] {
  (0..<(batch.lengths?[item] ?? batch.input.shape[1])).map { step in
    (0..<batch.input.shape[2]).map { batch.input[item, step, $0] }
  }
}

/// Logits `[elements, time, channels]` of −3, and 3 where an answer has a 1. `answers` gives the
/// bits of the last time steps of each item.
func logits(_ batch: TaskBatch, _ answers: ([[Float]]) -> [[Float]]) -> Tensor {
  var output = Tensor(shape: batch.target.shape, repeating: -3)
  for item in 0..<batch.count {
    let rows = rows(item, of: batch)
    let answer = answers(rows)
    for (i, bits) in answer.enumerated() {
      for (channel, bit) in bits.enumerated() {
        output[item, rows.count - answer.count + i, channel] = bit == 1 ? 3 : -3
      }
    }
  }
  return output
}

/// The time steps of each item at which the mask counts.
func countedSteps(_ batch: TaskBatch) -> [[Int]] {
  (0..<batch.count).map { item in
    (0..<batch.input.shape[1]).filter { batch.mask![item, $0] > 0 }
  }
}
