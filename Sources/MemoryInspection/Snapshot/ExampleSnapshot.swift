import Foundation
import MemoryTasks
import MemoryTraining
import NeuralMemory

/// One example of a task, the network's answer, and what its memory did meanwhile.
public struct ExampleSnapshot: Sendable {
  /// Updates made when it was taken, if known.
  public let iteration: Int?
  /// In the task's measure.
  public let length: Int
  /// [time, inputSize]
  public let input: Tensor
  /// [time, outputSize], or what the task takes as targets.
  public let target: Tensor
  /// Which outputs count, in the target's shape; nil: all.
  public let mask: Tensor?
  /// [time, outputSize], as the network gave it.
  public let output: Tensor
  /// Example and answer in words and signs.
  public let description: String
  /// nil for a network without a memory.
  public let memory: MemorySnapshot?

  /// Draws an example and runs the network over it.
  ///
  /// - Parameters:
  ///   - task: makes the example and describes it.
  ///   - length: in the task's measure; brought into the lengths that make sense for it.
  ///   - network: answers it.
  ///   - iteration: updates made so far, if known.
  ///   - workers: number of threads; nil: all processors.
  ///   - random: draws the example.
  public init(
    of task: any MemoryTask, length: Int, network: any AnyNetwork, iteration: Int?,
    workers: Int? = nil, using random: inout RandomNumbers
  ) {
    let length = task.lengths.clamp(length)
    let batch = task.measured.makeBatch(count: 1, length: length, using: &random)
    let steps = batch.lengths?[0] ?? batch.input.shape[1]
    self.iteration = iteration
    self.length = length
    let seen = network.observe(batch.input, lengths: batch.lengths, workers: workers)
    func cut(_ tensor: Tensor) -> Tensor {
      let item = tensor.select(axis: 0, 0)
      guard item.rank > 0, item.shape[0] == batch.input.shape[1] else { return item }
      return item.slice(axis: 0, 0..<steps)
    }
    input = cut(batch.input)
    target = cut(batch.target)
    mask = batch.mask.map(cut)
    output = seen.output.slice(axis: 0, 0..<steps)
    memory = seen.snapshot
    let whole = seen.output.reshaped([1] + seen.output.shape)
    description = task.describe(0, of: batch, output: whole)
  }

  /// The example that belongs to an iteration of a training: the same for every observer, and not
  /// one that is trained on.
  ///
  /// - Parameters:
  ///   - report: of the iteration.
  ///   - task: makes the example and describes it.
  ///   - network: answers it.
  ///   - seed: of the training.
  ///   - workers: number of threads; nil: all processors.
  public init(
    after report: IterationReport, of task: any MemoryTask, network: any AnyNetwork,
    seed: UInt64, workers: Int? = nil
  ) {
    var random = RandomNumbers(
      seed: seed, stream: RandomStream.example + UInt64(report.iteration))
    self.init(
      of: task, length: report.maximumLength, network: network, iteration: report.iteration,
      workers: workers, using: &random)
  }
}

extension ExampleSnapshot {
  /// Input, target and output, channels from top to bottom and time from left to right. Outputs are
  /// squashed as the loss does it, so that target and output share a scale: a sigmoid where targets
  /// are bits.
  public func maps(isLogit: Bool) -> [HeatMap] {
    func map(_ key: String, _ title: String, _ tensor: Tensor, _ value: (Float) -> Float)
      -> HeatMap?
    {
      guard tensor.rank == 2 else { return nil }
      let (steps, channels) = (tensor.shape[0], tensor.shape[1])
      var values: [Float] = []
      for channel in 0..<channels {
        for step in 0..<steps { values.append(value(tensor.values[step * channels + channel])) }
      }
      let top = max(1, HeatMap.bound(for: values.reduce(0) { $1.isFinite ? max($0, abs($1)) : $0 }))
      let isSigned = values.contains { $0 < 0 }
      return HeatMap(
        key: key, title: title, rowTitle: "channel", columnTitle: "time step", rows: channels,
        columns: steps, values: values, range: (isSigned ? -top : 0)...top,
        scale: isSigned ? .diverging : .sequential)
    }
    let counted = mask.flatMap { $0.shape == target.shape ? $0.values : nil }
    var output = output
    if isLogit { output.values = output.values.map { 1 / (1 + exp(-$0)) } }
    if let counted, output.shape == target.shape {
      for i in counted.indices where counted[i] == 0 { output.values[i] = 0 }
    }
    let note = counted == nil ? "" : " (where it counts)"
    return [
      map("input", "Input", input) { $0 }, map("target", "Target", target) { $0 },
      map("output", (isLogit ? "Output: probability of a 1" : "Output") + note, output) { $0 },
    ].compactMap { $0 }
  }
}
