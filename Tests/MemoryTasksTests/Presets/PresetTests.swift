import Foundation
import MemoryTasks
import MemoryTraining
import NeuralMemory
import Testing

struct PresetTests {
  /// Valid, with a name of its own that says its task, and in the file what it was.
  @Test func everyPresetIsSound() throws {
    func check<Task: MemoryTask>(_: Task.Type) throws {
      for preset in Task.presets {
        let configuration = preset.configuration
        #expect(throws: Never.self) { try configuration.validate() }
        #expect(preset.name.hasPrefix(Task.name + "-"), "\(preset.name)")
        #expect(configuration.preset == preset.name && !preset.source.isEmpty)
        let longest =
          configuration.training.curriculum.limit
          ?? configuration.training.curriculum.maximumLength
        #expect(preset.beyond.allSatisfy { $0 > longest })
        let data = try JSONEncoder().encode(configuration)
        #expect(try JSONDecoder().decode(RunConfiguration<Task>.self, from: data) == configuration)
      }
    }
    for task in TaskCatalog.all { try check(task) }
    let names = TaskCatalog.presets.map(\.name)
    #expect(Set(names).count == names.count)
  }

  @Test func everyTaskHasAName() {
    let names = TaskCatalog.all.map { $0.name }
    #expect(Set(names).count == names.count)
    for name in names {
      #expect(TaskCatalog.task(named: name)?.name == name)
      #expect(name.allSatisfy { $0.isLowercase || $0 == "-" })
    }
    #expect(TaskCatalog.task(named: "cop") == nil)
  }

  @Test func expectationsInWords() {
    let solved = PresetExpectation(iterations: 900...5800, minutes: 0.5...2)
    #expect(solved.text == "solved after 900 to 5800 iterations (30 s to 2 min)")
    let rest = PresetExpectation(iterations: 100...100, minutes: 1...1, errorRate: 0.25)
    #expect(rest.text == "25.00 % wrong after 100 iterations (1 min)")
  }

  /// What `dnc presets` promises is what docs/results holds.
  @Test func expectationsAreTheRecordedResults() throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../../docs/results").standardizedFileURL
    let records = Dictionary(grouping: try ResultRecord.all(in: folder), by: \.preset)
    var presets: Set<String> = []
    func check<Task: MemoryTask>(_: Task.Type) {
      for preset in Task.presets {
        presets.insert(preset.name)
        // One run alone, or one that was stopped, is no ground for an expectation.
        let runs = (records[preset.name] ?? []).filter { !$0.isStopped }
        guard runs.count > 1 else {
          #expect(preset.expectation == nil, "\(preset.name): there are no results")
          continue
        }
        guard let expected = preset.expectation else {
          Issue.record("\(preset.name): there are results, but no expectation")
          continue
        }
        for run in runs {
          #expect(run.settings == preset.configuration.settingsText, "\(run.fileName)")
          #expect(expected.iterations.contains(run.iterations), "\(run.fileName)")
          #expect(expected.errorRate > 0 || run.isSolved, "\(run.fileName)")
        }
        let rates = runs.map(\.trained.score.errorRate)
        if expected.errorRate > 0 {
          #expect(
            rates.min()! <= expected.errorRate && expected.errorRate <= rates.max()!,
            "\(preset.name): \(rates)")
        }
      }
    }
    for task in TaskCatalog.all { check(task) }
    #expect(presets.isSuperset(of: records.keys), "results of presets that there are no longer")
  }

  /// Another kind of memory keeps what it can.
  @Test func changesTheMemory() throws {
    var configuration = RunConfiguration<CopyTask>.packageDefaults(memoryType: .sdnc)
    configuration.model.hiddenSize = 7
    configuration.model.bias = false
    configuration.model.nrCells = 9
    configuration.model.sparseReads = 3
    configuration.training.batchSize = 2
    for kind in MemoryType.allCases {
      let other = configuration.with(memoryType: kind)
      #expect(other.model.memoryType == kind)
      #expect(other.model.controller == configuration.model.controller)
      #expect(other.model.nrCells == (kind == .none ? 0 : 9))
      if kind == .sam { #expect(other.model.sparseReads == 3) }
      #expect(other.training == configuration.training && other.task == configuration.task)
      #expect(throws: Never.self) { try other.validate() }
      #expect(throws: Never.self) { try other.with(memoryType: .dnc).validate() }
    }
  }
}
