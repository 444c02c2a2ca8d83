import MemoryTraining
import NeuralMemory

extension RunConfiguration where Task == CopyTask {
  /// The copy task with the settings of the Python package's script.
  public static func packageDefaults(memoryType: MemoryType = .dnc) -> RunConfiguration {
    let task = try! CopyTask()  // The default size is a valid one.
    var model = NetworkConfiguration(
      inputSize: task.inputSize, hiddenSize: 64, memoryType: memoryType)
    if memoryType != .none {
      model.nrCells = 16
      model.cellSize = 20
      model.readHeads = 4
    }
    // What a kind of memory does not have keeps the value that a configuration read from a file has.
    if memoryType == .sam || memoryType == .sdnc { model.sparseReads = 10 }
    if memoryType == .sdnc { model.temporalReads = 2 }
    return RunConfiguration(task: task, model: model, training: TrainingConfiguration())
  }

  /// The copy task of `dnc demo`, as in the paper on Neural Turing Machines: 1 to 20 vectors of 8 bits.
  /// Solved after about a thousand iterations, a few seconds on two cores. The memory has more cells
  /// than the longest sequence needs, which lets the network go beyond the lengths it was trained on.
  public static func demo(seed: UInt64, workers: Int) -> RunConfiguration {
    var configuration = packageDefaults()
    configuration.task = try! CopyTask(inputSize: 9)  // 8 bits and the marker: a valid size.
    configuration.model.inputSize = 9
    configuration.model.numHiddenLayers = 1
    configuration.model.nrCells = 64
    configuration.model.cellSize = 16
    configuration.model.readHeads = 1
    configuration.training.seed = seed
    configuration.training.workers = workers
    configuration.training.iterations = 20_000
    configuration.training.batchSize = 16
    configuration.training.learningRate = LearningRate(3e-3)
    configuration.training.gradientClip = 10
    configuration.training.curriculum = Curriculum(maximumLength: 20)
    configuration.training.stopWhenSolved = TrainingConfiguration.SolvedCheck()
    return configuration
  }
}
