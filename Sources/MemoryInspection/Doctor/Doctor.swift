import MemoryTraining
import NeuralMemory

/// Looks at every number of one training iteration.
///
/// The iteration is run again in one piece, recorded as for training, and what every mechanism
/// computed is read from the records in the order of execution: forward step by step and layer by
/// layer, and back. Nothing in a normal training pays for it.
public enum Doctor {
  /// Examines one iteration.
  ///
  /// - Parameters:
  ///   - network: as it is before the iteration.
  ///   - task: gives the loss.
  ///   - batch: what the iteration learns from.
  ///   - dropoutSeed: of the iteration.
  ///   - clip: greatest norm of a gradient in this training; 0: none.
  ///   - iteration: its number, counted from 1; nil if it is not part of a run.
  /// - Complexity: one training pass over the whole batch at once, its records kept in memory.
  public static func examine<Network: AnyNetwork, Task: TrainingTask>(
    _ network: Network, task: Task, batch: TaskBatch, dropoutSeed: UInt64?, clip: Double,
    iteration: Int?
  ) -> Diagnosis {
    func diagnosis(
      _ found: Diagnosis.NonFinite?, loss: Double? = nil, norm: Double? = nil,
      _ remarks: [String] = []
    ) -> Diagnosis {
      Diagnosis(
        iteration: iteration, nonFinite: found, loss: loss, gradientNorm: norm, remarks: remarks)
    }
    if let found = network.parameters.firstNonFinite() {
      let remark = iteration.map {
        "The update of iteration \($0 - 1) made it. Its gradient was finite: the step was too long, "
          + "or the moments of the optimizer had overflowed. Try a smaller --lr."
      }
      return diagnosis(
        .init(
          .parameters, mechanism: "update by the optimizer", tensor: found.name,
          indices: found.indices, value: found.value), [remark].compactMap { $0 })
    }
    for (name, tensor) in [("input", batch.input), ("target", batch.target)] {
      if let found = tensor.firstNonFinite() {
        return diagnosis(
          .init(
            .data, mechanism: "the task", tensor: name, indices: found.indices, value: found.value))
      }
    }

    let network = network.network.examinable
    let (output, pullback) = network.callWithPullback(
      batch.input, lengths: batch.lengths, dropoutSeed: dropoutSeed, workers: 1)
    var watch = Watch(network.configuration, batch: batch)
    var found: Diagnosis.NonFinite?
    pullback.examine(.forward) { examined in
      if found == nil { found = nonFinite(.forward, examined) }
      watch.see(forward: examined)
    }
    if let found { return diagnosis(found, watch.forwardRemarks(nonFinite: true)) }

    var gradient = Tensor(shape: output.output.shape)
    let loss = task.lossAndGradient(
      of: output.output, elements: 0..<batch.count, in: batch, gradient: &gradient)
    guard loss.isFinite else {
      return diagnosis(
        .init(
          .loss, mechanism: "loss", tensor: "loss", indices: [], value: Float(loss)), loss: loss,
        watch.forwardRemarks(nonFinite: true))
    }
    let gradients = pullback(gradient)
    pullback.examine(.backward) { examined in
      if found == nil { found = nonFinite(.backward, examined) }
      watch.see(backward: examined)
    }
    let norm = Double(gradients.parameters.globalNorm)
    if found == nil, let parameter = gradients.parameters.firstNonFinite() {
      found = .init(
        .gradients, mechanism: "sum over the steps", tensor: parameter.name,
        indices: parameter.indices, value: parameter.value)
    }
    return diagnosis(
      found, loss: loss, norm: norm,
      watch.forwardRemarks(nonFinite: false) + watch.backwardRemarks(norm: norm, clip: clip))
  }

  private static func nonFinite(
    _ pass: Diagnosis.NonFinite.Pass, _ examined: Examined
  ) -> Diagnosis.NonFinite? {
    guard let place = examined.part.firstNonFinite else { return nil }
    let indices = examined.part.rows > 1 ? [place.row, place.column] : [place.column]
    return .init(
      pass, step: examined.step, layer: examined.layer, item: examined.element,
      mechanism: examined.part.mechanism, tensor: examined.part.tensor, indices: indices,
      value: place.value)
  }
}

extension Network {
  /// The same network for batches as tasks make them, with the records of all steps kept.
  fileprivate var examinable: Network {
    guard !configuration.batchFirst || configuration.recomputeEvery != 0 else { return self }
    var configuration = configuration
    configuration.batchFirst = true
    configuration.recomputeEvery = 0
    return Network(configuration: configuration, parameters: parameters)
  }
}
