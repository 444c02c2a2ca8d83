import MemoryTasks
import MemoryTraining

extension MetricsReader {
  /// The points of the iterations that a resumed training has behind it; none for a new one.
  package static func points(upTo start: TrainingStart) -> [MetricsPoint] {
    guard start.doneIterations > 0 else { return [] }
    var reader = MetricsReader(folder: start.folder)
    return reader.next().points.filter { $0.iteration <= start.doneIterations }
  }
}
