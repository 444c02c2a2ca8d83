import Foundation
import MemoryTraining
import NeuralMemory
import TestSupport
import Testing

struct RunFolderTests {
  struct Settings: Codable, Equatable {
    var answer = 42
  }

  func names(_ url: URL) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: url.path).sorted()
  }

  @Test func startsInANewAndInAnEmptyFolder() throws {
    let temporary = try TemporaryFolder()
    try FileManager.default.createDirectory(
      at: temporary.file("empty"), withIntermediateDirectories: false)
    for path in ["a/b/c", "empty"] {
      let url = temporary.file(path)
      try RunFolder.checkUsable(url)
      let folder = try RunFolder.create(at: url, configuration: Settings())
      #expect(try RunFolder.configuration(Settings.self, at: url) == Settings())
      #expect(try names(url) == [".lock", "configuration.json", "metrics.jsonl"])
      #expect(RunFolder.latestCheckpoint(at: folder.url) == nil)
    }
  }

  @Test func leavesOtherFilesAlone() throws {
    let temporary = try TemporaryFolder()
    try Data("dear diary".utf8).write(to: temporary.file("diary.txt"))
    let expected = RunFolderError.notEmpty(folder: temporary.url.path, found: "diary.txt")
    #expect(throws: expected) { try RunFolder.checkUsable(temporary.url) }
    #expect(throws: expected) {
      try RunFolder.create(at: temporary.url, configuration: Settings())
    }
    #expect(expected.description.contains("--resume"))
    #expect(try Data(contentsOf: temporary.file("diary.txt")) == Data("dear diary".utf8))
    #expect(throws: RunFolderError.noRun(folder: temporary.url.path)) {
      try RunFolder.resume(at: temporary.url)
    }
  }

  @Test func refusesASecondUser() throws {
    let temporary = try TemporaryFolder()
    let url = temporary.file("run")
    var folder: RunFolder? = try RunFolder.create(at: url, configuration: Settings())
    let error = #expect(throws: RunFolderError.self) { try RunFolder.resume(at: url) }
    #expect(
      error
        == .inUse(folder: url.path, process: "process \(ProcessInfo.processInfo.processIdentifier)")
    )
    #expect(error?.description.contains(url.path) == true)
    #expect(folder != nil)
    folder = nil
    #expect(throws: Never.self) { try RunFolder.resume(at: url) }
  }

  @Test func refusesFilesInTheWay() throws {
    let temporary = try TemporaryFolder()
    try Data().write(to: temporary.file("file"))
    for path in ["file", "file/inside", "file/deep/inside"] {
      let error = #expect(throws: RunFolderError.self) {
        try RunFolder.checkUsable(temporary.file(path))
      }
      #expect(error?.description.contains("is a file, not a folder") == true)
      #expect(throws: RunFolderError.self) {
        try RunFolder.create(at: temporary.file(path), configuration: Settings())
      }
    }
  }

  @Test func saysWhatIsWrongWithAConfiguration() throws {
    let temporary = try TemporaryFolder()
    let file = temporary.file("configuration.json")
    for (text, expected) in [
      ("{", "top level"), ("{}", "\"answer\" is missing"),
      (#"{"answer":"x"}"#, "\"answer\" does not hold a value of type Int"),
    ] {
      try Data(text.utf8).write(to: file)
      let error = #expect(throws: RunFolderError.self) {
        try RunFolder.configuration(Settings.self, at: temporary.url)
      }
      #expect(error?.description.contains(expected) == true, "\(String(describing: error))")
      #expect(error?.description.contains(file.path) == true)
    }
  }

  @Test func keepsTheNewestCheckpoints() throws {
    let temporary = try TemporaryFolder()
    let url = temporary.file("run")
    let folder = try RunFolder.create(at: url, configuration: Settings())
    for iteration in [9, 10, 100, 1000] {
      var file = SafeTensors()
      file.set("x", Tensor([Float(iteration)]))
      try folder.save(file, iteration: iteration, keep: 2)
      let latest = try #require(RunFolder.latestCheckpoint(at: url))
      #expect(try SafeTensors(contentsOf: latest)["x"] == Tensor([Float(iteration)]))
      // The link works for anyone who opens it.
      let linked = url.appendingPathComponent("latest.safetensors")
      #expect(try SafeTensors(contentsOf: linked)["x"] == Tensor([Float(iteration)]))
    }
    #expect(
      try RunFolder.checkpoints(at: url)
        == ["checkpoint-00000100.safetensors", "checkpoint-00001000.safetensors"])
  }

  @Test func findsTheNewestCheckpointWithoutALink() throws {
    let temporary = try TemporaryFolder()
    for name in ["checkpoint-00000020.safetensors", "checkpoint-00000003.safetensors"] {
      try Data().write(to: temporary.file(name))
    }
    #expect(
      RunFolder.latestCheckpoint(at: temporary.url)?.lastPathComponent
        == "checkpoint-00000020.safetensors")
    // A checkpoint the link does not lead to yet is not the latest.
    try FileManager.default.createSymbolicLink(
      atPath: temporary.file("latest.safetensors").path,
      withDestinationPath: "checkpoint-00000003.safetensors")
    #expect(
      RunFolder.latestCheckpoint(at: temporary.url)?.lastPathComponent
        == "checkpoint-00000003.safetensors")
  }

  @Test func findsAFreeName() throws {
    let temporary = try TemporaryFolder()
    let base = temporary.url.path
    #expect(RunFolder.unusedPath(in: base, prefix: "copy") == "\(base)/copy-1")
    try Data().write(to: temporary.file("copy-1"))
    #expect(RunFolder.unusedPath(in: base, prefix: "copy") == "\(base)/copy-2")
  }
}

