import Foundation
import MemoryTraining
import NeuralMemory
import Testing

/// A run that is stopped, one way or another, and resumed ends in the same bits as one left alone.
@Suite(.serialized)
struct KillAndResumeTests {
  /// Small, with everything that has a state: dropout, a curriculum, moments, two workers.
  static let flags =
    "-nhid 8 -nhlayer 2 -dropout 0.2 -mem_slot 4 -mem_size 4 -read_heads 1 -batch_size 4 -lr 0.01 "
    + "-sequence_max_length 2 -curriculum_increment 1 -curriculum_freq 150 -check_freq 7 "
    + "--workers 2 --seed 3"

  @Test(arguments: [MemoryType.dnc, .sdnc])
  func killedAtRandomMoments(_ memoryType: MemoryType) throws {
    let runner = try CommandRunner()
    let flags =
      "train copy \(Self.flags) -memory_type \(memoryType.rawValue) -iterations 600 --run-folder"
    #expect(try runner.run("\(flags) whole").code == 0)

    var kills = 0
    var goals: [Int] = []
    var job = try runner.start("\(flags) pieces")
    var goal = 0
    while true {
      // Wait for some lines, then for a moment inside an iteration or a checkpoint.
      goal = min(goal + Int.random(in: 0...100), 560)
      goals.append(goal)
      job.wait { runner.metricsLines("pieces").count >= goal }
      usleep(UInt32.random(in: 0...3000))
      if !job.process.isRunning { break }
      job.killAtOnce()
      kills += 1
      // killed at once, there may be no folder yet
      let names = try? FileManager.default.contentsOfDirectory(atPath: runner.file("pieces").path)
      for name in names ?? [] where name.hasPrefix("checkpoint-") || name == "latest.safetensors" {
        #expect(throws: Never.self) {
          try SafeTensors(contentsOf: runner.file("pieces").appendingPathComponent(name))
        }
      }
      let hasRun = RunFolder.hasRun(at: runner.file("pieces"))
      job = try runner.start("\(flags) pieces\(hasRun ? " --resume" : "")")
      if kills >= 12 { break }
    }
    let last = try job.finish()
    #expect(last.code == 0, "\(last.errors)")
    #expect(kills >= 5)
    #expect(
      try runner.latestCheckpoint("whole") == runner.latestCheckpoint("pieces"),
      "killed at lines \(goals)")
    #expect(try runner.metrics("whole") == runner.metrics("pieces"))
    #expect(try runner.metrics("whole").count == 600)
    let names = try ["whole", "pieces"].map {
      try FileManager.default.contentsOfDirectory(atPath: runner.file($0).path).sorted()
    }
    #expect(names[0] == names[1], "something was left behind")
  }

  @Test func interruptedByControlC() throws {
    let runner = try CommandRunner()
    let job = try runner.start("train copy \(Self.flags) -iterations 10000000 --run-folder run")
    job.wait { runner.metricsLines("run").count > 20 }
    job.process.interrupt()
    let result = try job.finish()
    #expect(result.code == 130, "\(result.errors)")
    #expect(result.output.contains("dnc train copy --run-folder run --resume"))
    let done = try runner.metrics("run").count
    let file = try SafeTensors(contentsOf: runner.file("run/latest.safetensors"))
    #expect(try TrainingCheckpoint.record(of: file)?.state.iteration == done)

    let total = done + 40
    let more = try runner.run("train copy --run-folder run --resume -iterations \(total)")
    #expect(more.code == 0, "\(more.errors)")
    #expect(more.output.contains("Going on in run after iteration \(done) of \(total)."))
    #expect(
      try runner.run("train copy \(Self.flags) -iterations \(total) --run-folder whole").code == 0)
    #expect(try runner.latestCheckpoint("run") == runner.latestCheckpoint("whole"))
    #expect(try runner.metrics("run") == runner.metrics("whole"))
  }

  @Test func otherSignalsSaveToo() throws {
    let runner = try CommandRunner()
    for (signal, code) in [(SIGTERM, Int32(143)), (SIGHUP, 129)] {
      let run = "run\(signal)"
      let job = try runner.start(
        "train copy \(Self.flags) -iterations 10000000 --run-folder \(run)")
      job.wait { runner.metricsLines(run).count > 20 }
      kill(job.process.processIdentifier, signal)
      #expect(try job.finish().code == code)
      let file = try SafeTensors(contentsOf: runner.file("\(run)/latest.safetensors"))
      #expect(
        try TrainingCheckpoint.record(of: file)?.state.iteration == runner.metrics(run).count)
    }
  }

  /// The number of threads of the machine has no part in the result, only that of the run has.
  @Test func threadsOfTheMachineDoNotMatter() throws {
    let runner = try CommandRunner()
    for threads in ["1", "2", "3"] {
      let result = try runner.run(
        "train copy \(Self.flags) -iterations 40 --run-folder r\(threads)",
        environment: ["DNC_WORKERS": threads])
      #expect(result.code == 0, "\(result.errors)")
      #expect(try runner.latestCheckpoint("r\(threads)") == runner.latestCheckpoint("r1"))
    }
    let one = try runner.run(
      "train copy -nhid 8 -iterations 1 --run-folder one", environment: ["DNC_WORKERS": "1"])
    #expect(one.output.contains("workers: 1."))
  }

  @Test func aSecondProcessIsRefused() throws {
    let runner = try CommandRunner()
    let job = try runner.start("train copy \(Self.flags) -iterations 10000000 --run-folder run")
    job.wait { runner.metricsLines("run").count > 10 }
    let second = try runner.run("train copy --run-folder run --resume")
    #expect(second.code == 1)
    #expect(second.errors.contains("/run is in use by another process"))
    #expect(second.errors.contains("process \(job.process.processIdentifier)"))
    #expect(job.process.isRunning)
    // Looking is allowed.
    #expect(try runner.run("evaluate run --sequences 2").code == 0)
    #expect(try runner.run("inspect run").code == 0)
    job.process.interrupt()
    #expect(try job.finish().code == 130)
    let made = runner.metricsLines("run").count
    let last = try runner.run("train copy --run-folder run --resume -iterations \(made)")
    #expect(last.output.contains("Done: \(made) iterations"), "\(last.output) \(last.errors)")
  }

  @Test func aResumedRunKeepsItsSettings() throws {
    let runner = try CommandRunner()
    #expect(try runner.run("train copy \(Self.flags) -iterations 20 --run-folder run").code == 0)
    let before = try runner.latestCheckpoint("run")
    for (flag, message) in [
      ("-batch_size 5", "--batch-size 5: the run to be resumed has 4"),
      ("--seed 9", "--seed 9: the run to be resumed has 3"),
      ("--workers 1", "--workers 1: the run to be resumed has 2"),
      ("-memory_type sam", "--memory-type sam: the run to be resumed has dnc"),
      ("--mixed-lengths", "--mixed-lengths"), ("-optim sgd", "--optim sgd"),
      ("-iterations 0", "--iterations 0"),
    ] {
      let result = try runner.run("train copy --run-folder run --resume \(flag)")
      #expect(result.code == 64, "\(flag)")
      #expect(result.errors.contains(message), "\(result.errors)")
    }
    // The same values again are no change; and a finished run stays as it is.
    let same = try runner.run("train copy \(Self.flags) --run-folder run --resume")
    #expect(same.code == 0, "\(same.errors)")
    #expect(try runner.latestCheckpoint("run") == before)
  }
}
