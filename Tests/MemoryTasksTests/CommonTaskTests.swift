import Foundation
import MemoryTasks
import MemoryTraining
import NeuralMemory
import TestSupport
import Testing

/// What holds for every task of the catalogue.
struct CommonTaskTests {
  static let names = TaskCatalog.all.map { $0.name }

  func standard(_ name: String) throws -> any MemoryTask {
    try #require(TaskCatalog.task(named: name)).standard
  }

  @Test func everyTaskHasANameOfItsOwn() {
    #expect(Set(Self.names).count == Self.names.count)
    #expect(
      Set(Self.names) == [
        "copy", "adding", "argmax", "repeat-copy", "associative-recall", "priority-sort",
        "graph-traversal", "shortest-path", "graph-inference",
      ])
  }

  @Test(arguments: names) func aSeedDeterminesTheBatch(_ name: String) throws {
    func check(_ task: some MemoryTask) {
      let length = task.lengths.clamp(3)
      #expect(task.batch(4, length, seed: 5) == task.batch(4, length, seed: 5))
      #expect(task.batch(4, length, seed: 5) != task.batch(4, length, seed: 6))
    }
    check(try standard(name))
  }

  @Test(arguments: names) func batchesHaveTheShapesPromised(_ name: String) throws {
    func check<T: MemoryTask>(_ task: T) {
      for length in [task.lengths.lowerBound, task.lengths.clamp(4)] {
        let batch = task.batch(6, length, seed: 2)
        let steps = batch.input.shape[1]
        #expect(batch.input.shape == [6, steps, task.inputSize])
        #expect(steps <= task.timeSteps(length: length))
        #expect(steps == batch.lengths?.max() ?? steps)
        #expect(batch.target.shape[0] == 6)
        #expect(batch.lossWeight > 0)
        // Beyond an item's length there is nothing.
        for (item, length) in (batch.lengths ?? []).enumerated() where length < steps {
          let rest = batch.input.select(axis: 0, item).slice(axis: 0, length..<steps)
          #expect(rest == Tensor(shape: rest.shape))
        }
        #expect(!task.describe(0, of: batch, output: nil).isEmpty)
      }
    }
    check(try standard(name))
  }

  @Test(arguments: names) func lengthsAreDrawnEvenly(_ name: String) throws {
    func check(_ task: some MemoryTask) {
      var random = RandomNumbers(seed: 5)
      let maximum = task.lengths.clamp(8)
      var counts: [Int: Int] = [:]
      for _ in 0..<4000 {
        counts[task.drawLength(maximum: maximum, using: &random), default: 0] += 1
      }
      let expected = 4000.0 / Double(maximum - task.lengths.lowerBound + 1)
      #expect(counts.keys.min() == task.lengths.lowerBound && counts.keys.max() == maximum)
      #expect(counts.values.allSatisfy { abs(Double($0) - expected) < 5 * expected.squareRoot() })
      // Below the least length there is only that.
      #expect(task.drawLength(maximum: 0, using: &random) == task.lengths.lowerBound)
    }
    check(try standard(name))
  }

  @Test(arguments: names) func thePiecesOfABatchAddUp(_ name: String) throws {
    func check(_ task: some MemoryTask) {
      let batch = task.batch(5, task.lengths.clamp(3), seed: 9)
      let output = Tensor.random([5, batch.input.shape[1], task.outputSize], seed: 1)
      var gradient = Tensor(shape: output.shape)
      let loss = task.lossAndGradient(of: output, elements: 0..<5, in: batch, gradient: &gradient)
      let score = task.score(output, elements: 0..<5, in: batch)
      var sum = 0.0
      var scores = TaskScore()
      for elements in [0..<2, 2..<5] {
        let piece = output.slice(axis: 0, elements)
        var slopes = Tensor(shape: piece.shape)
        sum += task.lossAndGradient(of: piece, elements: elements, in: batch, gradient: &slopes)
        expectClose(
          slopes, gradient.slice(axis: 0, elements), relative: 1e-6, "gradient of \(elements)")
        scores = scores + task.score(piece, elements: elements, in: batch)
      }
      #expect(abs(sum - loss) < 1e-9 * abs(loss))
      #expect(scores == score && score.sequences == 5)
    }
    check(try standard(name))
  }

  @Test(arguments: names) func theGradientIsThatOfTheLoss(_ name: String) throws {
    func check(_ task: some MemoryTask) {
      let batch = task.batch(2, task.lengths.clamp(2), seed: 3)
      let output = Tensor.random([2, batch.input.shape[1], task.outputSize], seed: 2)
      var gradient = Tensor(shape: output.shape, repeating: 7)
      _ = task.lossAndGradient(of: output, elements: 0..<2, in: batch, gradient: &gradient)
      // Some of the places that count, and some that do not.
      let places = output.values.indices
      let counted = places.filter { gradient.values[$0] != 0 }
      let free = places.filter { gradient.values[$0] == 0 }
      #expect(!counted.isEmpty)
      let chosen =
        stride(from: 0, to: counted.count, by: max(1, counted.count / 40)).map { counted[$0] }
        + stride(from: 0, to: free.count, by: max(1, free.count / 40)).map { free[$0] }
      let differences = centralDifference(
        at: chosen.map { Double(output.values[$0]) }, count: chosen.count, step: 1.0 / 256
      ) { point in
        var moved = output
        for (place, value) in zip(chosen, point) { moved.values[place] = Float(value) }
        var ignored = Tensor(shape: output.shape)
        return task.lossAndGradient(of: moved, elements: 0..<2, in: batch, gradient: &ignored)
      }
      expectClose(
        Tensor(chosen.map { gradient.values[$0] }), Tensor(differences.map { Float($0) }),
        relative: 1e-3, "gradient")
    }
    check(try standard(name))
  }

  @Test(arguments: names) func whatDoesNotCountIsFree(_ name: String) throws {
    func check(_ task: some MemoryTask) {
      let batch = task.batch(3, task.lengths.clamp(3), seed: 8)
      let output = Tensor.random([3, batch.input.shape[1], task.outputSize], seed: 2)
      var gradient = Tensor(shape: output.shape)
      let loss = task.lossAndGradient(of: output, elements: 0..<3, in: batch, gradient: &gradient)
      let score = task.score(output, elements: 0..<3, in: batch)
      var other = output
      for (i, slope) in gradient.values.enumerated() where slope == 0 { other.values[i] = 1e4 }
      let again = task.lossAndGradient(of: other, elements: 0..<3, in: batch, gradient: &gradient)
      #expect(again == loss)
      #expect(task.score(other, elements: 0..<3, in: batch) == score)
    }
    check(try standard(name))
  }

  @Test(arguments: names) func chanceIsNoBetterThanABlindAnswer(_ name: String) throws {
    func check(_ task: some MemoryTask) {
      let length = task.lengths.clamp(4)
      let chance = task.chanceErrorRate(length: length)
      #expect(chance > 0 && chance < 1)
      let batch = task.batch(200, length, seed: 4)
      for constant: Float in [0, 1, -1] {
        let blind = Tensor(
          shape: [200, batch.input.shape[1], task.outputSize], repeating: constant)
        #expect(task.score(blind, elements: 0..<200, in: batch).errorRate > chance - 0.05)
      }
    }
    check(try standard(name))
  }

  @Test(arguments: names) func settingsSurviveAFile(_ name: String) throws {
    func check<T: MemoryTask>(_ task: T) throws {
      let encoder = JSONEncoder()
      encoder.outputFormatting = .sortedKeys
      let data = try encoder.encode(task)
      #expect(try JSONDecoder().decode(T.self, from: data) == task)
      let keys = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any]).keys
      #expect(!keys.isEmpty && keys.allSatisfy { $0 == $0.lowercased() })
      // What a number cannot be is refused, key by key.
      for key in keys where key != "mixed_lengths" && key != "unique_paths" && key != "map" {
        let bad = try JSONEncoder().encode(["input_size": 6].merging([key: -1]) { $1 })
        #expect(throws: ConfigurationError.self, "\(key)") {
          try JSONDecoder().decode(T.self, from: bad)
        }
      }
    }
    try check(standard(name))
  }

  @Test(arguments: names.filter { $0 != "copy" })
  func missingKeysHaveTheirDefaults(_ name: String) throws {
    func check<T: MemoryTask>(_ task: T) throws {
      #expect(try JSONDecoder().decode(T.self, from: Data("{}".utf8)) == task)
    }
    try check(standard(name))
  }
}
