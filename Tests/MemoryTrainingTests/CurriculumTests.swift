import Foundation
import MemoryTraining
import Testing

struct CurriculumTests {
  /// The greatest lengths after iterations with the given losses and error rates.
  func stages(_ curriculum: Curriculum, _ values: [(loss: Double, error: Double)]) -> [Int] {
    var curriculum = curriculum
    return values.enumerated().map { index, value in
      curriculum.advance(
        completedIterations: index + 1, loss: value.loss, errorRate: value.error)
      return curriculum.maximumLength
    }
  }

  @Test func linearGrowsWithTime() {
    let curriculum = Curriculum(maximumLength: 2, increment: 3, frequency: 2, limit: 7)
    #expect(stages(curriculum, Array(repeating: (9, 9), count: 8)) == [2, 5, 5, 7, 7, 7, 7, 7])
  }

  /// The mean over a window counts, not a single iteration, and a failed window starts afresh.
  @Test func exponentialDoublesOnSuccess() {
    let curriculum = Curriculum(
      maximumLength: 3, frequency: 2, kind: .exponential, threshold: 0.5, limit: 10)
    let losses = [0.9, 0.0, 0.2, 0.9, 0.6, 0.6, 0.1, 0.1, 0.1, 0.1]
    #expect(
      stages(curriculum, losses.map { ($0, 1) }) == [3, 6, 6, 6, 6, 6, 6, 10, 10, 10])
  }

  @Test func lessonsGrowOnFewErrors() {
    let curriculum = Curriculum(
      maximumLength: 1, increment: 2, frequency: 3, kind: .lessons, threshold: 0.1)
    let errors = [0.0, 0.2, 0.0, 0.3, 0.3, 0.0, 0.0, 0.0, 0.0]
    #expect(stages(curriculum, errors.map { (9, $0) }) == [1, 1, 3, 3, 3, 3, 3, 3, 5])
  }

  @Test func knowsItsLastStage() {
    #expect(Curriculum(maximumLength: 3).isAtLastStage)
    #expect(Curriculum(maximumLength: 3, increment: 1).isAtLastStage)
    #expect(!Curriculum(maximumLength: 3, increment: 1, limit: 4).isAtLastStage)
    #expect(Curriculum(maximumLength: 4, increment: 1, limit: 4).isAtLastStage)
    #expect(!Curriculum(maximumLength: 3, kind: .exponential, limit: 4).isAtLastStage)
  }

  /// Against the sum over all iterations, one by one.
  @Test(arguments: [0, 1, 5, 9, 10, 11, 39, 40], [nil, 5, 100])
  func foreseesItsCost(_ done: Int, _ limit: Int?) {
    var curriculum = Curriculum(maximumLength: 2, increment: 1, frequency: 10, limit: limit)
    for i in 0..<done { curriculum.advance(completedIterations: i + 1, loss: 0, errorRate: 0) }
    let cost = { (length: Int) in Double(length * length) }
    var (expected, copy) = (0.0, curriculum)
    for i in done..<40 {
      expected += cost(copy.maximumLength)
      copy.advance(completedIterations: i + 1, loss: 0, errorRate: 0)
    }
    #expect(curriculum.costAhead(done: done, total: 40, cost: cost) == expected)
  }

  @Test func neverOverflows() {
    let curriculum = Curriculum(
      maximumLength: .max / 2 + 1, frequency: 1, kind: .exponential, threshold: 1)
    #expect(stages(curriculum, [(0, 0)]) == [.max / 2 + 1])
  }

  /// A curriculum of earlier versions is written and read as it was; a window under way is kept.
  @Test func staysReadable() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let plain = Curriculum(maximumLength: 4, increment: 1, frequency: 7)
    let text = #"{"frequency":7,"increment":1,"maximum_length":4}"#
    #expect(String(decoding: try encoder.encode(plain), as: UTF8.self) == text)
    #expect(try JSONDecoder().decode(Curriculum.self, from: Data(text.utf8)) == plain)
    var other = Curriculum(
      maximumLength: 4, increment: 1, frequency: 7, kind: .lessons, threshold: 0.125, limit: 9)
    other.advance(completedIterations: 1, loss: 0, errorRate: 1.0 / 3)
    let data = try encoder.encode(other)
    #expect(try JSONDecoder().decode(Curriculum.self, from: data) == other)
    #expect(other.sum == 1.0 / 3 && other.count == 1)
  }
}
