import MemoryTraining
import NeuralMemory
import Testing

struct TrainerTests {
  @Test func learnsAndReports() throws {
    var trainer = try smallTrainer()
    var reports: [IterationReport] = []
    for _ in 0..<50 { reports.append(try trainer.step()) }
    #expect(reports.map(\.iteration) == Array(1...50))
    #expect(reports[0].loss > 0.5)
    #expect(reports[49].loss < 0.1)
    #expect(reports[0].errorRate > 0)
    #expect(reports[45...].allSatisfy { $0.errorRate == 0 })
    #expect(reports.allSatisfy { $0.itemsPerSecond > 0 && $0.gradientNorm > 0 })
    #expect(trainer.state.cleanIterations >= 5)
  }

  @Test func sameSeedSameBits() throws {
    func run(_ seed: UInt64) throws -> ([Float], [Double]) {
      var configuration = smallConfiguration()
      configuration.seed = seed
      var trainer = try smallTrainer(configuration)
      let losses = try (0..<20).map { _ in try trainer.step().loss }
      return (trainer.network.parameters.values, losses)
    }
    let (a, b, c) = (try run(1), try run(1), try run(2))
    #expect(a.0 == b.0 && a.1 == b.1)
    #expect(a.0 != c.0)
  }

  /// 20 iterations at each length, starting with 2: the stage of a report is the one it was made
  /// in.
  @Test func curriculumGrows() throws {
    var trainer = try smallTrainer()
    var stages: [Int] = []
    var lengths: Set<Int> = []
    for i in 0..<45 {
      let report = try trainer.step()
      stages.append(report.maximumLength)
      if i < 20 { lengths.insert(report.length) }
      #expect(report.length <= report.maximumLength && report.length >= 1)
    }
    #expect(lengths == [1, 2])
    #expect(stages == (0..<45).map { 2 + $0 / 20 })
  }

  @Test func curriculumIsOffByDefault() {
    var curriculum = Curriculum(maximumLength: 4, frequency: 2)
    for i in 1...10 { curriculum.advance(completedIterations: i, loss: 1, errorRate: 1) }
    #expect(curriculum.maximumLength == 4)
  }

  /// The clipped gradient moves plain SGD by the learning rate times the maximum at most.
  @Test func clipsTheGradient() throws {
    var configuration = smallConfiguration()
    configuration.optimizer = .sgd
    configuration.learningRate = LearningRate(0.5)
    configuration.gradientClip = 1e-3
    var trainer = try smallTrainer(configuration)
    let before = trainer.network.parameters.values
    let report = try trainer.step()
    let moved = zip(before, trainer.network.parameters.values)
      .reduce(0) { $0 + Double($1.0 - $1.1) * Double($1.0 - $1.1) }.squareRoot()
    #expect(report.gradientNorm > 0.01)
    #expect(abs(moved / 5e-4 - 1) < 1e-2)
  }

