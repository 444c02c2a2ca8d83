import MemoryTasks
import MemoryTraining
import NeuralMemory
import Testing

struct NumberTaskTests {
  /// The numbers of a sequence; checks that it has the form of the specification.
  func numbers(_ rows: [[Float]]) -> [Int] {
    for row in rows {
      #expect(row.filter { $0 == 1 }.count == 1 && row.filter { $0 == 0 }.count == row.count - 1)
    }
    let found = rows.map { $0.firstIndex(of: 1)! }
    #expect(found.last == rows[0].count - 1)
    #expect(found.dropLast().allSatisfy { $0 < rows[0].count - 1 })
    return Array(found.dropLast())
  }

  @Test func addingWantsTheSum() throws {
    let task = try AddingTask(inputSize: 5)
    let batch = task.batch(40, 9, seed: 1)
    var output = Tensor(shape: [40, 10, 5])
    for item in 0..<40 {
      // A solver that pays each number out as it comes, over two channels.
      for (step, number) in numbers(rows(item, of: batch)).enumerated() {
        output[item, step, 0] = Float(number) - 0.25
        output[item, step, 4] = 0.25
      }
    }
    #expect(
      task.score(output, elements: 0..<40, in: batch)
        == TaskScore(wrong: 0, total: 40, wrongSequences: 0, sequences: 40))
    #expect(task.loss.value(output, target: batch.target) < 1e-9)
    // Less than a half off is still right, more is not.
    output[3, 9, 2] = 0.45
    output[5, 9, 2] = 0.55
    output[6, 0, 1] = .nan
    #expect(task.score(output, elements: 0..<40, in: batch).wrong == 2)
    #expect(task.score(output.slice(axis: 0, 3..<6), elements: 3..<6, in: batch).wrong == 1)
    #expect(batch.lossWeight == 40)
  }

  @Test func argmaxWantsTheLastPlaceOfTheLargest() throws {
    let task = try ArgmaxTask(inputSize: 4)
    let batch = task.batch(60, 8, seed: 2)
    var output = Tensor.random([60, 9, 4], seed: 7)
    var ties = 0
    for item in 0..<60 {
      var best = (number: -1, place: -1)
      let numbers = numbers(rows(item, of: batch))
      for (place, number) in numbers.enumerated() where number >= best.number {
        best = (number, place)
      }
      if numbers.filter({ $0 == best.number }).count > 1 { ties += 1 }
      for channel in 0..<4 { output[item, 8, channel] = Float(best.place) / 4 }
    }
    #expect(ties > 10)
    #expect(task.score(output, elements: 0..<60, in: batch).wrong == 0)
    #expect(task.loss.value(output, target: batch.target) < 1e-9)
    output[0, 8, 0] += 0.6
    #expect(task.score(output, elements: 0..<60, in: batch).wrong == 1)
    #expect(abs(task.loss.value(output, target: batch.target) - 0.36 / 60) < 1e-5)
  }

  @Test func allNumbersOccurEquallyOften() throws {
    let batch = try AddingTask(inputSize: 6).batch(200, 50, seed: 3)
    var counts = [Int](repeating: 0, count: 5)
    for item in 0..<200 {
      for number in numbers(rows(item, of: batch)) { counts[number] += 1 }
    }
    #expect(counts.allSatisfy { abs($0 - 2000) < 200 })
  }

  @Test func chanceIsThatOfTheLikeliestAnswer() throws {
    // Two numbers of 0 ... 2: the sum 2 comes in three ways of nine.
    #expect(abs(try AddingTask(inputSize: 4).chanceErrorRate(length: 2) - (1 - 3.0 / 9)) < 1e-12)
    // The normal distribution takes over without a step.
    let adding = try AddingTask(inputSize: 3)
    let (exact, normal) = (adding.chanceErrorRate(length: 100), adding.chanceErrorRate(length: 101))
    #expect(normal > exact && normal - exact < 0.001)
    // Two numbers of 0 and 1: the last is a largest one in three cases of four.
    #expect(try ArgmaxTask(inputSize: 3).chanceErrorRate(length: 2) == 0.25)
    let argmax = try ArgmaxTask(inputSize: 6)
    let batch = argmax.batch(2000, 5, seed: 1)
    let last = (0..<2000).count { batch.target[$0, 0] == 4 }
    #expect(abs(1 - Double(last) / 2000 - argmax.chanceErrorRate(length: 5)) < 0.04)
  }

  @Test func describesItselfInWords() throws {
    let batch = TaskBatch(
      input: Tensor(
        shape: [1, 4, 4], values: [0, 0, 1, 0] + [1, 0, 0, 0] + [0, 0, 1, 0] + [0, 0, 0, 1]),
      target: Tensor(shape: [1, 1], values: [4]), lossWeight: 1)
    let output = Tensor(shape: [1, 4, 4], repeating: 0.25)
    let adding = try AddingTask(inputSize: 4)
    #expect(adding.describe(0, of: batch, output: nil) == "2 + 0 + 2 = 4")
    #expect(
      adding.describe(0, of: batch, output: output)
        == "2 + 0 + 2 = 4; the network says 4.00: right")
    let argmax = try ArgmaxTask(inputSize: 4)
    let position = TaskBatch(
      input: batch.input, target: Tensor(shape: [1, 1], values: [2]), lossWeight: 1)
    #expect(
      argmax.describe(0, of: position, output: output)
        == "2 0 2: the largest number is last at position 2; the network says 1.00: wrong")
    let long = adding.describe(0, of: adding.batch(1, 500, seed: 1), output: nil)
    #expect(long.contains("… ") && long.contains("(500 numbers)") && long.count < 200)
  }

  @Test func refusesSizesWithoutAChoice() {
    #expect(
      throws: ConfigurationError(
        argument: "inputSize", value: 2, expected: "a whole number of at least 3")
    ) {
      try AddingTask(inputSize: 2)
    }
    #expect(
      throws: ConfigurationError(
        argument: "inputSize", value: 2, expected: "a whole number of at least 3")
    ) {
      try ArgmaxTask(inputSize: 2)
    }
  }
}
