import MemoryTasks
import MemoryTraining
import NeuralMemory
import Testing

/// `MemoryTask.with(settings:)`.
struct TaskSettingsTests {
  @Test func replacesWhatIsNamed() throws {
    let changed = try RepeatCopyTask.standard.with(settings: [
      "min_repeats": "5", "max_repeats": "9",
    ])
    #expect(changed.repeats == 5...9 && changed.bits == RepeatCopyTask.standard.bits)
    #expect(try changed.with(settings: [:]) == changed)
    let graph = try ShortestPathTask.standard.with(
      settings: ["map": "london-zone-1", "unique_paths": "false", "planning_steps": "3"])
    #expect(graph.settings.map == .londonZone1 && !graph.uniquePaths && graph.planningSteps == 3)
    #expect(try PrioritySortTask.standard.with(settings: ["share": "0.5"]).share == 0.5)
  }

  @Test(arguments: TaskCatalog.all.map { $0.name }) func everyTaskNamesItsSettings(_ name: String)
    throws
  {
    func check(_ task: some MemoryTask) throws {
      let error = #expect(throws: ConfigurationError.self) {
        try task.with(settings: ["colour": "red"])
      }
      #expect(
        error?.argument == "colour" && error?.expected.hasPrefix("one of the settings ") == true)
    }
    let task: any MemoryTask = try #require(TaskCatalog.task(named: name)).standard
    try check(task)
  }

  @Test func refusesWhatCannotBe() throws {
    let task = RepeatCopyTask.standard
    for (value, expected) in [
      ("many", "a value like 2"), ("2.5", "a value like 2"), ("", "a value like 2"),
      ("[2]", "a value like 2"), ("true", "a value like 2"), ("0", "a whole number of at least 1"),
    ] {
      let error = #expect(throws: ConfigurationError.self) {
        try task.with(settings: ["max_repeats": value])
      }
      #expect(error?.expected == expected && error?.value == value, "\(value): \(error as Any)")
    }
    #expect(
      throws: ConfigurationError(
        argument: "map", value: "paris", expected: "a value like \"random\"")
    ) {
      try GraphTraversalTask.standard.with(settings: ["map": "paris"])
    }
  }
}
