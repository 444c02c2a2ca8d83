import Foundation
import MemoryTasks
import MemoryTraining
import NeuralMemory

/// Writes a training run's course for TensorBoard: every iteration's numbers; every so many
/// iterations the memory's heat maps for a fresh example, and histograms of all parameters and
/// their gradients.
public final class TensorBoardObserver: TrainingObserver {
  private let file: EventFile
  private let every: Int
  private let warn: (String) -> Void
  private var hasWarned = false
  private var start: TrainingStart?

  /// - Parameters:
  ///   - folder: gets a new file of events.
  ///   - every: iterations between heat maps and histograms.
  ///   - warn: is told, once, why events cannot be written any more. The training goes on.
  /// - Throws: `FileError` if the file cannot be made.
  public init(folder: URL, every: Int, warn: @escaping (String) -> Void) throws {
    file = try EventFile(in: folder)
    self.every = max(1, every)
    self.warn = warn
  }

  public func began(_ start: TrainingStart) { self.start = start }

  public func iteration(_ report: IterationReport, _ moment: any TrainingMoment) {
    guard !hasWarned else { return }
    file.add(
      scalars: [
        ("loss", report.loss), ("error_rate", report.errorRate),
        ("gradient_norm", report.gradientNorm),
        ("sequences_per_second", report.itemsPerSecond),
        ("greatest_length", Double(report.maximumLength)),
      ], step: report.iteration)
    guard report.iteration % every == 0 else { return }
    addMaps(report, moment)
    let (parameters, gradient) = (moment.network.parameters, moment.gradient)
    for entry in parameters.layout.entries {
      file.add(
        histogram: parameters.values[entry.range], tag: "parameters/\(entry.name)",
        step: report.iteration)
      file.add(
        histogram: gradient.values[entry.range], tag: "gradients/\(entry.name)",
        step: report.iteration)
    }
    flush()
  }

  public func ended(_ end: TrainingEnd) { flush() }

  private func addMaps(_ report: IterationReport, _ moment: any TrainingMoment) {
    guard let start else { return }
    let example = ExampleSnapshot(
      after: report, of: moment.task, network: moment.network, seed: start.training.seed)
    var maps = example.maps(isLogit: moment.task.answersAreLogits).map { ("example", $0) }
    if let memory = example.memory, memory.rows > 0 {
      maps += memory.courses.map { ("memory", $0) }
      maps.append(("memory", memory.contents(after: memory.rows - 1)))
      if let links = memory.links(after: memory.rows - 1) { maps.append(("memory", links)) }
    }
    for (group, map) in maps where map.rows > 0 && map.columns > 0 {
      // enlarged to what can be seen
      let picture = PixelImage(
        map.reduced(rows: 512, columns: 512), scale: max(1, 256 / max(map.rows, map.columns)))
      file.add(image: picture, tag: "\(group)/\(map.key)", step: report.iteration)
    }
  }

  private func flush() {
    guard !hasWarned else { return }
    do { try file.flush() } catch {
      hasWarned = true
      warn("no more events for TensorBoard: \(error)")
    }
  }
}

extension TrainingTask {
  /// Whether outputs are logits of bits, to be shown through a sigmoid.
  public var answersAreLogits: Bool { loss is SigmoidCrossEntropy }
}
