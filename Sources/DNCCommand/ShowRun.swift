import Foundation
import MemoryInspection
import MemoryTraining
import NeuralMemory

/// The heat maps of `dnc show RUN`: what the memory of a run's latest network does in a fresh
/// example.
enum ShowRun {
  /// Draws everything that has a course over time, and the contents and links at the end.
  ///
  /// - Parameters:
  ///   - run: may have another task's settings.
  ///   - length: in the task's measure; nil: the greatest trained so far.
  ///   - seed: of the example: the first that `dnc show` prints.
  static func run(
    _ run: FinishedRun, length: Int? = nil, seed: UInt64, console: Console = Console()
  ) throws {
    let example = try run.example(length: length, seed: seed)
    guard let memory = example.memory, memory.rows > 0 else {
      return console.print("\nThis network has no memory to look at.")
    }
    let colors = TerminalColors.supported(isTerminal: console.isTerminal)
    let after = example.iteration.map { " after \($0) iterations" } ?? ""
    console.print("\nThe memory in example 1, with the network\(after):")
    var maps = memory.courses
    maps.append(memory.contents(after: memory.rows - 1))
    if let links = memory.links(after: memory.rows - 1) { maps.append(links) }
    for map in maps {
      console.print("\n" + map.text(width: console.width - 1, colors: colors))
    }
  }
}