  @Test func stopsAtANonFiniteOutput() throws {
    var network = LinearNetwork(inputSize: 3, outputSize: 3)
    network.poison = .nan
    var trainer = try Trainer(
      network: network, task: ShiftTask(), configuration: smallConfiguration())
    let error = #expect(throws: NonFiniteValue.self) { try trainer.step() }
    #expect(error?.iteration == 1)
    #expect(error?.place == .output)
    #expect(error?.indices == [0, 0, 0])
    #expect(error?.description.contains("Iteration 1: the network's output") == true)
    #expect(trainer.network.parameters == network.parameters)
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity])
  func stopsAtANonFiniteGradientBeforeTheUpdate(_ value: Float) throws {
    var network = LinearNetwork(inputSize: 3, outputSize: 3)
    network.poisonedGradient = value
    var trainer = try Trainer(
      network: network, task: ShiftTask(), configuration: smallConfiguration())
    let error = #expect(throws: NonFiniteValue.self) { try trainer.step() }
    #expect(error?.place == .gradient)
    #expect(error?.tensor == "bias")
    #expect(error?.indices == [0])
    #expect(error?.value == "\(value)")
    #expect(trainer.network.parameters == network.parameters)
    #expect(trainer.state.iteration == 0)
  }

  @Test func namesANonFiniteParameter() throws {
    var network = LinearNetwork(inputSize: 3, outputSize: 3)
    network.parameters.values[4] = .infinity
    var trainer = try Trainer(
      network: network, task: ShiftTask(), configuration: smallConfiguration())
    let error = #expect(throws: NonFiniteValue.self) { try trainer.step() }
    #expect(error?.place == .parameter)
    #expect(error?.tensor == "weight")
    #expect(error?.indices == [1, 1])
    #expect(throws: NonFiniteValue.self) { try trainer.checkpoint() }
  }

  @Test(arguments: [
    ("iterations", "0"), ("batchSize", "-3"), ("workers", "0"), ("workers", "5000"),
    ("curriculum.maximumLength", "0"), ("curriculum.increment", "-1"),
    ("curriculum.frequency", "0"), ("checkpointEvery", "0"), ("keepCheckpoints", "0"),
    ("summarizeEvery", "0"), ("learningRate", "nan"), ("learningRate", "0.0"),
    ("learningRate", "inf"), ("weightDecay", "-1.0"), ("gradientClip", "nan"),
    ("gradientClip", "-2.0"), ("stopWhenSolved.every", "0"), ("stopWhenSolved.sequences", "0"),
  ])
  func refusesSettingsThatCannotWork(_ setting: String, _ value: String) {
    var configuration = smallConfiguration()
    let whole = Int(value) ?? 0
    let number = Double(value) ?? 0
    switch setting {
    case "iterations": configuration.iterations = whole
    case "batchSize": configuration.batchSize = whole
    case "workers": configuration.workers = whole
    case "curriculum.maximumLength": configuration.curriculum.maximumLength = whole
    case "curriculum.increment": configuration.curriculum.increment = whole
    case "curriculum.frequency": configuration.curriculum.frequency = whole
    case "checkpointEvery": configuration.checkpointEvery = whole
    case "keepCheckpoints": configuration.keepCheckpoints = whole
    case "summarizeEvery": configuration.summarizeEvery = whole
    case "learningRate": configuration.learningRate.base = number
    case "weightDecay": configuration.weightDecay = number
    case "gradientClip": configuration.gradientClip = number
    case "stopWhenSolved.every":
      configuration.stopWhenSolved = TrainingConfiguration.SolvedCheck(every: whole)
    default: configuration.stopWhenSolved = TrainingConfiguration.SolvedCheck(sequences: whole)
    }
    let error = #expect(throws: ConfigurationError.self) { try smallTrainer(configuration) }
    #expect(error?.argument == setting)
    #expect(error?.value == value)
  }
}

struct EvaluationTests {
  @Test func lengthsCoverTrainingAndBeyond() {
    #expect(
      Evaluation.lengths(trainedUpTo: 8) == Array(1...8) + [16, 24, 32, 40, 48, 56, 64, 72, 80])
    #expect(Evaluation.lengths(trainedUpTo: 1, factor: 3) == [1, 2, 3])
    #expect(
      Evaluation.lengths(trainedUpTo: 25, factor: 2) == [2, 5, 7, 10, 12, 15, 17, 20, 22, 25, 50])
    #expect(Evaluation.lengths(trainedUpTo: 3, factor: 1) == [1, 2, 3])
  }

  @Test func scoresAllSequencesInBatches() {
    let network = LinearNetwork(inputSize: 3, outputSize: 3, seed: 3)
    var random = RandomNumbers(seed: 1)
    let score = Evaluation.score(
      network, on: ShiftTask(), length: 4, sequences: 23, batchSize: 10, using: &random)
    #expect(score.sequences == 23)
    #expect(score.total == 23 * 12)
    #expect(score.wrong > 0)
    let scores = Evaluation.scores(
      network, on: ShiftTask(), lengths: [1, 2, 3], sequences: 10, using: &random)
    #expect(scores.map(\.length) == [1, 2, 3])
    #expect(scores.map(\.score.sequences) == [4, 4, 4])
    let stopped = Evaluation.scores(
      network, on: ShiftTask(), lengths: [1, 2, 3], sequences: 10, stopAtFirstError: true,
      using: &random)
    #expect(stopped.count == 1)
  }
}
