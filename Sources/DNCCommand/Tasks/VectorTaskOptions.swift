import ArgumentParser
import MemoryTasks

struct RepeatCopyTaskOptions: TaskOptions {
  @Option(help: "Bits of a vector. (default: 4)")
  var numBits: Int?
  @Option(help: "The fewest vectors of a sequence. (default: 1)")
  var minLength: Int?
  @Option(help: "The fewest repeats. (default: 1)")
  var minRepeats: Int?
  @Option(help: "The most repeats. (default: 2)")
  var maxRepeats: Int?
  @Option(help: "What the number of repeats is divided by on its way in. (default: 10)")
  var repeatScale: Int?

  func task(from task: RepeatCopyTask) throws -> RepeatCopyTask {
    try RepeatCopyTask(
      bits: numBits ?? task.bits, minLength: minLength ?? task.minLength,
      minRepeats: minRepeats ?? task.repeats.lowerBound,
      maxRepeats: maxRepeats ?? task.repeats.upperBound,
      repeatScale: repeatScale ?? task.repeatScale)
  }

  static let examples = """
    Up to 5 vectors, up to 5 times:
      dnc train repeat-copy -sequence_max_length 5 --max-repeats 5 -lr 0.001 --until-solved
    """
}

struct AssociativeRecallTaskOptions: TaskOptions {
  @Option(help: "Bits of a vector. (default: 6)")
  var numBits: Int?
  @Option(help: "Vectors of an item. (default: 3)")
  var itemVectors: Int?
  @Option(help: "The fewest items of a sequence. (default: 2)")
  var minItems: Int?

  func task(from task: AssociativeRecallTask) throws -> AssociativeRecallTask {
    try AssociativeRecallTask(
      bits: numBits ?? task.bits, vectors: itemVectors ?? task.vectors,
      minItems: minItems ?? task.minItems)
  }

  static let examples = """
    With a sparse memory:
      dnc train associative-recall -memory_type sam -lr 0.001 -mem_slot 64 --until-solved
    """
}

struct PrioritySortTaskOptions: TaskOptions {
  @Option(help: "Bits of a vector. (default: 8)")
  var numBits: Int?
  @Option(help: "Share of the vectors that are wanted. (default: 0.8)")
  var share: Double?
  @Option(help: "The fewest vectors of a sequence. (default: 1)")
  var minLength: Int?

  func task(from task: PrioritySortTask) throws -> PrioritySortTask {
    try PrioritySortTask(
      bits: numBits ?? task.bits, share: share ?? task.share,
      minLength: minLength ?? task.minLength)
  }

  static let examples = """
    The 16 highest of 20, as in the paper on Neural Turing Machines:
      dnc train priority-sort --min-length 20 -sequence_max_length 20 -mem_slot 64
    Or from few vectors to 20, one more once there are few errors:
      dnc train priority-sort -sequence_max_length 2 --curriculum lessons --curriculum-limit 20 \\
        --curriculum-freq 100 -mem_slot 64 -lr 0.001
    """
}
