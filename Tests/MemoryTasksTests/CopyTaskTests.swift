import MemoryTasks
import MemoryTraining
import NeuralMemory
import Testing

struct CopyTaskTests {
  func batch(_ task: CopyTask, _ count: Int, _ length: Int, seed: UInt64) -> TaskBatch {
    var random = RandomNumbers(seed: seed)
    return task.makeBatch(count: count, length: length, using: &random)
  }

  /// A network that reads the batch and writes the right logits, independently of the generator.
  func solve(_ batch: TaskBatch) -> Tensor {
    let (elements, steps, size) = (batch.input.shape[0], batch.input.shape[1], batch.input.shape[2])
    var output = Tensor(shape: batch.input.shape, repeating: -3)
    for item in 0..<elements {
      var memory: [[Float]] = []
      var hasSeenMarker = false
      for step in 0..<steps {
        let row = (0..<size).map { batch.input[item, step, $0] }
        if row[size - 1] == 1 {
          hasSeenMarker = true
        } else if !hasSeenMarker {
          memory.append(row)
        } else if !memory.isEmpty {
          for (channel, value) in memory.removeFirst().enumerated() {
            output[item, step, channel] = value == 1 ? 3 : -3
          }
        }
      }
    }
    return output
  }

  @Test(arguments: [1, 3, 8], [2, 6])
  func hasTheFormOfTheSpecification(_ length: Int, _ inputSize: Int) throws {
    let count = 5
    let task = try CopyTask(inputSize: inputSize)
    let batch = batch(task, count, length, seed: 3)
    let shape = [count, 2 * length + 1, inputSize]
    #expect(batch.input.shape == shape)
    #expect(batch.target.shape == shape)
    #expect(batch.lengths == nil)
    #expect(task.outputSize == inputSize)
    #expect(task.timeSteps(length: length) == shape[1])
    let mask = try #require(batch.mask)
    for item in 0..<count {
      for step in 0..<shape[1] {
        for channel in 0..<inputSize {
          let isAnswer = step > length && channel < inputSize - 1
          #expect(mask[item, step, channel] == (isAnswer ? 1 : 0))
          let expected = isAnswer ? batch.input[item, step - length - 1, channel] : 0
          #expect(batch.target[item, step, channel] == expected)
          if step >= length || channel == inputSize - 1 {
            let isMarker = step == length && channel == inputSize - 1
            #expect(batch.input[item, step, channel] == (isMarker ? 1 : 0))
          } else {
            #expect([0, 1].contains(batch.input[item, step, channel]))
          }
        }
      }
    }
    #expect(batch.lossWeight == Double(count * length * (inputSize - 1)))
  }

  @Test(arguments: [false, true])
  func aNaiveSolverMakesNoMistake(_ mixed: Bool) throws {
    let task = try CopyTask(mixedLengths: mixed)
    let batch = batch(task, 20, 7, seed: 11)
    let score = task.score(solve(batch), elements: 0..<20, in: batch)
    #expect(score.wrong == 0 && score.wrongSequences == 0 && score.sequences == 20)
    #expect(Double(score.total) == batch.lossWeight)
    #expect(task.isSolved(score))
    #expect(!task.isSolved(TaskScore()))
  }

  @Test func countsWrongBits() throws {
    let task = try CopyTask()
    let batch = batch(task, 4, 3, seed: 1)
    var output = solve(batch)
    for channel in [0, 2] { output[1, 5, channel] *= -1 }
    output[3, 4, 1] *= -1
    output[0, 2, 0] = 99  // before the answer: free
    output[0, 5, 5] = 99  // the marker's channel: free
    #expect(
      task.score(output, elements: 0..<4, in: batch)
        == TaskScore(wrong: 3, total: 60, wrongSequences: 2, sequences: 4))
    // The same in pieces.
    let pieces = [0..<2, 2..<4].map {
      task.score(output.slice(axis: 0, $0), elements: $0, in: batch)
    }
    #expect(
      pieces[0] + pieces[1] == TaskScore(wrong: 3, total: 60, wrongSequences: 2, sequences: 4))
    #expect(pieces[0].wrong == 2)
    #expect(pieces[0].errorRate == 2.0 / 30)
  }

  @Test func guessingIsWrongHalfOfTheTime() throws {
    let task = try CopyTask()
    let batch = batch(task, 200, 8, seed: 4)
    let blank = task.score(Tensor(shape: batch.target.shape), elements: 0..<200, in: batch)
    #expect(abs(blank.errorRate - task.chanceErrorRate(length: 4)) < 0.02)
  }

  @Test func lossIsTheMeanOverTheAnswer() throws {
    let task = try CopyTask()
    let batch = batch(task, 3, 2, seed: 9)
    var gradient = Tensor(shape: batch.target.shape)
    let blank = Tensor(shape: batch.target.shape)
    let loss = task.lossAndGradient(of: blank, elements: 0..<3, in: batch, gradient: &gradient)
    #expect(abs(loss - 0.6931471805599453) < 1e-12)
    #expect(abs(gradient.map(abs).sum - 0.5) < 1e-5)
  }

  @Test func aSeedDeterminesTheBatch() throws {
    let task = try CopyTask()
    #expect(batch(task, 5, 6, seed: 21) == batch(task, 5, 6, seed: 21))
    #expect(batch(task, 5, 6, seed: 21) != batch(task, 5, 6, seed: 22))
  }

  @Test func lengthsAreUniform() throws {
    let task = try CopyTask()
    var random = RandomNumbers(seed: 5)
    var counts = [Int](repeating: 0, count: 9)
    for _ in 0..<8000 { counts[task.drawLength(maximum: 8, using: &random)] += 1 }
    #expect(counts[0] == 0)
    #expect(counts[1...].allSatisfy { abs($0 - 1000) < 150 })
  }

  @Test func mixedLengthsPadEachItem() throws {
    let task = try CopyTask(mixedLengths: true)
    let batch = batch(task, 50, 6, seed: 8)
    let lengths = try #require(batch.lengths)
    #expect(Set(lengths) == Set((1...6).map { 2 * $0 + 1 }))
    #expect(batch.input.shape == [50, 13, 6])
    for (item, length) in lengths.enumerated() where length < 13 {
      let rest = batch.input.select(axis: 0, item).slice(axis: 0, length..<13)
      #expect(rest == Tensor(shape: rest.shape))
      let free = try #require(batch.mask).select(axis: 0, item).slice(axis: 0, length..<13)
      #expect(free == Tensor(shape: free.shape))
    }
  }

  @Test func describesItselfInSigns() throws {
    let task = try CopyTask(inputSize: 3)
    let batch = batch(task, 1, 2, seed: 2)
    var output = solve(batch)
    func sign(_ step: Int, _ bit: Int) -> String { batch.input[0, step, bit] == 1 ? "█" : "·" }
    let row0 = sign(0, 0) + sign(1, 0)
    let row1 = sign(0, 1) + sign(1, 1)
    #expect(task.describe(0, of: batch, output: nil) == "\(row0) → \(row0)\n\(row1) → \(row1)")
    output[0, 4, 1] *= -1
    #expect(
      task.describe(0, of: batch, output: output)
        == "\(row0) → \(row0)\n\(row1) → \(sign(0, 1))x")
  }

  @Test func refusesSizesWithoutABit() {
    for size in [1, 0, -4] {
      #expect(
        throws: ConfigurationError(
          argument: "inputSize", value: size, expected: "a whole number of at least 2")
      ) {
        try CopyTask(inputSize: size)
      }
    }
  }
}
