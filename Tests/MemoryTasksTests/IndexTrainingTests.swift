#if FAISS
  import MemoryTasks
  import MemoryTraining
  import NeuralMemory
  import Testing

  struct IndexTrainingTests {
    /// Every sequence comes to more cells than the threshold, so that lists are trained within it.
    @Test func aSAMLearnsToCopyWithIt() throws {
      let task = try CopyTask(inputSize: 5)
      var c = NetworkConfiguration(inputSize: 5, hiddenSize: 48, memoryType: .sam)
      c.numHiddenLayers = 1
      c.nrCells = 64
      c.readHeads = 1
      c.cellSize = 12
      c.index = .faiss
      c.indexThreshold = 16
      var training = TrainingConfiguration()
      training.batchSize = 16
      training.seed = 1
      training.learningRate = LearningRate(5e-3)
      training.gradientClip = 10
      training.curriculum = Curriculum(maximumLength: 6)
      var trainer = try Trainer(
        network: SAM(configuration: c, seed: 1), task: task, configuration: training)
      var wrong = 0.5
      for _ in 1...6000 {
        wrong += (try trainer.step().errorRate - wrong) / 100
        if wrong < 0.01 { break }
      }
      #expect(wrong < 0.01, "\(wrong * 100) % of the bits are wrong; chance is 50 %")
    }
  }
#endif
