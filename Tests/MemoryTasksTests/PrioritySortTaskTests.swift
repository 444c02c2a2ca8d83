import MemoryTasks
import MemoryTraining
import NeuralMemory
import Testing

struct PrioritySortTaskTests {
  /// The vectors before the end marker by falling priority.
  func sorted(_ rows: [[Float]], bits: Int) -> [[Float]] {
    let end = rows.firstIndex { $0[bits + 1] == 1 }!
    var left = Array(rows[..<end])
    var sorted: [[Float]] = []
    while !left.isEmpty {
      var best = 0
      for (i, row) in left.enumerated() where row[bits] > left[best][bits] { best = i }
      sorted.append(Array(left.remove(at: best)[..<bits]))
    }
    return sorted
  }

  @Test(arguments: [(20, 16), (1, 1), (5, 4), (6, 5)])
  func aNaiveSolverMakesNoMistake(_ length: Int, _ answers: Int) throws {
    let task = PrioritySortTask.standard
    #expect(task.answers(length: length) == answers)
    let batch = task.batch(20, length, seed: 3)
    #expect(batch.input.shape == [20, length + 1 + answers, 10])
    let output = logits(batch) { Array(sorted($0, bits: 8).prefix(answers)) }
    let score = task.score(output, elements: 0..<20, in: batch)
    #expect(
      score == TaskScore(wrong: 0, total: 20 * 8 * answers, wrongSequences: 0, sequences: 20))
    #expect(countedSteps(batch).allSatisfy { $0 == Array((length + 1)...(length + answers)) })
    #expect(task.score(output.map { -$0 }, elements: 0..<20, in: batch).wrong == score.total)
  }

  @Test func isSolvedButForPrioritiesThatNearlyTie() throws {
    let task = PrioritySortTask.standard
    func score(_ wrong: Int) -> TaskScore {
      TaskScore(wrong: wrong, total: 1000, wrongSequences: wrong, sequences: 100)
    }
    #expect(task.isSolved(score(5)) && !task.isSolved(score(6)) && !task.isSolved(TaskScore()))
  }

  @Test func prioritiesAreEvenAndDiffer() throws {
    let batch = PrioritySortTask.standard.batch(200, 20, seed: 4)
    var tenths = [Int](repeating: 0, count: 10)
    for item in 0..<200 {
      let priorities = (0..<20).map { batch.input[item, $0, 8] }
      #expect(Set(priorities).count == 20)
      for priority in priorities {
        #expect(priority >= -1 && priority < 1)
        tenths[Int((priority + 1) * 5)] += 1
      }
    }
    #expect(tenths.allSatisfy { abs($0 - 400) < 100 })
  }

  @Test func describesItselfInSigns() throws {
    let task = try PrioritySortTask(bits: 2, share: 0.5)
    let batch = task.batch(1, 2, seed: 1)
    let lines = task.describe(0, of: batch, output: nil).split(separator: "\n")
    #expect(lines.count == 2)
    #expect(lines[0].contains(" → ") && !lines[1].contains(" → "))
    let wrong = task.describe(0, of: batch, output: batch.target.map { 1 - 2 * $0 })
    #expect(wrong.contains("→ xx"))
  }

  @Test(arguments: [0, -0.5, 1.01, Double.nan]) func refusesShares(_ share: Double) {
    #expect(throws: ConfigurationError.self) { try PrioritySortTask(share: share) }
  }
}
