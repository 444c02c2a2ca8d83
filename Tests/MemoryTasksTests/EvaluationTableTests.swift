import Foundation
import MemoryTasks
import MemoryTraining
import NeuralMemory
import Testing

struct EvaluationTableTests {
  func table(_ chances: [Double]) -> EvaluationTable {
    EvaluationTable(
      trainedUpTo: 4, iteration: 30, task: "adding", unit: "sums",
      rows: zip([4, 6, 8], chances).map { length, chance in
        EvaluationTable.Row(
          length: length, steps: length + 1, chance: chance,
          score: TaskScore(wrong: 1, total: 10, wrongSequences: 1, sequences: 10))
      })
  }

  @Test func speaksInTheTasksWords() {
    let text = table([0.5, 0.5, 0.5]).text()
    #expect(text.contains("Task adding after 30 iterations"))
    #expect(text.contains("gets 50.00 % of the sums wrong."))
    #expect(text.contains("wrong sums") && text.contains("1.79 to 40.42 %"))
    #expect(text.contains("1.5 times longer") && text.contains("2 times longer"))
    // Where chance depends on the length it has a column.
    let other = table([0.5, 0.6, 0.7]).text()
    #expect(other.contains("blind") && other.contains("70.00 %"))
  }

  @Test func measuresInStreamsOfTheirOwn() throws {
    let task = CopyTask.standard
    let network = DNC(
      inputSize: 6, hiddenSize: 4, numHiddenLayers: 1, nrCells: 3, readHeads: 1, cellSize: 2)
    func rows(_ lengths: [Int]) -> [EvaluationTable.Row] {
      EvaluationTable(
        of: network, on: task, lengths: lengths, sequences: 7, seed: 3, trainedUpTo: 2,
        iteration: nil
      ).rows
    }
    #expect(rows([2, 5])[1] == rows([5])[0])
    #expect(rows([5])[0].score.sequences == 7 && rows([5])[0].steps == 11)
  }

  @Test func lengthsThatMakeSense() {
    #expect(Evaluation.lengths(trainedUpTo: 3, factor: 3) == [1, 2, 3, 6, 9])
    #expect(Evaluation.lengths(trainedUpTo: 3, factor: 3, within: 2...7) == [2, 3, 6])
    #expect(Evaluation.lengths(trainedUpTo: 9, factor: 1, within: 1...4) == [1, 2, 3, 4])
    #expect(Evaluation.lengths(trainedUpTo: 100, factor: 2).count == 11)
  }
}
