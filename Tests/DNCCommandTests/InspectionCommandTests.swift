import Foundation
import MemoryInspection
import MemoryTraining
import NeuralMemory
import TestSupport
import Testing

/// The commands that look inside, as a user calls them.
@Suite struct InspectionCommandTests {
  /// A short run in `run`.
  private func trained(_ flags: String = "") throws -> CommandRunner {
    let runner = try CommandRunner()
    let result = try runner.run(
      "train copy --run-folder run --iterations 12 --batch-size 4 --nhid 12 --mem-slot 6 "
        + "--mem-size 5 --read-heads 2 --workers 1 --summarize-freq 5 \(flags)")
    try #require(result.code == 0, "\(result.errors)")
    return runner
  }

  @Test func tracesAreWrittenAndDrawn() throws {
    let runner = try trained()
    let input = Tensor(shape: [2, 7, 6], repeating: 1)
    try input.write(npy: runner.file("x.npy"))
    let ran = try runner.run("run --checkpoint run --input x.npy --output y.npy --trace t.npz")
    #expect(ran.code == 0 && ran.output.contains("plot t.npz"), "\(ran.errors)")
    let snapshot = try MemorySnapshot(contentsOf: runner.file("t.npz"))
    #expect(snapshot.rows == 7 && snapshot.cells == 6 && snapshot.readHeads == 2)
    // the output is the same as without a trace
    let traced = try Data(contentsOf: runner.file("y.npy"))
    _ = try runner.run("run --checkpoint run --input x.npy --output y.npy")
    #expect(try Data(contentsOf: runner.file("y.npy")) == traced)

    let evaluated = try runner.run("evaluate run --sequences 2 --factor 1 --trace e.npz")
    #expect(evaluated.code == 0 && evaluated.output.contains("Wrote e.npz"))
    #expect(try MemorySnapshot(contentsOf: runner.file("e.npz")).rows == 9)
    for name in ["a.svg", "b.png"] {
      let plotted = try runner.run("plot t.npz -o \(name) --access 3")
      #expect(plotted.code == 0 && plotted.output.contains("Wrote \(name)"), "\(plotted.errors)")
    }
    #expect(try String(contentsOf: runner.file("a.svg"), encoding: .utf8).contains("after step 3"))
    #expect(try Data(contentsOf: runner.file("b.png")).prefix(4) == Data([0x89, 0x50, 0x4E, 0x47]))
    for (line, code, text) in [
      ("plot t.npz -o a.jpg", Int32(64), ".svg or .png"),
      ("plot t.npz -o c.svg --access 7", 64, "from 0 to 6"),
      ("plot x.npy -o c.svg", 1, "is not an .npz file"), ("plot none.npz -o c.svg", 1, "none.npz"),
    ] {
      let refused = try runner.run(line)
      #expect(refused.code == code && refused.errors.contains(text), "\(refused.errors)")
    }
    #expect(try !runner.names.contains("c.svg"))
  }

  @Test(arguments: [
    "", "--memory-type sdnc --sparse-reads 2", "--memory-type sam --sparse-reads 2",
  ])
  func showDrawsTheMemory(flags: String) throws {
    let runner = try trained(flags)
    let shown = try runner.run("show run")
    #expect(shown.code == 0, "\(shown.errors)")
    for title in ["Write weights", "Read weights, head 1", "Gates", "Memory after step 8"] {
      #expect(shown.output.contains(title), "\(title)")
    }
    #expect(shown.output.contains("Links after step 8") == !flags.contains("sam"))
    // into a file: no colors
    #expect(!shown.output.contains("\u{1B}"))
    #expect(shown.output.split(separator: "\n").allSatisfy { $0.count <= 200 })
  }

  @Test func healthyRunsPassTheDoctor() throws {
    let runner = try trained()
    for line in ["doctor run", "doctor run --seed 4"] {
      let result = try runner.run(line)
      #expect(result.code == 0 && result.output.contains("every value is finite"), "\(result)")
    }
    #expect(try runner.run("doctor nothing").errors.contains("There is no run in"))
  }

  /// A run that is driven into an overflow stops, says where to look, and the doctor finds it.
  @Test func stoppedRunsAreDiagnosed() throws {
    let runner = try CommandRunner()
    let stopped = try runner.run(
      "train copy --run-folder run --iterations 50 --batch-size 4 --nhid 12 --mem-slot 6 --mem-size 5 "
        + "--rnn-type rnn --nonlinearity relu --optim sgd --lr 1e30 --clip 0 --workers 1 "
        + "--checkpoint-every 1")
    #expect(stopped.code == 1 && stopped.errors.contains("doctor run"), "\(stopped)")
    let before = try runner.names
    let found = try runner.run("doctor run")
    #expect(found.code == 3, "\(found)")
    #expect(found.output.contains("the first value that is not finite is"))
    #expect(found.output.contains("mechanism") && found.output.contains("tensor"))
    #expect(try runner.names == before)
  }

  @Test func observersAreCheckedFirst() throws {
    let runner = try CommandRunner()
    for (flags, text) in [
      ("--dashboard=70000", "from 0 to 65535"),
      ("--dashboard-address 127.0.0.1", "needs --dashboard"),
      ("--visdom localhost:8097", "http only"),
    ] {
      let result = try runner.run("train copy --run-folder run --iterations 1 \(flags)")
      #expect(result.code == 64 && result.errors.contains(text), "\(result.errors)")
    }
    #expect(try runner.names.isEmpty)
  }

  /// Looking on changes nothing, and nobody waits for a Visdom server that is not there.
  @Test(.enabled(if: Build.hasDashboard)) func observersChangeNothing() throws {
    let plain = try trained()
    let seen = try trained(
      "--dashboard=0 --tensorboard events --visdom http://127.0.0.1:1")
    #expect(try seen.metrics("run") == plain.metrics("run"))
    #expect(try seen.latestCheckpoint("run") == plain.latestCheckpoint("run"))
    let events = try FileManager.default.contentsOfDirectory(atPath: seen.file("events").path)
    #expect(events.count == 1)
  }

  /// The page of a run that is over, from the folder alone.
  @Test(
    .enabled(if: Build.hasDashboard),
    .enabled(if: Python.hasModule("json"), "python3 is not installed"))
  func watchServesThePage() throws {
    let runner = try trained()
    let job = try runner.start("watch run --port 0")
    var address: String?
    job.wait {
      address = job.output.split(separator: " ").last.map { $0.trimmingCharacters(in: .newlines) }
      return address?.hasPrefix("http://127.0.0.1:") == true && job.output.hasSuffix("\n")
    }
    let page = try #require(address)
    let status = try Python.run(
      """
      import sys, urllib.request, json, time
      get = lambda path: urllib.request.urlopen(sys.argv[1] + path, timeout=10)
      assert b'<!doctype html>' in get('/').read()
      for _ in range(100):
          status = json.load(get('/api/status'))
          if status['example']: break
          time.sleep(0.1)
      print(status['title'], status['task'], status['iteration'], status['state'])
      print(len(json.load(get('/api/metrics'))['loss']))
      """, page)
    #expect(status == "run copy 12 finished\n12\n")
    kill(job.process.processIdentifier, SIGTERM)
    #expect(try job.finish().code == 0)
  }
}
