import MemoryTasks
import MemoryTraining
import NeuralMemory
import Testing

struct AssociativeRecallTaskTests {
  /// Splits a sequence at its delimiters.
  func read(_ rows: [[Float]], bits: Int) -> (items: [[[Float]]], asked: [[Float]]) {
    var items: [[[Float]]] = []
    var asked: [[Float]] = []
    var queries = 0
    for row in rows {
      if row[bits] == 1 {
        items.append([])
      } else if row[bits + 1] == 1 {
        queries += 1
      } else if queries == 0 {
        items[items.count - 1].append(Array(row[..<bits]))
      } else if queries == 1 {
        asked.append(Array(row[..<bits]))
      } else {
        #expect(row.allSatisfy { $0 == 0 })
      }
    }
    #expect(queries == 2)
    return (items, asked)
  }

  @Test(arguments: [2, 3, 9]) func aNaiveSolverMakesNoMistake(_ length: Int) throws {
    let task = try AssociativeRecallTask(bits: 4, vectors: 2)
    let batch = task.batch(40, length, seed: 5)
    #expect(batch.input.shape == [40, 3 * length + 6, 6])
    let output = logits(batch) { rows in
      let (items, asked) = read(rows, bits: 4)
      #expect(items.count == length && Set(items).count == length)
      return items[items.firstIndex(of: asked)! + 1]
    }
    let score = task.score(output, elements: 0..<40, in: batch)
    #expect(score == TaskScore(wrong: 0, total: 40 * 8, wrongSequences: 0, sequences: 40))
    #expect(batch.lossWeight == 320)
    #expect(countedSteps(batch).allSatisfy { $0 == [3 * length + 4, 3 * length + 5] })
    #expect(task.score(output.map { -$0 }, elements: 0..<40, in: batch).wrong == 320)
  }

  @Test func allItemsButTheLastAreAskedAbout() throws {
    let task = AssociativeRecallTask.standard
    let batch = task.batch(900, 4, seed: 2)
    var counts = [0, 0, 0]
    for item in 0..<900 {
      let (items, asked) = read(rows(item, of: batch), bits: 6)
      counts[items.firstIndex(of: asked)!] += 1
    }
    #expect(counts.allSatisfy { abs($0 - 300) < 75 })
  }

  @Test func itemsDifferEvenIfThereAreFew() throws {
    let task = try AssociativeRecallTask(bits: 3, vectors: 1)
    #expect(task.lengths == 2...4)
    let batch = task.batch(50, 4, seed: 1)
    for item in 0..<50 {
      #expect(Set(read(rows(item, of: batch), bits: 3).items).count == 4)
    }
    #expect(throws: ConfigurationError.self) { try AssociativeRecallTask(bits: 1, vectors: 1) }
    #expect(throws: ConfigurationError.self) {
      try AssociativeRecallTask(bits: 3, vectors: 1, minItems: 5)
    }
    #expect(try AssociativeRecallTask(bits: 70, vectors: 1).lengths.upperBound == .max)
  }

  @Test func describesItselfInSigns() throws {
    let task = try AssociativeRecallTask(bits: 1, vectors: 2)
    let batch = task.batch(1, 2, seed: 1)
    func signs(_ steps: [Int]) -> String {
      steps.map { batch.input[0, $0, 0] == 1 ? "█" : "·" }.joined()
    }
    #expect(
      task.describe(0, of: batch, output: nil)
        == "\(signs([1, 2])) \(signs([4, 5]))   after \(signs([1, 2])) → \(signs([4, 5]))")
    let wrong = batch.target.map { 1 - 2 * $0 }
    #expect(task.describe(0, of: batch, output: wrong).hasSuffix("→ xx"))
  }
}
