import BenchmarkSupport
import Foundation
import NeuralMemory

/// Time of a training step and what it keeps, against `recomputeEvery`.
struct Recompute: Codable {
  let shape: String
  /// 0: everything is kept.
  let recomputeEvery: Int
  let ms: Double
  /// Kept of a sequence for the backward pass, per batch element.
  let keptBytes: Int

  static func curve(_ shape: Shape) throws -> [Recompute] {
    let root = Int(Double(shape.steps).squareRoot().rounded())
    let candidates = [1, 2, 4, root, 8, 16, 32].filter { $0 < shape.steps }
    return try ([0] + Set(candidates).sorted()).map {
      var configuration = shape.configuration
      configuration[DenseMemory.self].recomputeEvery = $0
      var step = TrainingStep(
        DNC.self, configuration, batch: shape.batch, steps: shape.steps)
      step.run()
      step.run()
      var times = (0..<max(5, shape.runs / 3)).map { _ in
        ProcessMeasures.milliseconds { step.run() }
      }
      times.sort()
      return Recompute(
        shape: shape.name, recomputeEvery: $0, ms: times[times.count / 2],
        keptBytes: try RecordedBytes(configuration, steps: shape.steps).total)
    }
  }
}
