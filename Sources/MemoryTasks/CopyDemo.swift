import MemoryTraining
import NeuralMemory

extension RunConfiguration where Task == CopyTask {
  /// The copy task of `dnc demo`, as in the paper on Neural Turing Machines: 1 to 20 vectors of 8 bits.
  /// Solved after about a thousand iterations, a few seconds on two cores. The memory has more cells
  /// than the longest sequence needs, which lets the network go beyond the lengths it was trained on.
  public static func demo(seed: UInt64, workers: Int) -> RunConfiguration {
    var configuration = packageDefaults()
    configuration.task = try! CopyTask(inputSize: 9)  // 8 bits and the marker: a valid size.
    configuration.fitModelToTask()
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
