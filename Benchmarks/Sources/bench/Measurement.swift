import AllocationCount
import Foundation
import MemoryTraining
import NeuralMemory

/// One training step as it is timed everywhere: forward, sigmoid cross-entropy, backward, clipping, Adam.
struct TrainingStep {
  private var model: DNC
  private var gradient: ParameterStore
  private var optimizer = Adam(learningRate: 1e-3)
  private let input: Tensor
  private let target: Tensor

  init(_ shape: Shape, steps: Int? = nil) {
    model = DNC(configuration: shape.configuration)
    gradient = ParameterStore(layout: model.parameters.layout)
    var random = RandomNumbers(seed: 1)
    func bits(_ features: Int) -> Tensor {
      let shape = [shape.batch, steps ?? shape.steps, features]
      return Tensor(
        shape: shape,
        values: (0..<shape.reduce(1, *)).map { _ in random.bit() ? 1 : 0 })
    }
    input = bits(model.inputSize)
    target = bits(model.outputSize)
  }

  /// Forward, loss, backward.
  mutating func differentiate() {
    let target = target
    let steps = target.shape[1] * target.shape[2]
    let count = Double(target.count)
    _ = model.lossAndGradient(
      input, lengths: nil, dropoutSeed: nil, workers: nil, into: &gradient
    ) { items, output, gradient in
      let part = Tensor(
        shape: output.shape,
        values: Array(target.values[items.lowerBound * steps..<items.upperBound * steps]))
      let (value, slope) = SigmoidCrossEntropy().valueAndGradient(
        output, target: part, normalizer: .fixed(count))
      gradient = slope
      return value
    }
  }

  mutating func run() {
    differentiate()
    GradientClipping.clipGlobalNorm(&gradient, maximum: 50)
    optimizer.update(&model.parameters, gradient: gradient)
  }
}

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
    var step = TrainingStep(shape)
    step.run()
    step.run()
    var times: [Double] = []
    for _ in 0..<shape.runs {
      let start = DispatchTime.now().uptimeNanoseconds
      step.run()
      times.append(Double(DispatchTime.now().uptimeNanoseconds - start) / 1e6)
    }
    times.sort()
    self.shape = shape.name
    ms = times[times.count / 2]
    fastestMs = times[0]
    itemsPerSecond = Double(shape.batch) / ms * 1e3
    peakBytes = Measurement.peakResidentBytes
    allocations = Measurement.allocationsOfTenSteps(shape)
    instructionSet = Processor.instructionSet
    openblasCore = Processor.linearAlgebra
    workers = Processor.workers
  }

  private static func allocationsOfTenSteps(_ shape: Shape) -> Int {
    func count(_ steps: Int) -> Int {
      var step = TrainingStep(shape, steps: steps)
      step.differentiate()
      step.differentiate()
      let before = allocation_count_of_process()
      step.differentiate()
      return Int(allocation_count_of_process() - before)
    }
    guard allocation_count_works() else { return -1 }
    return count(20) - count(10)
  }

  static var peakResidentBytes: Int {
    var usage = rusage()
    #if canImport(Darwin)
      getrusage(RUSAGE_SELF, &usage)
      return usage.ru_maxrss
    #else
      getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
      return usage.ru_maxrss * 1024
    #endif
  }
}
