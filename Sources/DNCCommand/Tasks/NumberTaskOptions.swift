import ArgumentParser
import MemoryTasks

struct AddingTaskOptions: TaskOptions {
  @Option(help: "Channels of the input: the numbers are 0 to 2 less. (default: 6)")
  var inputSize: Int?

  func task(from task: AddingTask) throws -> AddingTask {
    try AddingTask(inputSize: inputSize ?? task.inputSize)
  }

  static let examples = """
    Settings of the Python package, on up to 100 numbers, and a look at a thousand:
      dnc train adding -lr 0.0001 -memory_type sam -nlayer 1 -nhlayer 1 -nhid 100 -mem_slot 1000 \\
        -mem_size 32 -read_heads 1 -sparse_reads 4 -batch_size 20 -optim rmsprop -input_size 3 \\
        -sequence_max_length 100 --run-folder runs/adding
      dnc evaluate runs/adding --lengths 100,1000 --sequences 1000
    """
}

struct ArgmaxTaskOptions: TaskOptions {
  @Option(help: "Channels of the input: the numbers are 0 to 2 less. (default: 6)")
  var inputSize: Int?

  func task(from task: ArgmaxTask) throws -> ArgmaxTask {
    try ArgmaxTask(inputSize: inputSize ?? task.inputSize)
  }

  static let examples = """
    Settings of the Python package:
      dnc train argmax -lr 0.0001 -memory_type dnc -nlayer 1 -nhlayer 1 -nhid 100 -mem_slot 100 \\
        -mem_size 10 -read_heads 2 -batch_size 1 -optim rmsprop -sequence_max_length 15 \\
        -input_size 10 -iterations 10000
    """
}
