import Foundation
import MemoryTasks
import MemoryTraining
import NeuralMemory
import Testing

@testable import DNCCommand

/// Presets on the command line, and what is gathered of their runs.
@Suite(.serialized)
struct PresetCommandTests {
  @Test func listsThem() throws {
    let runner = try CommandRunner()
    let names = try runner.run("presets --names").output.split(separator: "\n").map(String.init)
    #expect(names == TaskCatalog.presets.map { "\($0.name) \($0.task)" })
    let all = try runner.run("presets")
    for preset in TaskCatalog.presets { #expect(all.output.contains("\(preset.name) ")) }
    let some = try runner.run("presets copy").output
    #expect(some.contains("copy-sdnc") && !some.contains("adding"))
  }

  /// A flag that is not given changes nothing.
  @Test func aPresetAloneStaysAsItIs() throws {
    func check<Choice: TaskOptions>(_: Choice.Type) throws {
      for preset in Choice.Task.presets {
        let options = try RunOptions<Choice>.parse(["--preset", preset.name])
        var configuration = try options.start()
        try options.apply(to: &configuration, resuming: false)
        #expect(configuration == preset.configuration, "\(preset.name)")
        // Nor does it in a run that goes on.
        try options.apply(to: &configuration, resuming: true)
        #expect(configuration == preset.configuration, "\(preset.name)")
      }
    }
    try check(CopyTaskOptions.self)
    try check(AddingTaskOptions.self)
    try check(ArgmaxTaskOptions.self)
    try check(RepeatCopyTaskOptions.self)
    try check(AssociativeRecallTaskOptions.self)
    try check(PrioritySortTaskOptions.self)
    try check(GraphTraversalTaskOptions.self)
    try check(ShortestPathTaskOptions.self)
    try check(GraphInferenceTaskOptions.self)
  }

  /// Flags beside a preset replace its values, whatever their order; another kind of memory too.
  @Test func flagsComeFirst() throws {
    let runner = try CommandRunner()
    func configuration(_ line: String) throws -> RunConfiguration<CopyTask> {
      let result = try runner.run("train copy \(line) --workers 1 -iterations 2 --run-folder r")
      #expect(result.code == 0, "\(result.errors)")
      defer { try? FileManager.default.removeItem(at: runner.file("r")) }
      return try RunFolder.configuration(at: runner.file("r"))
    }
    let preset = try #require(CopyTask.presets.first { $0.name == "copy-sdnc" }).configuration
    var expected = preset
    expected.training.workers = 1
    expected.training.iterations = 2
    #expect(try configuration("--preset copy-sdnc") == expected)
    expected.training.batchSize = 3
    expected.model.nrCells = 12
    #expect(try configuration("-mem_slot 12 --preset copy-sdnc -batch_size 3") == expected)
    let dense = try configuration("--preset copy-sdnc -memory_type dnc")
    #expect(dense.model.memoryType == .dnc && dense.model.nrCells == preset.model.nrCells)
    #expect(dense.training.learningRate == preset.training.learningRate)
    let alone = try configuration("--preset copy-sdnc -memory_type none")
    #expect(alone.model.memoryType == .none && alone.model.hiddenSize == preset.model.hiddenSize)
  }

  @Test func comparesWithTheExpectation() throws {
    let runner = try CommandRunner()
    let result = try runner.run(
      "train copy --preset copy-dnc --workers 1 -iterations 3 --run-folder r")
    #expect(result.code == 0, "\(result.errors)")
    #expect(result.output.contains("The task is not solved."))
    #expect(result.output.contains("copy-dnc"), "\(result.output)")
  }

  @Test func recordsAndTabulates() throws {
    let runner = try CommandRunner()
    let line = "-nhid 8 -mem_slot 4 -sequence_max_length 2 -iterations 3 --workers 1"
    for seed in [1, 2] {
      let run = "r\(seed)"
      #expect(
        try runner.run(
          "train copy --preset copy-dnc \(line) --seed \(seed) --run-folder \(run)"
        ).code == 0)
      let result = try runner.run("results record \(run) data")
      #expect(result.code == 0, "\(result.errors)")
      #expect(result.output == "Wrote data/copy-dnc-\(seed).json.\n")
    }
    let records = try ResultRecord.all(in: runner.file("data"))
    #expect(records.map(\.seed) == [1, 2] && records.allSatisfy { $0.preset == "copy-dnc" })
    #expect(records[0].iterations == 3 && !records[0].isSolved && records[0].seconds >= 0)
    #expect(records[0].trained.from == 1 && records[0].trained.to == 2)
    #expect(records[0].trained.score.sequences == 1000)
    #expect(records.allSatisfy { $0.planned == 3 && !$0.isStopped })
    // Ended before it had come to the last iteration of the preset.
    let stopped = try ResultRecord.decoded(records[0]) {
      $0["planned"] = 5
      $0["seed"] = 3
    }
    #expect(stopped.isStopped)
    _ = try stopped.write(into: runner.file("data"))
    let page = try runner.run("results table data")
    #expect(page.code == 0)
    #expect(page.output.contains("| `copy-dnc` | 3 | no, stopped | 3 |"))
    #expect(page.output.contains("| `copy-dnc` | 0 of 3, 1 stopped | 3 | "), "\(page.output)")

    #expect(try runner.run("train copy \(line) --run-folder plain").code == 0)
    let plain = try runner.run("results record plain data")
    #expect(plain.code == 1 && plain.errors.contains("not the run of a preset"))
    try Data("{}".utf8).write(to: runner.file("data/broken.json"))
    let broken = try runner.run("results table data")
    #expect(broken.code == 1 && broken.errors.contains("broken.json"), "\(broken.errors)")
  }
}

extension ResultRecord {
  /// A record with some keys of its file changed.
  fileprivate static func decoded(
    _ record: ResultRecord, _ change: (inout [String: Any]) -> Void
  ) throws -> ResultRecord {
    var object = try #require(
      try JSONSerialization.jsonObject(with: JSONEncoder().encode(record)) as? [String: Any])
    change(&object)
    return try JSONDecoder().decode(
      ResultRecord.self, from: JSONSerialization.data(withJSONObject: object))
  }
}
