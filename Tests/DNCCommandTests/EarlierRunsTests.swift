import Foundation
import NeuralMemory
import Testing

/// Run folders written by the project's first version (commit 401f296) load and resume as they did
/// there.
///
/// `Fixtures/EarlierRuns/NAME/run` is the folder of a run of 12 iterations, and `NAME/after` what
/// that version made of it in 8 more: its final checkpoint and metrics. Its command lines are in
/// `Fixtures/EarlierRuns/README.md`.
///
/// What is read, kept and counted is compared exactly everywhere. Computed values depend on the
/// instruction set and on OpenBLAS's kernels: where they are those of the recording, every byte has
/// to agree, elsewhere values may differ by rounding.
@Suite struct EarlierRunsTests {
  static let names = [
    "dnc-gru-dropout", "dnc-package-adadelta", "none-exponential", "sam-rmsprop", "sam-sgd",
    "sdnc-lessons",
  ]

  /// AVX2 and AVX-512 kernels compute the same bits; the commands run with OpenBLAS's Haswell
  /// kernels, which any processor with AVX2 has.
  static let computesRecordedBits: Bool = {
    #if os(Linux) && arch(x86_64)
      Processor.instructionSet.hasPrefix("AVX")
        && Processor.linearAlgebra.hasPrefix("OpenBLAS 0.3.21 ")
    #else
      false
    #endif
  }()
  static let environment = ["OPENBLAS_CORETYPE": "Haswell"]

  /// A copy of a run to work on, in a runner's folder under `run`, and where the expected files
  /// are.
  private func copy(_ name: String) throws -> (runner: CommandRunner, task: String, after: URL) {
    let fixtures = try #require(Bundle.module.resourceURL)
      .appendingPathComponent("Fixtures/EarlierRuns/\(name)")
    let runner = try CommandRunner()
    try FileManager.default.copyItem(
      at: fixtures.appendingPathComponent("run"), to: runner.file("run"))
    let task = try #require(configuration(runner)["task_name"] as? String)
    return (runner, task, fixtures.appendingPathComponent("after"))
  }

