import Testing

@testable import DNCCommand

struct PackageSpellingsTests {
  @Test(arguments: [
    ("-batch_size 32", "--batch-size=32"),
    ("--batch_size 32", "--batch-size=32"),
    ("--batch-size 32", "--batch-size=32"),
    ("-batch-size 32", "--batch-size=32"),
    ("-batch_size=32", "--batch-size=32"),
    ("-cuda -1", "--cuda=-1"),
    ("--cuda -1", "--cuda=-1"),
    ("-lr 1e-4 -optim rmsprop", "--lr=1e-4 --optim=rmsprop"),
    ("-lr -inf", "--lr=-inf"),
    ("-mem_slot -mem_size 4", "--mem-slot --mem-size=4"),
    ("-clip", "--clip"),
    ("train copy -h", "train copy -h"),
    ("run --input x.npy --output -y", "run --input x.npy --output -y"),
    ("-unknown_flag 3", "-unknown_flag 3"),
    ("train -- -batch_size 32", "train -- -batch_size 32"),
    ("--run-folder my_run -nhid 4", "--run-folder my_run --nhid=4"),
    ("-sequence_max_length 8 --resume", "--sequence-max-length=8 --resume"),
    ("- --", "- --"),
    ("", ""),
  ])
  func rewrites(_ line: String, _ expected: String) {
    func words(_ text: String) -> [String] { text.split(separator: " ").map(String.init) }
    #expect(PackageSpellings.rewrite(words(line)) == words(expected))
  }

  /// Every flag of the specification's list is known to the rewriting and to the parser.
  @Test(arguments: [
    ("input_size", "5"), ("rnn_type", "gru"), ("nhid", "3"), ("dropout", "0.5"),
    ("memory_type", "sdnc"), ("nlayer", "2"), ("nhlayer", "3"), ("lr", "0.5"), ("optim", "sgd"),
    ("clip", "2"), ("batch_size", "7"), ("mem_size", "6"), ("mem_slot", "8"), ("read_heads", "2"),
    ("sparse_reads", "3"), ("temporal_reads", "3"), ("sequence_max_length", "9"),
    ("curriculum_increment", "1"), ("curriculum_freq", "4"), ("cuda", "-1"), ("iterations", "12"),
    ("summarize_freq", "13"), ("check_freq", "14"),
  ])
  func parsesEveryFlagInBothSpellings(_ name: String, _ value: String) throws {
    let usual = "--" + String(name.map { $0 == "_" ? "-" : $0 })
    let before = try TrainTaskCommand<CopyTaskOptions>.parse([])
    for flag in ["-\(name)", usual] {
      let command = try TrainTaskCommand<CopyTaskOptions>.parse(
        PackageSpellings.rewrite([flag, value]))
      #expect("\(command.options)" != "\(before.options)", "\(flag) \(value) made no difference")
    }
  }

  /// The command lines of the package's readme that concern this version.
  @Test func parsesTheReadmesLines() throws {
    let lines = [
      "-cuda 0 -optim rmsprop -batch_size 32 -mem_slot 64",
      "-cuda 0 -lr 0.001 -rnn_type lstm -nlayer 1 -nhlayer 2 -dropout 0 -mem_slot 32 "
        + "-batch_size 1000 -optim adam -sequence_max_length 8",
      "-cuda 0",
    ]
    for line in lines {
      let words = line.split(separator: " ").map(String.init)
      let command = try TrainTaskCommand<CopyTaskOptions>.parse(PackageSpellings.rewrite(words))
      #expect(command.options.wantsGPU)
    }
  }
}
