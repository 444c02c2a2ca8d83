import MemoryTasks
import MemoryTraining
import NeuralMemory
import Testing

struct RepeatCopyTaskTests {
  /// Reads a sequence and says what has to be written, from the demo's format alone.
  func solve(_ rows: [[Float]], bits: Int, scale: Float) -> [[Float]] {
    #expect(rows[0] == [Float](repeating: 0, count: bits) + [1, 0])
    var vectors: [[Float]] = []
    var step = 1
    while rows[step][bits + 1] == 0 {
      vectors.append(Array(rows[step][..<bits]))
      step += 1
    }
    let repeats = Int((rows[step][bits + 1] * scale).rounded())
    for row in rows[(step + 1)...] { #expect(row.allSatisfy { $0 == 0 }) }
    var answer: [[Float]] = []
    for _ in 0..<repeats { answer += vectors.map { $0 + [0] } }
    return answer + [[Float](repeating: 0, count: bits) + [1]]
  }

  @Test(arguments: [1, 2, 5], [1...2, 3...3, 2...7])
  func aNaiveSolverMakesNoMistake(_ length: Int, _ repeats: ClosedRange<Int>) throws {
    let task = try RepeatCopyTask(
      bits: 3, minRepeats: repeats.lowerBound, maxRepeats: repeats.upperBound, repeatScale: 7)
    let batch = task.batch(30, length, seed: 4)
    let output = logits(batch) { solve($0, bits: 3, scale: 7) }
    let score = task.score(output, elements: 0..<30, in: batch)
    #expect(score.wrong == 0 && task.isSolved(score))
    #expect(Double(score.total) == batch.lossWeight)
    #expect(task.inputSize == 5 && task.outputSize == 4)
    // Exactly the answer counts.
    for (item, steps) in countedSteps(batch).enumerated() {
      let end = try #require(batch.lengths)[item]
      let count = (end - 3 - length)
      #expect(steps == Array((length + 2)..<end))
      #expect(count % length == 0 && repeats.contains(count / length))
    }
    // All flipped: everything is wrong.
    let flipped = task.score(output.map { -$0 }, elements: 0..<30, in: batch)
    #expect(flipped.wrong == flipped.total && flipped.wrongSequences == 30)
  }

  @Test func repeatsAndBitsAreEvenlyDrawn() throws {
    let task = try RepeatCopyTask(minRepeats: 1, maxRepeats: 4)
    let batch = task.batch(800, 3, seed: 6)
    let lengths = try #require(batch.lengths)
    for repeats in 1...4 {
      #expect(abs(lengths.count { $0 == 3 * (repeats + 1) + 3 } - 200) < 60)
    }
    let ones = (0..<800).map { item in (0..<4).map { batch.input[item, 1, $0] }.reduce(0, +) }
    #expect(abs(ones.reduce(0, +) - 1600) < 200)
  }

  @Test func moreRepeatsAreTheSameTask() throws {
    let task = try RepeatCopyTask(minRepeats: 10, maxRepeats: 10)
    #expect(task.repeats == 10...10 && task.bits == RepeatCopyTask.standard.bits)
    let batch = task.batch(3, 2, seed: 1)
    #expect(batch.input[0, 3, 5] == 1)
    #expect(batch.lengths == [25, 25, 25] && task.timeSteps(length: 2) == 25)
    #expect(throws: ConfigurationError.self) { try RepeatCopyTask(minRepeats: 0, maxRepeats: 3) }
  }

  @Test func chanceCountsTheEndMarker() throws {
    // Two vectors of four bits, then the marker: 4 of 8 data bits wrong, of 15 in all.
    let task = try RepeatCopyTask(minRepeats: 2, maxRepeats: 2)
    #expect(abs(task.chanceErrorRate(length: 1) - 4.0 / 15) < 1e-12)
    let varied = try RepeatCopyTask(minRepeats: 1, maxRepeats: 3)
    let batch = varied.batch(2000, 2, seed: 2)
    let blind = varied.score(Tensor(shape: batch.target.shape), elements: 0..<2000, in: batch)
    #expect(abs(blind.errorRate - varied.chanceErrorRate(length: 2)) < 0.02)
  }

  @Test func describesItselfInSigns() throws {
    let task = try RepeatCopyTask(bits: 1, minRepeats: 2, maxRepeats: 2)
    let batch = task.batch(1, 1, seed: 3)
    let sign = batch.input[0, 1, 0] == 1 ? "█" : "·"
    var output = logits(batch) { solve($0, bits: 1, scale: 10) }
    #expect(
      task.describe(0, of: batch, output: nil)
        == "1 vector, 2 times:\n\(sign) → \(sign)\(sign)·\n  → ··█ end marker")
    output[0, 4, 0] *= -1
    output[0, 5, 1] *= -1
    #expect(
      task.describe(0, of: batch, output: output)
        == "1 vector, 2 times:\n\(sign) → \(sign)x·\n  → ··x end marker")
  }

  @Test func refusesWhatCannotWork() {
    #expect(
      throws: ConfigurationError(
        argument: "bits", value: 0, expected: "a whole number of at least 1")
    ) {
      try RepeatCopyTask(bits: 0)
    }
    #expect(
      throws: ConfigurationError(
        argument: "maxRepeats", value: 2, expected: "a whole number of at least 3")
    ) {
      try RepeatCopyTask(minRepeats: 3, maxRepeats: 2)
    }
  }
}
