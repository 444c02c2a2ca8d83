import ArgumentParser
import MemoryTasks

/// `dnc presets`
struct PresetsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "presets",
    abstract: "List settings with a name, and what they come to.",
    discussion: """
      Each is a starting point for one task; flags beside it replace its values:
        dnc train copy --preset copy-sdnc --seed 3 -batch_size 32
      How they did over five seeds is in docs/results.md.
      """)

  @Argument(help: "Only those of a task.")
  var task: String?
  @Flag(help: "Write only the preset's and the task's name, a line each.")
  var names = false

  func validate() throws {
    if let task, TaskCatalog.task(named: task) == nil {
      throw Suggestion.unknown("task", task, among: TaskCatalog.all.map { $0.name })
    }
  }

  func run() throws {
    let presets = TaskCatalog.presets.filter { task == nil || $0.task == task }
    let console = Console()
    if names {
      for preset in presets { console.print("\(preset.name) \(preset.task)") }
      return
    }
    let rows = presets.map { preset in
      [
        preset.name, preset.task, preset.memoryType.rawValue,
        preset.expectation?.text ?? "not known; ends after \(preset.iterations) iterations",
        preset.source,
      ]
    }
    let head = ["preset", "task", "memory", "to expect, with one worker", "settings of"]
    for line in TextTable.lines(head: head, rows, left: [0, 1, 2, 3]) { console.print(line) }
  }
}