  private func configuration(_ runner: CommandRunner) throws -> [String: Any] {
    let data = try Data(contentsOf: runner.file("run/configuration.json"))
    return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  /// The last checkpoint by its number, as in a copy of a folder that has lost its link.
  private func lastCheckpoint(_ runner: CommandRunner) throws -> Data {
    let names = try FileManager.default.contentsOfDirectory(atPath: runner.file("run").path)
    let last = try #require(names.filter { $0.hasPrefix("checkpoint-") }.max())
    return try Data(contentsOf: runner.file("run/\(last)"))
  }

  /// Everything but the speed, which is that of the machine.
  private func values(_ lines: [String]) throws -> [[String: Double]] {
    try lines.map { line in
      var object = try #require(
        try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Double])
      #expect(object.removeValue(forKey: "items_per_second") != nil)
      return object
    }
  }

  @Test(arguments: names)
  func resumes(name: String) throws {
    let (runner, task, after) = try copy(name)
    let before = try (configuration(runner), runner.metricsLines("run"))
    let result = try runner.run(
      "train \(task) --run-folder run --resume --iterations 20", environment: Self.environment)
    #expect(result.code == 0, "\(result.errors)")
    #expect(result.output.contains("after iteration 12 of 20."), "\(result.output)")

    // The configuration: as it was, but for the number of iterations.
    var expected = before.0
    var training = try #require(expected["training"] as? [String: Any])
    training["iterations"] = 20
    expected["training"] = training
    try expectHeld(expected, in: configuration(runner), "")

    // The metrics: the lines of before, then those that came next.
    let lines = runner.metricsLines("run")
    #expect(Array(lines.prefix(12)) == before.1)
    let text = try String(
      contentsOf: after.appendingPathComponent("metrics.jsonl"), encoding: .utf8)
    let (found, wanted) = try (
      values(lines), values(text.split(separator: "\n").map(String.init))
    )
    #expect(found.count == 20)
    let checkpoint = after.appendingPathComponent("checkpoint.safetensors")
    if Self.computesRecordedBits {
      #expect(found == wanted)
      #expect(try runner.latestCheckpoint("run") == Data(contentsOf: checkpoint))
      #expect(try runner.latestCheckpoint("run") == lastCheckpoint(runner))
    } else {
      for (a, b) in zip(found, wanted) {
        #expect(Set(a.keys) == Set(b.keys))
        for (key, value) in b { #expect(abs(try #require(a[key]) - value) < 1e-4, "\(key)") }
      }
      try expectNear(
        SafeTensors(data: runner.latestCheckpoint("run")), SafeTensors(contentsOf: checkpoint))
    }
  }

  /// A run that was killed after more iterations than its last checkpoint has makes these again.
  @Test func resumesFromTheCheckpointBefore() throws {
    let (runner, task, after) = try copy("dnc-gru-dropout")
    try FileManager.default.removeItem(at: runner.file("run/checkpoint-00000012.safetensors"))
    let result = try runner.run(
      "train \(task) --run-folder run --resume --iterations 20", environment: Self.environment)
    #expect(result.code == 0, "\(result.errors)")
    #expect(result.output.contains("after iteration 6 of 20."), "\(result.output)")
    #expect(runner.metricsLines("run").count == 20)
    let checkpoint = after.appendingPathComponent("checkpoint.safetensors")
    if Self.computesRecordedBits {
      #expect(try lastCheckpoint(runner) == Data(contentsOf: checkpoint))
    } else {
      try expectNear(
        SafeTensors(data: lastCheckpoint(runner)), SafeTensors(contentsOf: checkpoint))
    }
  }

  /// A run that is done stays as it is, byte for byte, and commands that look at it change nothing.
  @Test(arguments: names)
  func looksWithoutChanges(name: String) throws {
    let (runner, task, _) = try copy(name)
    let files = try contents(runner)
    for line in [
      "train \(task) --run-folder run --resume", "inspect run", "evaluate run --sequences 4",
      "show run",
    ] {
      let result = try runner.run(line)
      #expect(result.code == 0, "\(line): \(result.errors)")
    }
    #expect(try runner.run("inspect run").output.contains("12"))
    #expect(try contents(runner) == files)
  }

  /// The files of the run, without the lock that a process leaves.
  private func contents(_ runner: CommandRunner) throws -> [String: Data] {
    let names = try FileManager.default.contentsOfDirectory(atPath: runner.file("run").path)
    return try names.filter { $0 != ".lock" }.reduce(into: [:]) {
      $0[$1] = try Data(contentsOf: runner.file("run/\($1)"))
    }
  }

  /// Every value of `expected` is in `found`, which may have more.
  private func expectHeld(
    _ expected: [String: Any], in found: [String: Any], _ place: String
  ) throws {
    for (key, value) in expected {
      if let inner = value as? [String: Any] {
        let other = try #require(found[key] as? [String: Any], "\(place)\(key)")
        try expectHeld(inner, in: other, "\(place)\(key).")
      } else {
        #expect(
          try #require(found[key] as? NSObject, "\(place)\(key)") == value as? NSObject,
          "\(place)\(key)")
      }
    }
  }

  /// The same entries, and values that differ by the rounding of a few iterations.
  private func expectNear(_ found: SafeTensors, _ expected: SafeTensors) throws {
    #expect(found.names == expected.names)
    #expect(Set(found.metadata.keys) == Set(expected.metadata.keys))
    for name in expected.names {
      let (a, b) = try (#require(found[name]), #require(expected[name]))
      #expect(a.shape == b.shape)
      let far = zip(a.values, b.values).filter { abs($0 - $1) > 2e-4 * (1 + abs($1)) }
      #expect(far.isEmpty, "\(name)")
    }
  }
}
