import Foundation
import MemoryTasks
import MemoryTraining
import NeuralMemory
import Testing

/// A task of a user's own, as `docs/tasks.md` shows it.
struct OwnTaskTests {
  @Test func theDocumentShowsTheFile() throws {
    let here = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    let root = (0..<3).reduce(here) { url, _ in url.deletingLastPathComponent() }
    let document = try String(
      contentsOf: root.appendingPathComponent("docs/tasks.md"), encoding: .utf8)
    let file = try String(
      contentsOf: here.appendingPathComponent("ParityTask.swift"), encoding: .utf8)
    #expect(document.contains("```swift\n" + file + "```"))
  }

  @Test func isTrained() throws {
    var configuration = RunConfiguration<ParityTask>.packageDefaults()
    configuration.model.hiddenSize = 16
    configuration.model.numHiddenLayers = 1
    configuration.training.batchSize = 16
    configuration.training.learningRate = LearningRate(1e-2)
    configuration.training.curriculum = Curriculum(maximumLength: 3)
    try configuration.validate()
    var trainer = try Trainer(
      network: DNC(configuration: configuration.model, seed: 1), task: configuration.task,
      configuration: configuration.training)
    for _ in 0..<300 { _ = try trainer.step() }
    let table = EvaluationTable(
      of: trainer.network, on: configuration.task, lengths: [1, 2, 3], sequences: 50, seed: 1,
      trainedUpTo: 3, iteration: 300)
    #expect(table.rows.allSatisfy { $0.score.wrong == 0 })
    var random = RandomNumbers(seed: 1)
    let batch = configuration.task.makeBatch(count: 1, length: 3, using: &random)
    let text = configuration.task.describe(0, of: batch, output: nil)
    #expect(text.hasSuffix("odd") == (text.filter { $0 == "1" }.count % 2 == 1))
  }
}
