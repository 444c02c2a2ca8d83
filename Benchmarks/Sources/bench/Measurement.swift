import AllocationCount
import BenchmarkSupport
import Foundation
import MemoryTraining
import NeuralMemory

struct Measurement: Codable {
  let shape: String
  /// Median, per training step.
  let ms: Double
  let fastestMs: Double
  let itemsPerSecond: Double
  /// Of the process so far.
  let peakBytes: Int
  /// Heap allocations that 10 more time steps cost: none, if the time loop makes none.
  let allocations: Int
  let instructionSet: String
  let openblasCore: String
  let workers: Int

  init(_ shape: Shape) {
    self.init(shape, shape.configuration.networkType)
  }

  private init<Network: AnyNetwork>(_ shape: Shape, _ network: Network.Type) {
    var step = TrainingStep(
      network, shape.configuration, batch: shape.batch, steps: shape.steps)
    step.run()
    step.run()
    var times: [Double] = []
    for _ in 0..<shape.runs {
      times.append(ProcessMeasures.milliseconds { step.run() })
    }
    times.sort()
    self.shape = shape.name
    ms = times[times.count / 2]
    fastestMs = times[0]
    itemsPerSecond = Double(shape.batch) / ms * 1e3
    peakBytes = ProcessMeasures.peak
    allocations = Measurement.allocationsOfTenSteps(shape, network)
    instructionSet = Processor.instructionSet
    openblasCore = Processor.linearAlgebra
    workers = Processor.workers
  }

  private static func allocationsOfTenSteps<Network: AnyNetwork>(
    _ shape: Shape, _ network: Network.Type
  ) -> Int {
    func count(_ steps: Int) -> Int {
      var step = TrainingStep(network, shape.configuration, batch: shape.batch, steps: steps)
      step.differentiate()
      step.differentiate()
      let before = allocation_count_of_process()
      step.differentiate()
      return Int(allocation_count_of_process() - before)
    }
    guard allocation_count_works() else { return -1 }
    return count(20) - count(10)
  }
}
