import Foundation
import MemoryInspection
import MemoryTraining
import NeuralMemory

/// What `dnc show RUN` draws: the memory of a run's latest network on a fresh example.
enum ShowRun {
  /// Prints example, heat maps of everything that has a course over time, and the contents and links at the end.
  ///
  /// - Parameters:
  ///   - folder: of the run.
  ///   - checkpoint: nil: the latest.
  ///   - length: in the task's measure; nil: the greatest trained so far.
  static func run(
    _ folder: String, checkpoint: String? = nil, length: Int? = nil, seed: UInt64,
    console: Console = Console()
  ) throws {
    let run = try FinishedRun(at: URL(fileURLWithPath: folder))
    let example = try run.example(
      checkpoint: checkpoint.map { try CheckpointLocation.file($0) }, length: length, seed: seed)
    let colors = TerminalColors.supported(isTerminal: console.isTerminal)
    let after = example.iteration.map { " after \($0) iterations" } ?? ""
    console.print("\(folder)\(after): task \(type(of: run.task).name), length \(example.length)\n")
    console.print(example.description)
    guard let memory = example.memory else {
      console.print("\nThis network has no memory to look at.")
      return
    }
    guard memory.rows > 0 else {
      console.print("\nThe example has no steps.")
      return
    }
    var maps = memory.courses
    maps.append(memory.contents(after: memory.rows - 1))
    if let links = memory.links(after: memory.rows - 1) { maps.append(links) }
    for map in maps {
      console.print("\n" + map.text(width: console.width - 1, colors: colors))
    }
  }
}
