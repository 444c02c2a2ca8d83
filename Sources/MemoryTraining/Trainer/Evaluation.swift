import NeuralMemory

/// How a network does on fresh examples.
public enum Evaluation {
  /// The score over `sequences` fresh examples of one length, in batches of at most `batchSize`.
  ///
  /// Complexity: as that of running the network over all sequences; memory as for one batch.
  public static func score<Network: TrainableNetwork, Task: TrainingTask>(
    _ network: Network, on task: Task, length: Int, sequences: Int, batchSize: Int = 100,
    using random: inout RandomNumbers
  ) -> TaskScore {
    let task = task.measured
    var score = TaskScore()
    var left = sequences
    while left > 0 {
      let count = min(left, batchSize)
      let batch = task.makeBatch(count: count, length: length, using: &random)
      let output = network.evaluate(batch.input, lengths: batch.lengths)
      score = score + task.score(output, elements: 0..<count, in: batch)
      left -= count
    }
    return score
  }

  /// The scores over at least `sequences` fresh examples spread evenly over the lengths.
  ///
  /// With `stopAtFirstError`, the lengths after one with a wrong answer are left out.
  public static func scores<Network: TrainableNetwork, Task: TrainingTask>(
    _ network: Network, on task: Task, lengths: [Int], sequences: Int,
    stopAtFirstError: Bool = false, using random: inout RandomNumbers
  ) -> [(length: Int, score: TaskScore)] {
    let share = (sequences + lengths.count - 1) / max(lengths.count, 1)
    var scores: [(length: Int, score: TaskScore)] = []
    for length in lengths {
      let score = score(network, on: task, length: length, sequences: share, using: &random)
      scores.append((length, score))
      if stopAtFirstError && score.wrong > 0 { break }
    }
    return scores
  }

  /// The lengths at which a network trained up to `maximum` is looked at: up to ten training
  /// lengths spread evenly, then `maximum` times 2, 3, … `factor`; those among them that make
  /// sense.
  public static func lengths(
    trainedUpTo maximum: Int, factor: Int = 10, within range: ClosedRange<Int> = 1...Int.max
  ) -> [Int] {
    let count = min(maximum, 10)
    let trained = (1...count).map { max(1, $0 * maximum / count) }
    let longer = factor < 2 ? [] : (2...factor).map { $0 * maximum }
    var found: [Int] = []
    for length in trained.map({ max($0, range.lowerBound) }) + longer
    where range.contains(length) && length > found.last ?? 0 { found.append(length) }
    return found
  }

  /// The training lengths up to a greatest one over which a task is checked: all of them, or a
  /// thousand spread evenly.
  static func trainedLengths(of task: some TrainingTask, upTo maximum: Int) -> [Int] {
    let range = task.lengths
    let most = max(range.lowerBound, min(maximum, range.upperBound))
    let least = range.lowerBound
    let count = min(most - least + 1, 1000)
    return (0..<count).map { most - (count - 1 - $0) * (most - least) / max(count - 1, 1) }
  }
}
