import Foundation
import MemoryInspection
import MemoryTasks
import MemoryTraining
import NeuralMemory
import TestSupport
import Testing

@testable import DNCCommand

/// Those who look on see everything and change nothing.
struct TrainingObserverTests {
  final class Recorder: TrainingObserver {
    var starts: [TrainingStart] = []
    var iterations: [Int] = []
    var examples: [ExampleSnapshot] = []
    var ends: [TrainingEnd] = []

    func began(_ start: TrainingStart) { starts.append(start) }
    func iteration(_ report: IterationReport, _ moment: any TrainingMoment) {
      iterations.append(report.iteration)
      #expect(moment.network.inputSize == 6 && moment.task is CopyTask)
      guard report.iteration % 5 == 0 else { return }
      examples.append(
        ExampleSnapshot(after: report, of: moment.task, network: moment.network, seed: 0))
    }
    func ended(_ end: TrainingEnd) { ends.append(end) }
  }

  func run(_ observer: Recorder?, _ memoryType: MemoryType, folder: URL) throws -> [Float] {
    var configuration = RunConfiguration<CopyTask>.packageDefaults(memoryType: memoryType)
    configuration.model.hiddenSize = 8
    configuration.training.iterations = 10
    configuration.training.batchSize = 3
    let network = try TrainingSession(
      console: Console(), shownFolder: "run", observers: observer.map { [$0] } ?? []
    ).run(
      configuration, in: RunFolder.create(at: folder, configuration: configuration),
      resuming: false, closing: false
    ).network
    return network.parameters.values
  }

  @Test(arguments: MemoryType.allCases)
  func seesEverythingAndChangesNothing(_ memoryType: MemoryType) throws {
    let temporary = try TemporaryFolder()
    let recorder = Recorder()
    let seen = try run(recorder, memoryType, folder: temporary.file("seen"))
    #expect(try run(nil, memoryType, folder: temporary.file("unseen")) == seen)
    #expect(recorder.starts.count == 1 && recorder.iterations == Array(1...10))
    #expect(recorder.starts[0].model.memoryType == memoryType)
    #expect(recorder.starts[0].parameterCount == seen.count)
    #expect(recorder.ends.map(\.outcome) == [.finished])
    #expect(recorder.ends[0].iterations == 10)
    #expect(recorder.examples.count == 2)
    let example = recorder.examples[0]
    #expect(example.input.shape == [9, 6] && example.output.shape == [9, 6])
    #expect(example.description.contains("→"))
    #expect((example.memory == nil) == (memoryType == .none))
    #expect(recorder.examples[0].input != recorder.examples[1].input)
  }

  @Test func hearsOfAFailure() throws {
    let temporary = try TemporaryFolder()
    let recorder = Recorder()
    var configuration = RunConfiguration<CopyTask>.packageDefaults()
    configuration.model.hiddenSize = 8
    configuration.training.optimizer = .sgd
    configuration.training.gradientClip = 0
    configuration.training.learningRate = LearningRate(1e30)
    configuration.training.weightDecay = 1e-20
    let folder = try RunFolder.create(
      at: temporary.file("run"), configuration: configuration)
    #expect(throws: StoppedRun.self) {
      try TrainingSession(console: Console(), shownFolder: "run", observers: [recorder])
        .run(configuration, in: folder, resuming: false)
    }
    guard case .failed(let text)? = recorder.ends.first?.outcome else {
      Issue.record("\(recorder.ends)")
      return
    }
    #expect(recorder.ends.count == 1 && text.contains("Training stopped there."))
  }
}
