import AllocationCount
import BenchmarkSupport
import Foundation
import NeuralMemory

/// Single steps at batch 1, as a program makes them that uses a network: microseconds and heap
/// allocations.
struct Stream: Codable {
  let shape: String
  /// Median over blocks of steps, per step.
  let microseconds: Double
  let fastestMicroseconds: Double
  /// Heap allocations per step of the calling thread, once all working memory is there; −1: not
  /// counted on this system.
  let allocationsPerStep: Double

  init(_ shape: Shape) {
    self.init(shape, shape.configuration.networkType)
  }

  private init<Network: AnyNetwork>(_ shape: Shape, _: Network.Type) {
    let model = Network(configuration: shape.configuration, seed: 0, device: .cpu).network
    var random = RandomNumbers(seed: 1)
    let inputs = (0..<100).map { _ in
      Tensor(shape: [1, model.inputSize]).map { _ in random.bit() ? 1 : 0 }
    }
    var output = Tensor(shape: [1, model.outputSize])
    var state = model.initialState(batch: 1)
    func block() {
      for input in inputs { model.step(input, state: &state, into: &output) }
    }
    // A sparse memory goes on touching cells: started again, as at the start of an episode,
    // it touches as many each time.
    func episode() {
      state.resetExperience()
      block()
    }
    for _ in 0..<5 { episode() }
    var times = (0..<shape.runs).map { _ in
      state.resetExperience()
      return ProcessMeasures.milliseconds(block) * 1e3 / Double(inputs.count)
    }
    times.sort()
    self.shape = shape.name
    microseconds = times[times.count / 2]
    fastestMicroseconds = times[0]
    let before = allocation_count_of_thread()
    block()
    let count = allocation_count_of_thread() - before
    allocationsPerStep =
      allocation_count_works() ? Double(count) / Double(inputs.count) : -1
  }
}
