import ArgumentParser
import MemoryTasks

struct CopyTaskOptions: TaskOptions {
  @Option(help: "Channels of the input: one less is the number of bits. (default: 6)")
  var inputSize: Int?
  @Flag(
    inversion: .prefixedNo, help: "Let every sequence of a batch have its own length. (default: no)"
  )
  var mixedLengths: Bool?

  func task(from task: CopyTask) throws -> CopyTask {
    try CopyTask(
      inputSize: inputSize ?? task.inputSize, mixedLengths: mixedLengths ?? task.mixedLengths)
  }

  static let examples = """
    Settings of the original experiments:
      dnc train copy -optim rmsprop -batch_size 32 -mem_slot 64
    Faster:
      dnc train copy -lr 0.001 -mem_slot 32 -sequence_max_length 8
    Sequences that grow by 2 every 10,000 iterations:
      dnc train copy -lr 0.001 -curriculum_increment 2 -curriculum_freq 10000
    Settings that solve it with a dense and with a sparse memory:
      dnc train copy --preset copy-dnc
      dnc train copy --preset copy-sdnc
    """
}
