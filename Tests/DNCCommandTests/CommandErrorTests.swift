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
      ("train copy -memory_type sam --dialect pytorch-dnc", 64, "nature, the only one of sparse"),
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
      ("train paste", 64, "paste"),
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
