import Foundation
import MemoryTasks
import MemoryTraining
import NeuralMemory
import Testing

/// The commands from end to end, on small networks.
@Suite(.serialized)
struct CommandTests {
  static let small =
    "-nhid 8 -nhlayer 1 -mem_slot 4 -mem_size 4 -read_heads 1 -batch_size 4 --workers 1"

  @Test func trainsIntoANewFolder() throws {
    let runner = try CommandRunner()
    let result = try runner.run("train copy \(Self.small) -iterations 25 -summarize_freq 10")
    #expect(result.code == 0, "\(result.errors)")
    #expect(result.errors.isEmpty)
    let lines = result.output.split(separator: "\n").filter { $0.hasPrefix("iteration ") }
    #expect(lines.map { $0.split(separator: " ")[1] } == ["10/25", "20/25", "25/25"])
    #expect(result.output.contains("dnc evaluate runs/copy-1"))
    #expect(!result.output.contains("\r"))
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: runner.file("runs/copy-1").path).sorted()
        == [
          ".lock", "checkpoint-00000025.safetensors", "configuration.json", "latest.safetensors",
          "metrics.jsonl",
        ])
    #expect(try runner.metrics("runs/copy-1").map { $0["iteration"] } == (1...25).map(Double.init))
    #expect(try runner.run("train copy \(Self.small) -iterations 1").output.contains("runs/copy-2"))
  }

  @Test func flagsReachTheConfiguration() throws {
    let runner = try CommandRunner()
    let line =
      "train copy -input_size 5 -rnn_type gru -nhid 7 -dropout 0.25 -nlayer 2 -nhlayer 3 -lr 0.5 "
      + "-optim rmsprop -clip 3 -batch_size 2 -mem_size 6 -mem_slot 9 -read_heads 2 "
      + "-sequence_max_length 3 -curriculum_increment 2 -curriculum_freq 11 --curriculum-limit 8 -iterations 2 "
      + "-summarize_freq 12 -check_freq 13 --keep 5 --seed 99 --workers 1 --dialect pytorch-dnc "
      + "--independent-linears --no-share-memory --nonlinearity relu --weight-decay 0.125 "
      + "--mixed-lengths --until-solved --run-folder r"
    let result = try runner.run(line)
    #expect(result.code == 0, "\(result.errors)")
    let found = try RunFolder.configuration(
      RunConfiguration<CopyTask>.self, at: runner.file("r"))
    var model = NetworkConfiguration(inputSize: 5, hiddenSize: 7)
    model.rnnType = .gru
    model.dropout = 0.25
    model.numLayers = 2
    model.numHiddenLayers = 3
    model.cellSize = 6
    model.nrCells = 9
    model.readHeads = 2
    model.dialect = .pytorchDNC
    model.independentLinears = true
    model.shareMemory = false
    model.nonlinearity = .relu
    #expect(found.model == model)
    #expect(found.task == (try CopyTask(inputSize: 5, mixedLengths: true)))
    var training = TrainingConfiguration()
    training.learningRate = LearningRate(0.5)
    training.optimizer = .rmsprop
    training.gradientClip = 3
    training.batchSize = 2
    training.curriculum = Curriculum(maximumLength: 3, increment: 2, frequency: 11, limit: 8)
    training.iterations = 2
    training.summarizeEvery = 12
    training.checkpointEvery = 13
    training.keepCheckpoints = 5
    training.seed = 99
    training.workers = 1
    training.weightDecay = 0.125
    training.stopWhenSolved = .init()
    #expect(found.training == training)
  }

  @Test(arguments: [MemoryType.sam, .sdnc])
  func sparseFlagsReachTheConfiguration(_ memoryType: MemoryType) throws {
    let runner = try CommandRunner()
    let line =
      "train copy \(Self.small) -memory_type \(memoryType.rawValue) -sparse_reads 3 -temporal_reads 5 "
      + "-mem_slot 1073741824 --index exact -iterations 2 --run-folder r"
    let result = try runner.run(line)
    #expect(result.code == 0, "\(result.errors)")
    let found = try RunFolder.configuration(
      RunConfiguration<CopyTask>.self, at: runner.file("r"))
    var model = NetworkConfiguration(inputSize: 6, hiddenSize: 8, memoryType: memoryType)
    model.numHiddenLayers = 1
    model.nrCells = 1 << 30
    model.cellSize = 4
    model.readHeads = 1
    model.sparseReads = 3
    if memoryType == .sdnc { model.temporalReads = 5 }
    #expect(found.model == model)
    let kept = try SafeTensors(contentsOf: runner.file("r/latest.safetensors"))
    let network = try NetworkConfiguration.network(in: kept, name: "r")
    #expect(network.configuration == model)
    func kind<Model: AnyNetwork>(_: Model) -> MemoryType { Model.Memory.Configuration.kind }
    #expect(kind(network) == memoryType)
  }

  @Test func defaultsAreThePackages() throws {
    let sparse = RunConfiguration<CopyTask>.packageDefaults(memoryType: .sdnc).model
    #expect(sparse.memoryType == .sdnc && sparse.nrCells == 16 && sparse.readHeads == 4)
    #expect(sparse.sparseReads == 10 && sparse.temporalReads == 2)
    let configuration = RunConfiguration<CopyTask>.packageDefaults()
    let (model, training) = (configuration.model, configuration.training)
    #expect(model.inputSize == 6 && model.hiddenSize == 64 && model.numHiddenLayers == 2)
    #expect(model.nrCells == 16 && model.cellSize == 20 && model.readHeads == 4)
    #expect(training.learningRate.base == 1e-4 && training.gradientClip == 50)
    #expect(training.batchSize == 100 && training.iterations == 100_000)
    #expect(training.curriculum == Curriculum(maximumLength: 4, increment: 0, frequency: 1000))
    #expect(training.checkpointEvery == 100 && training.summarizeEvery == 100)
    #expect(throws: Never.self) { try configuration.validate() }
  }

  @Test func warnsOnceAboutTheGPU() throws {
    let runner = try CommandRunner()
    let result = try runner.run("train copy \(Self.small) -cuda 0 -iterations 3")
    #expect(result.code == 0)
    #expect(result.errors.components(separatedBy: "Warning").count == 2)
    #expect(result.errors.contains("no GPU engine"))
    #expect(try runner.run("train copy \(Self.small) -cuda -1 -iterations 1").errors.isEmpty)
  }

  @Test func stopsAtANonFiniteValue() throws {
    let runner = try CommandRunner()
    // Decay of this size multiplies the parameters by 1e10 at every step.
    let result = try runner.run(
      "train copy \(Self.small) -optim sgd -clip 0 -lr 1e30 --weight-decay 1e-20 -iterations 50 "
        + "-check_freq 1 --run-folder r")
    #expect(result.code == 1, "\(result.output)")
    #expect(result.errors.contains("Training stopped there."), "\(result.errors)")
    #expect(result.errors.contains("The last good checkpoint is r/checkpoint-0000000"))
    let kept = try DNC(contentsOf: runner.file("r/latest.safetensors"))
    #expect(kept.parameters.firstNonFinite() == nil)
  }

  @Test(arguments: MemoryType.allCases)
  func evaluatesRunsAndInspects(_ memoryType: MemoryType) throws {
    let runner = try CommandRunner()
    #expect(
      try runner.run(
        "train copy \(Self.small) -memory_type \(memoryType.rawValue) -iterations 10 "
          + "-sequence_max_length 3 --run-folder r"
      )
      .code == 0)

    let table = try runner.run("evaluate r --sequences 5 --factor 3")
    #expect(table.code == 0, "\(table.errors)")
    #expect(table.output.contains("Task copy after 10 iterations"))
    let rows = table.output.split(separator: "\n").filter { $0.contains("%") && $0.first == " " }
    #expect(rows.map { $0.split(separator: " ")[0] } == ["1", "2", "3", "6", "9"])
    #expect(rows.map { $0.split(separator: " ")[1] } == ["3", "5", "7", "13", "19"])
    let json = try runner.run("evaluate r --sequences 5 --factor 3 --json").output
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
    #expect((object["rows"] as? [[String: Any]])?.count == 5)
    #expect(object["trained_up_to"] as? Int == 3)
    #expect(try runner.run("evaluate r --sequences 5 --factor 3 --json").output == json)

    let inspected = try runner.run("inspect r/latest.safetensors")
    #expect(inspected.code == 0)
    for part in [
      memoryType == .none ? "rnn_type" : "nr_cells", "hidden_size", "Parameters",
      "iterations          10", "adam",
      "\"\(memoryType.rawValue)\"",
    ] {
      #expect(inspected.output.contains(part))
    }

    let input = Tensor(shape: [2, 4, 6], repeating: 0.5)
    try input.write(npy: runner.file("x.npy"))
    try input.select(axis: 0, 1).write(npy: runner.file("one.npy"))
    let ran = try runner.run("run --checkpoint r --input x.npy --output y.npy")
    #expect(ran.code == 0, "\(ran.errors)")
    let output = try Tensor(npy: runner.file("y.npy"))
    #expect(output.shape == [2, 4, 6])
    let network = try NetworkConfiguration.network(
      in: SafeTensors(contentsOf: runner.file("r/latest.safetensors")), name: "r")
    #expect(output == network.evaluate(input, lengths: nil))
    #expect(
      try runner.run("run --checkpoint r/latest.safetensors --input one.npy --output z.npy").code
        == 0)
    #expect(
      try Tensor(npy: runner.file("z.npy"))
        .isClose(to: output.select(axis: 0, 1), relative: 1e-5, absolute: 1e-6))

    try Tensor(shape: [2, 4, 5]).write(npy: runner.file("x.npy"))
    let wrong = try runner.run("run --checkpoint r --input x.npy --output no.npy")
    #expect(wrong.code == 1)
    #expect(wrong.errors.contains("shape [2, 4, 5]; the network takes [batch, time, 6]"))
    try Tensor(shape: [1, 1, 6], repeating: .nan).write(npy: runner.file("x.npy"))
    #expect(try runner.run("run --checkpoint r --input x.npy --output no.npy").code == 1)
    #expect(!FileManager.default.fileExists(atPath: runner.file("no.npy").path))
  }

  /// A checkpoint without a configuration, as a converted one is.
  @Test func runsAConvertedCheckpoint() throws {
    let runner = try CommandRunner()
    let network = DNC(
      inputSize: 3, hiddenSize: 5, numHiddenLayers: 1, nrCells: 4, readHeads: 1, cellSize: 2,
      dialect: .pytorchDNC, seed: 8)
    var bare = SafeTensors()
    for entry in network.parameters.layout.entries {
      bare.set(entry.name, network.parameters[entry.name])
    }
    try bare.write(to: runner.file("bare.safetensors"))
    let input = Tensor(shape: [2, 3, 3], repeating: 1)
    try input.write(npy: runner.file("x.npy"))
    let line = "run --checkpoint bare.safetensors --input x.npy --output y.npy"
    let refused = try runner.run(line)
    #expect(refused.code == 1 && refused.errors.contains("configuration"), "\(refused.errors)")

    try Data(network.configuration.json.utf8).write(to: runner.file("c.json"))
    let result = try runner.run("\(line) --configuration c.json")
    #expect(result.code == 0, "\(result.errors)")
    #expect(try Tensor(npy: runner.file("y.npy")) == network(input).output)

    for text in ["{", "{}", #"{"input_size":3,"hidden_size":0}"#] {
      try Data(text.utf8).write(to: runner.file("c.json"))
      let wrong = try runner.run("\(line) --configuration c.json")
      #expect(wrong.code == 1)
      #expect(wrong.errors.contains("size") || wrong.errors.contains("c.json"), "\(wrong.errors)")
    }
    #expect(try runner.run("\(line) --configuration none.json").errors.contains("none.json"))
  }

  @Test func aDemoThatCannotReachItsGoalSaysSo() throws {
    let runner = try CommandRunner()
    let page = Build.hasDashboard ? "--dashboard=0" : ""
    let result = try runner.run("demo --iterations 20 --workers 1 \(page)")
    #expect(
      result.output.contains("The live page is at http://127.0.0.1:") == Build.hasDashboard,
      "\(result.output)")
    #expect(result.code == 2, "\(result.errors)")
    #expect(result.output.contains("The goal was not reached"))
    #expect(result.output.contains("At twice the length (40 vectors"))
    #expect(result.output.contains("dnc evaluate runs/demo-1"))
  }

  /// The demo itself, as a newcomer runs it.
  @Test func theDemoReachesItsGoal() throws {
    let runner = try CommandRunner()
    let result = try runner.run("demo --seed 1")
    #expect(result.code == 0, "\(result.errors)")
    #expect(result.output.contains("no wrong bit in 1000 fresh sequences"))
    #expect(result.output.contains("At twice the length (40 vectors"))
    #expect(result.output.contains("dnc evaluate runs/demo-1"))
    let file = try SafeTensors(contentsOf: runner.file("runs/demo-1/latest.safetensors"))
    let state = try #require(try TrainingCheckpoint.record(of: file)).state
    #expect(state.iteration % 100 == 0 && state.cleanIterations >= 20)
    // Solved is solved: resumed, it does not train any further.
    let again = try runner.run("train copy --run-folder runs/demo-1 --resume")
    #expect(again.output.contains("Solved after \(state.iteration) iterations"))
  }

  @Test func helpTeaches() throws {
    let runner = try CommandRunner()
    for (line, parts) in [
      ("--help", ["dnc demo", "--resume", "Exit codes", "SUBCOMMANDS"]),
      ("train copy --help", ["-batch_size", "--mem-slot", "--resume", "(default: 0.0001)"]),
      ("evaluate --help", ["--sequences", "dnc evaluate runs/copy-1"]),
      ("run --help", ["--checkpoint", "[batch, time, input size]"]),
      ("inspect --help", ["dnc inspect"]), ("demo --help", ["--seed"]),
    ] {
      let result = try runner.run(line)
      #expect(result.code == 0)
      for part in parts { #expect(result.output.contains(part), "\(line): \(part)") }
    }
  }

  #if os(Linux)
    /// A minimal container may have no pseudo-terminals.
    private static var hasPseudoTerminals: Bool {
      let leader = open("/dev/ptmx", O_RDWR | O_NOCTTY)
      guard leader >= 0 else { return false }
      defer { close(leader) }
      var isLocked = Int32(0)
      return ioctl(leader, 0x4004_5431, &isLocked) == 0
    }

    @Test(.enabled(if: hasPseudoTerminals, "there are no pseudo-terminals here"))
    func drawsOneLineOnATerminal() throws {
      let runner = try CommandRunner()
      // What posix_openpt, unlockpt and ptsname do; Glibc's module does not show them.
      let leader = open("/dev/ptmx", O_RDWR | O_NOCTTY)
      defer { close(leader) }
      var (isLocked, number) = (Int32(0), Int32(0))
      try #require(
        ioctl(leader, 0x4004_5431, &isLocked) == 0 && ioctl(leader, 0x8004_5430, &number) == 0)
      let follower = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY)
      var size = winsize(ws_row: 24, ws_col: 60, ws_xpixel: 0, ws_ypixel: 0)
      #expect(ioctl(follower, UInt(TIOCSWINSZ), &size) == 0)
      let job = try runner.start(
        "train copy \(Self.small) -iterations 300 -lr 0.01 --run-folder r",
        environment: ["TERM": "xterm"], output: FileHandle(fileDescriptor: follower))
      // A terminal's buffer is small: read while it runs.
      _ = fcntl(leader, F_SETFL, O_NONBLOCK)
      var bytes: [UInt8] = []
      var buffer = [UInt8](repeating: 0, count: 4096)
      var isRunning = true
      while true {
        let count = read(leader, &buffer, buffer.count)
        if count > 0 {
          bytes += buffer[..<count]
        } else if isRunning {
          isRunning = job.process.isRunning
          usleep(1000)
        } else {
          break
        }
      }
      close(follower)
      #expect(try job.finish().code == 0)
      let text = String(decoding: bytes, as: UTF8.self)
      let drawn = text.components(separatedBy: "\r\u{1B}[2K").dropFirst()
        .map { $0.components(separatedBy: "\r\n")[0] }
      #expect(drawn.contains { $0.hasPrefix("300/300 (100 %)  loss 0.") })
      #expect(drawn.allSatisfy { $0.count < 60 })
      #expect(!text.contains("iteration 100/300"))
    }
  #endif
}