struct MetricsLogTests {
  func report(_ iteration: Int) -> IterationReport {
    IterationReport(
      iteration: iteration, loss: 0.125, errorRate: 1e-7, gradientNorm: 2.5,
      itemsPerSecond: 1234.5678, length: 3, maximumLength: 8)
  }

  @Test func writesOneObjectPerLine() throws {
    let temporary = try TemporaryFolder()
    let folder = try RunFolder.create(at: temporary.file("run"), configuration: [1])
    for i in 1...3 { try folder.metrics.append(report(i)) }
    let text = try String(
      contentsOf: folder.url.appendingPathComponent("metrics.jsonl"), encoding: .utf8)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count == 4 && lines[3].isEmpty)
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(lines[1].utf8)) as? [String: Double])
    #expect(
      object == [
        "iteration": 2, "loss": 0.125, "error_rate": 1e-7, "gradient_norm": 2.5,
        "items_per_second": 1234.6, "length": 3, "maximum_length": 8,
      ])
  }

  /// Whatever a killed process left behind: what is kept is every complete line up to the
  /// iteration.
  @Test(arguments: [
    ("", 5, 0), ("garbage without end", 5, 0), ("1|2|3|", 2, 2), ("1|2|3|", 3, 3), ("1|2|3|", 9, 3),
    ("1|2|3|{\"iterat", 3, 3), ("1|2|3|{\"iterat", 1, 1), ("1|2|3|", 0, 0),
  ])
  func truncates(_ content: String, _ iteration: Int, _ left: Int) throws {
    let temporary = try TemporaryFolder()
    let url = temporary.file("run")
    var trainer = try smallTrainer()
    for _ in 0..<iteration { _ = try trainer.step() }
    // Written by hand, then found by a resumed run whose checkpoint is at `iteration`.
    do {
      let folder = try RunFolder.create(at: url, configuration: smallConfiguration())
      if iteration > 0 {
        try folder.save(trainer.checkpoint(), iteration: iteration, keep: 1)
      }
    }
    let file = url.appendingPathComponent("metrics.jsonl")
    let pieces = content.split(separator: "|", omittingEmptySubsequences: false)
    let text = pieces.map { Int($0).map { "{\"iteration\":\($0),\"loss\":1}\n" } ?? String($0) }
      .joined()
    try Data(text.utf8).write(to: file)
    var run = TrainingRun(trainer: try smallTrainer(), folder: try RunFolder.resume(at: url))
    #expect(try run.resume() == iteration)
    let lines = try String(contentsOf: file, encoding: .utf8)
    #expect(lines == (0..<left).map { "{\"iteration\":\($0 + 1),\"loss\":1}\n" }.joined())
  }
}
