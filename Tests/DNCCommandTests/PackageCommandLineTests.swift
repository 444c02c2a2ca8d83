import Foundation
import MemoryTasks
import MemoryTraining
import NeuralMemory
import Testing

/// The command lines of the Python package's readme, with `dnc train …` for `python ./tasks/….py`.
@Suite(.serialized)
struct PackageCommandLineTests {
  /// As printed; the flags of a shortened run are added behind.
  static let lines = [
    "copy -cuda 0 -optim rmsprop -batch_size 32 -mem_slot 64",
    "copy -cuda 0 -lr 0.001 -rnn_type lstm -nlayer 1 -nhlayer 2 -dropout 0 -mem_slot 32 "
      + "-batch_size 1000 -optim adam -sequence_max_length 8",
    "copy -cuda 0 -lr 0.001 -rnn_type lstm -memory_type sdnc -nlayer 1 -nhlayer 2 -dropout 0 "
      + "-mem_slot 100 -mem_size 10  -read_heads 1 -sparse_reads 10 -batch_size 20 -optim adam "
      + "-sequence_max_length 10",
    "copy -cuda 0 -lr 0.001 -rnn_type lstm -memory_type sdnc -nlayer 1 -nhlayer 2 -dropout 0 "
      + "-mem_slot 100 -mem_size 10  -read_heads 1 -sparse_reads 4 -temporal_reads 4 "
      + "-batch_size 20 -optim adam -sequence_max_length 4 -curriculum_increment 2 "
      + "-curriculum_freq 10000",
    "copy --help",
    "copy -cuda 0",
    "adding -cuda 0 -lr 0.0001 -rnn_type lstm -memory_type sam -nlayer 1 -nhlayer 1 -nhid 100 "
      + "-dropout 0 -mem_slot 1000 -mem_size 32 -read_heads 1 -sparse_reads 4 -batch_size 20 "
      + "-optim rmsprop -input_size 3 -sequence_max_length 100",
    "argmax -cuda 0 -lr 0.0001 -rnn_type lstm -memory_type dnc -nlayer 1 -nhlayer 1 -nhid 100 "
      + "-dropout 0 -mem_slot 100 -mem_size 10 -read_heads 2 -batch_size 1 -optim rmsprop "
      + "-sequence_max_length 15 -input_size 10 -iterations 10000",
  ]

  @Test(arguments: lines)
  func isAccepted(_ line: String) throws {
    let runner = try CommandRunner()
    let isHelp = line.hasSuffix("--help")
    let result = try runner.run(
      "train \(line)" + (isHelp ? "" : " -iterations 2 --workers 1 --run-folder r"))
    #expect(result.code == 0, "\(result.errors)")
    if isHelp {
      #expect(result.output.contains("--curriculum-freq"))
    } else {
      #expect(result.errors.components(separatedBy: "Warning").count == 2, "\(result.errors)")
      #expect(try runner.metrics("r").count == 2)
    }
  }

  /// Every value of a line reaches its place, and what a line leaves out has the package's default.
  @Test func meansTheSame() throws {
    let runner = try CommandRunner()
    for (index, line) in Self.lines.enumerated() where !line.hasSuffix("--help") {
      let short = " -iterations 1 -batch_size 1 --workers 1 --run-folder r\(index)"
      #expect(try runner.run("train \(line)\(short)").code == 0)
    }
    func copy(_ index: Int) throws -> RunConfiguration<CopyTask> {
      try RunFolder.configuration(at: runner.file("r\(index)"))
    }
    let first = try copy(0)
    #expect(first.training.optimizer == .rmsprop && first.model.nrCells == 64)
    #expect(first.training.learningRate == LearningRate(1e-4))
    #expect(first.model.cellSize == 20 && first.model.readHeads == 4)
    #expect(first.model.hiddenSize == 64 && first.model.numHiddenLayers == 2)
    let second = try copy(1)
    #expect(second.training.curriculum == Curriculum(maximumLength: 8))
    #expect(second.training.learningRate == LearningRate(1e-3))
    let third = try copy(2).model
    #expect(third.memoryType == .sdnc && third.sparseReads == 10 && third.temporalReads == 2)
    let fourth = try copy(3)
    #expect(fourth.model.sparseReads == 4 && fourth.model.temporalReads == 4)
    #expect(
      fourth.training.curriculum == Curriculum(maximumLength: 4, increment: 2, frequency: 10_000))
    let adding: RunConfiguration<AddingTask> = try RunFolder.configuration(at: runner.file("r6"))
    #expect(adding.task.inputSize == 3 && adding.model.memoryType == .sam)
    #expect(adding.model.nrCells == 1000 && adding.model.cellSize == 32)
    #expect(adding.model.readHeads == 1 && adding.model.sparseReads == 4)
    #expect(adding.model.hiddenSize == 100 && adding.model.numHiddenLayers == 1)
    #expect(adding.training.curriculum.maximumLength == 100)
    let argmax: RunConfiguration<ArgmaxTask> = try RunFolder.configuration(at: runner.file("r7"))
    #expect(argmax.task.inputSize == 10 && argmax.training.curriculum.maximumLength == 15)
    #expect(argmax.model.readHeads == 2 && argmax.model.nrCells == 100)
    #expect(RunConfiguration<AddingTask>.packageDefaults().training.iterations == 2000)
    #expect(
      RunConfiguration<AddingTask>.packageDefaults().training.curriculum.maximumLength == 1000)
    #expect(RunConfiguration<ArgmaxTask>.packageDefaults().training.iterations == 2000)
    #expect(RunConfiguration<ArgmaxTask>.packageDefaults().training.curriculum.maximumLength == 4)
  }
}
