import Foundation
import MemoryTasks
import MemoryTraining
import NeuralMemory
import Testing

@testable import DNCCommand

/// `dnc train`, `evaluate` and `show` for every task.
@Suite(.serialized)
struct TaskCommandTests {
  static let small = "\(CommandTests.small) -sequence_max_length 2"

  @Test(arguments: TaskCatalog.all.map { $0.name })
  func everyTaskFromEndToEnd(_ task: String) throws {
    let runner = try CommandRunner()
    let whole = try runner.run("train \(task) \(Self.small) -iterations 6 --run-folder whole")
    #expect(whole.code == 0, "\(whole.errors)")
    #expect(
      try runner.run("train \(task) \(Self.small) -iterations 3 --run-folder part").code == 0)
    let rest = try runner.run("train \(task) --run-folder part --resume -iterations 6")
    #expect(rest.code == 0, "\(rest.errors)")
    #expect(try runner.latestCheckpoint("whole") == runner.latestCheckpoint("part"))

    let table = try runner.run("evaluate whole --sequences 4 --factor 2")
    #expect(table.code == 0, "\(table.errors)")
    #expect(table.output.contains("Task \(task) after 6 iterations"))
    let json = try runner.run("evaluate whole --sequences 4 --factor 2 --json").output
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
    for row in try #require(object["rows"] as? [[String: Any]]) {
      let rate = try #require(row["error_rate"] as? Double)
      let interval = try #require(row["error_rate_95"] as? [String: Double])
      #expect(interval["low"]! <= rate && rate <= interval["high"]!)
      #expect((row["chance"] as? Double ?? -1) > 0)
    }

    let bare = try runner.run("show \(task) --count 2 --length 2 --seed 5")
    #expect(bare.code == 0, "\(bare.errors)")
    #expect(bare.output.contains("Example 2: length 2"))
    #expect(!bare.output.contains("Wrong:"))
    let answered = try runner.run("show \(task) --checkpoint whole --count 2 --length 2 --seed 5")
    #expect(answered.code == 0, "\(answered.errors)")
    #expect(answered.output.components(separatedBy: "Wrong: ").count == 3)
    // the run shows the same examples, and then its memory
    let shown = try runner.run("show whole --count 2 --length 2 --seed 5").output
    #expect(shown.hasPrefix(answered.output) && shown.contains("Memory"))
    #expect(try runner.run("train \(task) --help").output.contains("--run-folder"))
  }

  /// The names of tasks and of train's subcommands are one list.
  @Test func everyTaskIsACommand() {
    #expect(
      TrainCommand.configuration.subcommands.map { $0.configuration.commandName ?? "" }
        == TaskCatalog.all.map { $0.name })
  }

  @Test func aTasksSettingsReachIt() throws {
    let runner = try CommandRunner()
    func train(_ line: String) throws {
      let result = try runner.run(
        "train \(line) \(CommandTests.small) -iterations 1 --run-folder r")
      #expect(result.code == 0, "\(result.errors)")
    }
    func found<Task: MemoryTask>(_: Task.Type) throws -> Task {
      defer { try? FileManager.default.removeItem(at: runner.file("r")) }
      return try RunFolder.configuration(RunConfiguration<Task>.self, at: runner.file("r")).task
    }
    try train(
      "repeat-copy --num-bits 3 --min-length 2 --min-repeats 2 --max-repeats 3 --repeat-scale 5 "
        + "-sequence_max_length 3")
    #expect(
      try found(RepeatCopyTask.self)
        == RepeatCopyTask(bits: 3, minLength: 2, minRepeats: 2, maxRepeats: 3, repeatScale: 5))
    try train("associative-recall --num-bits 4 --item-vectors 2 --min-items 3")
    #expect(
      try found(AssociativeRecallTask.self)
        == AssociativeRecallTask(bits: 4, vectors: 2, minItems: 3))
    try train("priority-sort --num-bits 4 --share 0.5 --min-length 2")
    #expect(
      try found(PrioritySortTask.self) == PrioritySortTask(bits: 4, share: 0.5, minLength: 2))
    let graph = "--map london --digits 2 --radix 30 --max-nodes 9 --max-out-degree 4 --max-path 5"
    let settings = try GraphSettings(
      map: .london, digits: 2, radix: 30, maxNodes: 9, maxOutDegree: 4, maxPath: 5)
    try train("graph-traversal \(graph)")
    #expect(try found(GraphTraversalTask.self) == GraphTraversalTask(settings))
    try train("shortest-path \(graph) --planning-steps 3 --no-unique-paths")
    #expect(
      try found(ShortestPathTask.self)
        == ShortestPathTask(settings, planningSteps: 3, uniquePaths: false))
    try train("graph-inference --digits 2 --radix 12 --max-siblings 1")
    #expect(
      try found(GraphInferenceTask.self)
        == GraphInferenceTask(digits: 2, radix: 12, maxSiblings: 1))
  }

  @Test func schedulesAndCurriculaReachTheConfiguration() throws {
    let runner = try CommandRunner()
    func training(_ line: String) throws -> TrainingConfiguration {
      let result = try runner.run(
        "train \(line) \(CommandTests.small) -iterations 50 --run-folder r")
      #expect(result.code == 0, "\(result.errors)")
      defer { try? FileManager.default.removeItem(at: runner.file("r")) }
      struct Part: Decodable {
        let training: TrainingConfiguration
      }
      return try RunFolder.configuration(Part.self, at: runner.file("r")).training
    }
    var found = try training(
      "copy -lr 0.5 --lr-warmup 10 --lr-decay cosine --accumulate 3 --curriculum exponential "
        + "--curriculum-threshold 0.25 --curriculum-limit 9 -curriculum_freq 5")
    #expect(
      found.learningRate
        == LearningRate(0.5, warmup: 10, decay: .init(.cosine, iterations: 40, factor: 0)))
    #expect(found.accumulate == 3)
    #expect(
      found.curriculum
        == Curriculum(
          maximumLength: 4, frequency: 5, kind: .exponential, threshold: 0.25, limit: 9))
    found = try training("copy --lr-decay step --lr-decay-iterations 7 --lr-decay-factor 0.1")
    #expect(found.learningRate.decay == .init(.step, iterations: 7, factor: 0.1))
    // Lessons end where the task does, and grow by one.
    found = try training("graph-inference --curriculum lessons")
    #expect(
      found.curriculum == Curriculum(maximumLength: 1, increment: 1, kind: .lessons, limit: 4))
  }

  @Test func aResumedRunKeepsItsSchedules() throws {
    let runner = try CommandRunner()
    let line =
      "train copy \(CommandTests.small) --lr-decay cosine --lr-decay-factor 0.1 --accumulate 2"
    #expect(try runner.run("\(line) -iterations 5 --run-folder r").code == 0)
    // The schedule stays where it was though there are more iterations now.
    #expect(try runner.run("\(line) -iterations 8 --run-folder r --resume").code == 0)
    for (flag, message) in [
      (
        "--lr-decay step", "--lr-decay step over 1000 iterations, factor 0.5: the run to be resumed"
      ),
      ("--lr-warmup 3", "--lr-warmup 3"), ("--accumulate 4", "--accumulate 4"),
      ("--curriculum lessons", "--curriculum lessons"), ("--preset copy-dnc", "--preset copy-dnc"),
      ("--input-size 4", "--input-size 4: the run to be resumed has 6"),
    ] {
      let result = try runner.run("train copy --run-folder r --resume \(flag)")
      #expect(result.code == 64 && result.errors.contains(message), "\(result.errors)")
    }
  }

  /// What a run has made it has made, and a rate that has fallen to nothing teaches nothing more.
  @Test func refusesToGoOnInVain() throws {
    let runner = try CommandRunner()
    let line = "train copy \(CommandTests.small) --lr-decay linear -iterations 4 --run-folder r"
    #expect(try runner.run(line).code == 0)
    let before = try runner.latestCheckpoint("r")
    for (iterations, message) in [
      (9, "--iterations 9: expected at most 4: the learning rate"),
      (3, "--iterations 3: the run has made 4 already"),
    ] {
      let result = try runner.run("train copy --run-folder r --resume --iterations \(iterations)")
      #expect(result.code == 64 && result.errors.contains(message), "\(result.errors)")
    }
    #expect(try runner.latestCheckpoint("r") == before)
    let same = try runner.run("train copy --run-folder r --resume --mixed-lengths")
    #expect(same.errors.contains("--mixed-lengths true: the run to be resumed has false"))
    #expect(!same.errors.contains("Usage"), "\(same.errors)")
  }

  @Test func aPresetsDecayGoesOverAllIterations() throws {
    func decay(_ line: String) throws -> LearningRate.Decay {
      let words = CommandRunner.words("--preset graph-traversal-dnc \(line)")
      let options = try RunOptions<GraphTraversalTaskOptions>.parse(words)
      var configuration = try options.start()
      try options.apply(to: &configuration, resuming: false)
      return configuration.training.learningRate.decay
    }
    #expect(try decay("") == .init(.cosine, iterations: 20_000, factor: 0))
    #expect(try decay("--iterations 500") == .init(.cosine, iterations: 500, factor: 0))
    #expect(
      try decay("--iterations 500 --lr-decay cosine") == .init(.cosine, iterations: 500, factor: 0))
    #expect(
      try decay("--iterations 500 --lr-decay-iterations 900")
        == .init(.cosine, iterations: 900, factor: 0))
    #expect(try decay("--lr-decay linear") == .init(.linear, iterations: 20_000, factor: 0))
  }

  /// A length that is measured is that of all sequences, also where training mixes them.
  @Test func measuresOneLengthAtATime() throws {
    let runner = try CommandRunner()
    #expect(
      try runner.run(
        "train copy \(CommandTests.small) --mixed-lengths -iterations 1 --run-folder r"
      ).code == 0)
    let json = try runner.run("evaluate r --lengths 6 --sequences 20 --json").output
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
    let rows = try #require(object["rows"] as? [[String: Any]])
    let score = try #require(rows[0]["score"] as? [String: Int])
    #expect(score["total"] == 20 * 6 * 5)
    let shown = try runner.run("show copy --set mixed_lengths=true --length 6 --count 5").output
    let rowsOfSix = shown.split(separator: "\n").filter {
      $0.split(separator: " ").first?.count == 6 && $0.contains("→")
    }
    #expect(rowsOfSix.count == 25, "\(shown)")
  }

  @Test func aRunWithADamagedCheckpointNamesItAndTheOneBefore() throws {
    let runner = try CommandRunner()
    #expect(
      try runner.run(
        "train copy \(CommandTests.small) --checkpoint-every 2 -iterations 4 --run-folder r"
      ).code == 0)
    let file = runner.file("r/checkpoint-00000004.safetensors")
    try Data("no tensors".utf8).write(to: file)
    for line in ["evaluate r", "show r", "train copy --run-folder r --resume"] {
      let result = try runner.run(line)
      #expect(result.code == 1, "\(result.output)")
      #expect(
        result.errors.contains("checkpoint-00000004.safetensors cannot be read"), "\(result.errors)"
      )
      #expect(result.errors.contains("checkpoint-00000002.safetensors"), "\(result.errors)")
    }
    try FileManager.default.removeItem(at: file)
    #expect(try runner.run("evaluate r --sequences 2").output.contains("after 2 iterations"))
  }

  @Test func adviceCanBeTypedAsItStands() throws {
    let runner = try CommandRunner()
    let words = CommandRunner.words("train copy \(CommandTests.small) -iterations 1 --run-folder")
    let result = try runner.run(words: words + ["my run"])
    #expect(result.code == 0, "\(result.errors)")
    #expect(result.output.contains("dnc evaluate 'my run'"), "\(result.output)")
    #expect("runs/copy-1".quotedForShell == "runs/copy-1" && "".quotedForShell == "''")
    #expect("it's".quotedForShell == #"'it'\''s'"#)
    let confused = try runner.run(words: ["show", "my run", "--checkpoint", "x"])
    #expect(confused.code == 64, "\(confused.output)")
    #expect(confused.errors.contains("--checkpoint belongs to a task's name"))
  }

  /// The controller alone, with a line that speaks of a memory's sizes.
  @Test func trainsWithoutAMemory() throws {
    let runner = try CommandRunner()
    let result = try runner.run(
      "train copy \(CommandTests.small) -memory_type none -iterations 3 --run-folder r")
    #expect(result.code == 0, "\(result.errors)")
    let model = try RunFolder.configuration(
      RunConfiguration<CopyTask>.self, at: runner.file("r")
    ).model
    #expect(model.memoryType == .none && model.nrCells == 0 && model.hiddenSize == 8)
    #expect(try runner.run("evaluate r --sequences 3 --factor 1").code == 0)
  }

  @Test func measuresAtGivenLengths() throws {
    let runner = try CommandRunner()
    #expect(try runner.run("train adding \(Self.small) -iterations 1 --run-folder r").code == 0)
    let result = try runner.run("evaluate r --lengths 3,30 --sequences 2")
    #expect(result.output.contains("15 times longer"), "\(result.output)")
    #expect(try runner.run("evaluate r --lengths 1 --sequences 2").errors.contains("2 or more"))
  }

  /// With more repeats than in training.
  @Test func measuresAndShowsWithOtherSettings() throws {
    let runner = try CommandRunner()
    #expect(
      try runner.run("train repeat-copy \(Self.small) -iterations 1 --run-folder r").code == 0)
    let more = "--set min_repeats=7 --set max_repeats=7"
    let table = try runner.run("evaluate r --lengths 2 --sequences 2 \(more)")
    #expect(table.code == 0, "\(table.errors)")
    #expect(
      table.output.contains("repeat-copy with min_repeats=7, max_repeats=7 after 1 iterations"))
    let json = try runner.run("evaluate r --lengths 2 --sequences 2 --json \(more)").output
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
    #expect(object["settings"] as? [String] == ["min_repeats=7", "max_repeats=7"])
    let rows = try #require(object["rows"] as? [[String: Any]])
    #expect(rows[0]["steps"] as? Int == 2 * (7 + 1) + 3)
    for line in ["show repeat-copy", "show repeat-copy --checkpoint r", "show r"] {
      let shown = try runner.run("\(line) --length 2 --count 1 \(more)")
      #expect(shown.output.contains("2 vectors, 7 times"), "\(shown.output) \(shown.errors)")
    }
    for (flags, message) in [
      ("--set max_repeats", "--set max_repeats: expected a setting and a value"),
      ("--set max_repeats=", "--set max_repeats=: expected a setting and a value"),
      ("--set max_repeats=3 --set max_repeats=4", "max_repeats is set twice"),
      ("--set max_repeats=x", "--set max_repeats=x: expected a value like 2"),
      ("--set max_repeats=0", "--set max_repeats=0: expected a whole number of at least 1"),
      ("--set repeats=3", "--set repeats=3: expected one of the settings "),
      ("--set num_bits=5", "inputSize is 7; expected the run's network to fit: 6"),
    ] {
      for line in ["evaluate r", "show r"] {
        let result = try runner.run("\(line) \(flags)")
        #expect(result.code == 64 && result.errors.contains(message), "\(result.errors)")
      }
    }
  }
}
