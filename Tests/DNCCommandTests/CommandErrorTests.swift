import Foundation
import NeuralMemory
import Testing

/// What cannot work is refused with a code and a message, and nothing is made.
@Suite(.serialized)
struct CommandErrorTests {
  @Test(
    arguments: [
      ("train copy -batch_size -3", 64, "--batch-size -3: expected a whole number of at least 1"),
      ("train copy -batch_size 0", 64, "--batch-size 0: expected a whole number of at least 1"),
      ("train copy --batch-size x", 64, "The value 'x' is invalid for '--batch-size"),
      ("train copy -batch_size", 64, "Missing value for '--batch-size"),
      ("train copy -optim adm", 64, "adamax"),
      ("train copy -lr nan", 64, "--lr nan: expected a finite number above 0"),
      ("train copy -lr -1", 64, "--lr -1.0: expected a finite number above 0"),
      ("train copy -clip -2", 64, "--clip -2.0: expected"),
      ("train copy -iterations 0", 64, "--iterations 0: expected"),
      ("train copy -input_size 1", 64, "--input-size 1: expected a whole number of at least 2"),
      ("train copy -nhid 0", 64, "--nhid 0: expected"),
      ("train copy -nlayer 0", 64, "--nlayer 0: expected"),
      ("train copy -nhlayer -1", 64, "--nhlayer -1: expected"),
      ("train copy -mem_slot 0", 64, "--mem-slot 0: expected"),
      ("train copy -mem_size -7", 64, "--mem-size -7: expected"),
      ("train copy -read_heads 0", 64, "--read-heads 0: expected"),
      ("train copy -sparse_reads 0", 64, "--sparse-reads 0: expected"),
      ("train copy -temporal_reads 0", 64, "--temporal-reads 0: expected"),
      ("train copy -dropout 1", 64, "--dropout 1.0: expected"),
      ("train copy -rnn_type elman", 64, "lstm"),
      ("train copy -memory_type sam -sparse_reads -1", 64, "--sparse-reads -1: expected"),
      (
        "train copy -memory_type sam --dialect pytorch-dnc", 64,
        "nature, the only one but for a dnc"
      ),
      ("train copy -memory_type sdnc -temporal_reads 0", 64, "--temporal-reads 0: expected"),
      ("train copy -memory_type sam -mem_slot 1073741825", 64, "--mem-slot 1073741825: expected"),
      ("train copy -memory_type tape", 64, "sdnc"),
      ("train copy -memory_type sam --index faiss", 64, "--traits default,FAISS"),
      ("train copy --index tree", 64, "exact"),
      ("train copy -sequence_max_length 0", 64, "--sequence-max-length 0: expected"),
      ("train copy -curriculum_increment -1", 64, "--curriculum-increment -1: expected"),
      ("train copy -curriculum_freq 0", 64, "--curriculum-freq 0: expected"),
      ("train copy -check_freq 0", 64, "--checkpoint-every 0: expected"),
      ("train copy -summarize_freq 0", 64, "--summarize-freq 0: expected"),
      ("train copy -cuda -2", 64, "--cuda -2: expected -1 for the CPU"),
      ("train copy --workers 0", 64, "--workers 0: expected a whole number from 1 to 1024"),
      ("train copy --keep 0", 64, "--keep 0: expected"),
      ("train copy --weight-decay -1", 64, "--weight-decay"),
      ("train copy --dialect latin", 64, "nature"),
      ("train copy --no-such-flag", 64, "--no-such-flag"),
      ("train copy --resume", 64, "--resume needs --run-folder"),
      ("train copy --accumulate 0", 64, "--accumulate 0: expected a whole number of at least 1"),
      ("train copy --lr-warmup -1", 64, "--lr-warmup -1: expected a whole number of at least 0"),
      ("train copy --lr-warmup=-1", 64, "--lr-warmup -1: expected"),
      ("train copy --lr-decay slow", 64, "cosine"),
      ("train copy --lr-decay step --lr-decay-iterations 0", 64, "--lr-decay-iterations 0: exp"),
      ("train copy --lr-decay step --lr-decay-factor 2", 64, "--lr-decay-factor 2.0: expected"),
      ("train copy --lr-decay-factor 0.5", 64, "it needs --lr-decay"),
      ("train copy --curriculum steep", 64, "lessons"),
      (
        "train copy --curriculum exponential --curriculum-threshold 0", 64, "--curriculum-threshold"
      ),
      ("train copy --curriculum exponential --curriculum-limit 3", 64, "--curriculum-limit 3: exp"),
      ("train copy --preset copy-dcn", 64, "Did you mean copy-dnc?"),
      ("train adding --preset copy-dnc", 64, "it is one of `dnc train copy`"),
      ("train copy --num-bits 4", 64, "--num-bits"),
      ("train adding -input_size 2", 64, "--input-size 2: expected"),
      ("train adding -sequence_max_length 1", 64, "--sequence-max-length 1: expected"),
      ("train argmax -input_size 1", 64, "--input-size 1: expected"),
      ("train repeat-copy --num-bits 0", 64, "--num-bits 0: expected"),
      ("train repeat-copy --min-repeats 3", 64, "--max-repeats 2: expected"),
      ("train repeat-copy --repeat-scale 0", 64, "--repeat-scale 0: expected"),
      ("train associative-recall --item-vectors 0", 64, "--item-vectors 0: expected"),
      ("train associative-recall --min-items 1", 64, "--min-items 1: expected"),
      ("train priority-sort --share 1.5", 64, "--share 1.5: expected"),
      ("train priority-sort --min-length 0", 64, "--min-length 0: expected"),
      ("train graph-traversal --map paris", 64, "london-zone-1"),
      ("train graph-traversal --max-path 0", 64, "--max-path 0: expected"),
      ("train graph-traversal -sequence_max_length 99", 64, "--sequence-max-length 99: expected"),
      ("train graph-traversal --radix 1", 64, "--radix 1: expected"),
      ("train shortest-path --planning-steps=-1", 64, "--planning-steps -1: expected"),
      ("train shortest-path --max-nodes 2", 64, "--max-nodes 2: expected"),
      ("train graph-inference --max-siblings 0", 64, "--max-siblings 0: expected"),
      ("train copy -mem_slot 2000000", 64, "--mem-slot × --mem-slot 2000000 × 2000000: expected"),
      (
        "train copy -memory_type sdnc -mem_slot 1000000000 -temporal_reads 1000000", 64,
        "--read-heads × (--sparse-reads + 2 × --temporal-reads) × --temporal-reads"
      ),
      ("train copy -sequence_max_length 9223372036854775807", 64, "--sequence-max-length 92"),
      ("train copy -batch_size 1000000000000", 64, "--batch-size 1000000000000: expected"),
      (
        "train copy -batch_size 1000000 -sequence_max_length 100000", 64,
        "--batch-size 1000000: expected at most 2386 sequences of 200001 steps"
      ),
      ("train repeat-copy --max-repeats 9223372036854775807", 64, "--max-repeats 92"),
      ("train associative-recall --item-vectors 9223372036854775807", 64, "--item-vectors 92"),
      (
        "train graph-inference -sequence_max_length 9 --curriculum lessons", 64,
        "--sequence-max-length 9: expected"
      ),
      (
        "train copy --until-solved -curriculum_increment 2", 64,
        "--curriculum-limit none: expected a length where growing ends"
      ),
      (
        "train copy --iterations 30 --lr-decay cosine --lr-decay-iterations 20", 64,
        "--iterations 30: expected at most 20: the learning rate has fallen to 0 by then"
      ),
      ("train copy --seed -1", 64, "'-1'"),
      ("train copy --workers -1", 64, "--workers -1: expected"),
      ("train copy --weight-decay -1", 64, "--weight-decay -1.0: expected"),
      ("train copy --run-folder new --tensorboard occupied/diary.txt", 1, "diary.txt"),
      (
        "train copy --run-folder new --dashboard --dashboard-address 999.1.1.1", 1,
        Build.hasDashboard ? "999.1.1.1" : "--traits default,Dashboard"
      ),
      ("results record nowhere new", 1, "There is no run in"),
      ("train paste", 64, "There is no task 'paste'. There are: copy, adding"),
      ("train repeatcopy", 64, "Did you mean repeat-copy?"),
      ("show grap-traversal", 64, "Did you mean graph-traversal?"),
      ("show copy --count 0", 64, "--count 0: expected"),
      ("show copy --length 0", 64, "--length 0: expected"),
      (
        "show graph-inference --length 5", 64, "--length 5: graph-inference has lengths from 1 to 4"
      ),
      ("show copy --checkpoint nowhere", 1, "There is no run in"),
      ("presets coppy", 64, "Did you mean copy?"),
      ("evaluate occupied --lengths 1,x", 64, "--lengths 1,x: expected whole numbers"),
      ("results record nowhere occupied", 1, "There is no run in"),
      ("results table nowhere", 1, "nowhere: No such file"),
      ("train copy --run-folder nowhere --resume", 1, "There is no run in"),
      ("train copy --run-folder occupied", 1, "is not empty (it holds diary.txt)"),
      ("train copy --run-folder occupied --resume", 1, "There is no run in"),
      ("train copy --run-folder occupied/diary.txt", 1, "it is a file, not a folder"),
      ("train copy --run-folder occupied/diary.txt/run", 1, "is a file, not a folder"),
      ("demo --run-folder occupied", 1, "is not empty"),
      ("demo --iterations 0", 64, "--iterations 0: expected"),
      ("demo --workers -1", 64, "workers"),
      ("evaluate nowhere", 1, "There is no run in"),
      ("evaluate occupied", 1, "There is no run in"),
      ("evaluate occupied --sequences 0", 64, "--sequences 0: expected a whole number from 1"),
      ("evaluate occupied --factor 0", 64, "--factor 0: expected"),
      ("evaluate", 64, "Missing expected argument '<run>'"),
      ("inspect nowhere.safetensors", 1, "there is no such file or run folder"),
      ("inspect occupied", 1, "the folder holds no checkpoint"),
      ("inspect occupied/diary.txt", 1, "diary.txt"),
      ("run --checkpoint none --input x.npy --output y.npy", 1, "there is no such file"),
      ("run --input x.npy --output y.npy", 64, "Missing expected argument '--checkpoint"),
    ] as [(String, Int, String)])
  func refuses(_ line: String, _ code: Int, _ message: String) throws {
    let runner = try CommandRunner()
    try FileManager.default.createDirectory(
      at: runner.file("occupied"), withIntermediateDirectories: false)
    try Data("dear diary".utf8).write(to: runner.file("occupied/diary.txt"))
    let result = try runner.run(line)
    #expect(result.code == code)
    #expect(result.errors.contains(message), "\(result.errors)")
    #expect(result.output.isEmpty, "\(result.output)")
    #expect(try runner.names == ["occupied"])
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: runner.file("occupied").path)
        == ["diary.txt"])
  }

  @Test func refusesAnUnwritableFolder() throws {
    // The superuser may write anywhere: there is nothing to refuse then but a file system that is
    // read-only by nature.
    let runner = try CommandRunner()
    let place = getuid() == 0 ? "/proc/run" : "\(runner.folder.path)/closed/run"
    if getuid() != 0 {
      try FileManager.default.createDirectory(
        at: runner.file("closed"), withIntermediateDirectories: false,
        attributes: [.posixPermissions: 0o555])
    }
    let result = try runner.run("train copy --run-folder \(place)")
    #expect(result.code == 1)
    #expect(result.errors.contains("Cannot use"), "\(result.errors)")
    #expect(!FileManager.default.fileExists(atPath: place))
  }
}
