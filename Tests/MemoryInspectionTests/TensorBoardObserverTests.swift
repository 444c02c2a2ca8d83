import Foundation
import MemoryTasks
import MemoryTraining
import NeuralMemory
import TestSupport
import Testing

@testable import MemoryInspection

@Suite struct TensorBoardObserverTests {
  private struct Moment: TrainingMoment {
    let task: any MemoryTask
    let network: any AnyNetwork
    let gradient: ParameterStore
  }

  private func report(_ iteration: Int) -> IterationReport {
    IterationReport(
      iteration: iteration, loss: 0.5, errorRate: 0.25, gradientNorm: 2, itemsPerSecond: 9,
      length: 2, maximumLength: 3)
  }

  @Test(arguments: [MemoryType.dnc, .sdnc, .none])
  func writesNumbersAlwaysAndPicturesNowAndThen(type: MemoryType) throws {
    let folder = try TemporaryFolder()
    var model = NetworkConfiguration(inputSize: 6, hiddenSize: 8, memoryType: type)
    if type != .none { (model.nrCells, model.readHeads, model.cellSize) = (6, 1, 3) }
    let network = model.makeNetwork(seed: 1)
    let moment = Moment(
      task: try CopyTask(), network: network,
      gradient: ParameterStore(layout: network.parameters.layout))
    let observer = try TensorBoardObserver(folder: folder.url, every: 2) {
      Issue.record("\($0)")
    }
    observer.began(
      TrainingStart(
        task: moment.task, model: model, training: TrainingConfiguration(), folder: folder.url,
        shownFolder: "run", doneIterations: 0, parameterCount: network.parameters.layout.count))
    observer.iteration(report(1), moment)
    observer.iteration(report(2), moment)
    observer.iteration(report(3), moment)
    observer.ended(TrainingEnd(outcome: .finished, iterations: 3, seconds: 1))
    let name = try #require(try folder.names.first)
    let text = String(decoding: try Data(contentsOf: folder.file(name)), as: UTF8.self)
    func count(_ part: String) -> Int { text.components(separatedBy: part).count - 1 }
    #expect(count("gradient_norm") == 3)
    #expect(count("parameters/") == network.parameters.layout.entries.count)
    #expect(count("gradients/") == network.parameters.layout.entries.count)
    #expect(count("memory/write_weights") == (type == .none ? 0 : 1))
    #expect(count("example/target") == 1)
  }
}
