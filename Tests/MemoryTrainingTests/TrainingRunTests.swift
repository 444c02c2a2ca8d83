import Foundation
import MemoryTraining
import NeuralMemory
import TestSupport
import Testing

struct TrainingRunTests {
  typealias Run = TrainingRun<LinearNetwork, ShiftTask>

  func latest(_ url: URL) throws -> Data {
    try Data(contentsOf: #require(RunFolder.latestCheckpoint(at: url)))
  }

  func metrics(_ url: URL) throws -> [[String: Double]] {
    try String(contentsOf: url.appendingPathComponent("metrics.jsonl"), encoding: .utf8)
      .split(separator: "\n").map { line in
        var object = try #require(
          try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Double])
        object["items_per_second"] = nil
        return object
      }
  }

  /// Runs to the end in a new folder, in pieces of the given lengths: each piece stops where it is
  /// (as a killed process does, without saving, if `saves` is false) and the next one resumes.
  func run(
    _ url: URL, _ configuration: TrainingConfiguration, stops: [Int] = [], saves: Bool = true
  ) throws -> Run.Outcome {
    let pieces = stops + [Int.max]
    // Each piece has the folder for itself and gives it back at the end.
    return try pieces.enumerated().map { index, stop in
      let folder =
        index == 0
        ? try RunFolder.create(at: url, configuration: configuration)
        : try RunFolder.resume(at: url)
      var run = Run(trainer: try smallTrainer(configuration), folder: folder)
      _ = try run.resume()
      if saves || stop == .max {
        var done = 0
        return try run.run(shouldStop: { done >= stop }) { done = $0.iteration }
      }
      // Nothing of the trainer survives but what is in the folder.
      var trainer = run.trainer
      while trainer.state.iteration < stop {
        let report = try trainer.step()
        try folder.metrics.append(report)
        if report.iteration % configuration.checkpointEvery == 0 {
          try folder.save(trainer.checkpoint(), iteration: report.iteration, keep: 2)
        }
      }
      return Run.Outcome.interrupted
    }.last!
  }

  @Test(arguments: BuiltInOptimizer.allCases)
  func interruptedAndResumedIsTheSame(_ kind: BuiltInOptimizer) throws {
    let temporary = try TemporaryFolder()
    var configuration = smallConfiguration()
    configuration.optimizer = kind
    let (whole, pieces) = (temporary.file("whole"), temporary.file("pieces"))
    #expect(try run(whole, configuration) == .finished)
    #expect(try run(pieces, configuration, stops: [0, 1, 7, 20, 33]) == .finished)
    #expect(try latest(whole) == latest(pieces))
    #expect(try metrics(whole) == metrics(pieces))
    #expect(try metrics(whole).count == 50)
  }

  @Test func abandonedAndResumedIsTheSame() throws {
    let temporary = try TemporaryFolder()
    let configuration = smallConfiguration()
    let (whole, pieces) = (temporary.file("whole"), temporary.file("pieces"))
    #expect(try run(whole, configuration) == .finished)
    #expect(try run(pieces, configuration, stops: [3, 17, 28, 45], saves: false) == .finished)
    #expect(try latest(whole) == latest(pieces))
    #expect(try metrics(whole) == metrics(pieces))
  }

  /// The stage and the window of a curriculum that waits for success are part of the state, and so
  /// is the place in a learning-rate schedule; several batches per update are one iteration.
  @Test(arguments: [Curriculum.Kind.exponential, .lessons])
  func interruptedInACurriculumIsTheSame(_ kind: Curriculum.Kind) throws {
    let temporary = try TemporaryFolder()
    var configuration = smallConfiguration()
    configuration.curriculum = Curriculum(
      maximumLength: 1, increment: 2, frequency: 6, kind: kind, threshold: 0.3, limit: 9)
    configuration.learningRate = LearningRate(
      0.2, warmup: 5, decay: .init(.cosine, iterations: 40, factor: 0.1))
    configuration.accumulate = 2
    let (whole, pieces) = (temporary.file("whole"), temporary.file("pieces"))
    #expect(try run(whole, configuration) == .finished)
    #expect(try run(pieces, configuration, stops: [1, 8, 20, 33]) == .finished)
    #expect(try latest(whole) == latest(pieces))
    #expect(try metrics(whole) == metrics(pieces))
    let stages = Set(try metrics(whole).compactMap { $0["maximum_length"] })
    #expect(stages.count > 2 && stages.contains(9), "\(stages)")
  }

  /// Solved means solved at the last stage.
  @Test func isNotSolvedBeforeTheLastStage() throws {
    let temporary = try TemporaryFolder()
    var configuration = smallConfiguration(iterations: 400)
    configuration.curriculum = Curriculum(
      maximumLength: 1, increment: 1, frequency: 50, limit: 5)
    configuration.stopWhenSolved = .init(every: 10, sequences: 100)
    let url = temporary.file("run")
    guard case .solved(let score) = try run(url, configuration) else {
      Issue.record("not solved")
      return
    }
    // 20 sequences of 3 bits a step, of each length up to the last stage's.
    #expect(score.sequences == 100 && score.total == 20 * 3 * (1 + 2 + 3 + 4 + 5))
    #expect(try metrics(url).count >= 200)
  }

  @Test func endsWhenSolved() throws {
    let temporary = try TemporaryFolder()
    var configuration = smallConfiguration(iterations: 500)
    configuration.curriculum.limit = configuration.curriculum.maximumLength
    configuration.stopWhenSolved = .init(every: 30, sequences: 100)
    let url = temporary.file("run")
    let outcome = try run(url, configuration)
    guard case .solved(let score) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(score.wrong == 0 && score.sequences >= 100)
    let count = try metrics(url).count
    #expect(count < 500 && count % 30 == 0)
    // Resumed, it is still solved, and nothing is trained.
    let before = try latest(url)
    var again = Run(trainer: try smallTrainer(configuration), folder: try RunFolder.resume(at: url))
    _ = try again.resume()
    #expect(try again.run() == outcome)
    #expect(try latest(url) == before)
    // The checks leave no trace in the training.
    var other = configuration
    other.stopWhenSolved = nil
    other.iterations = count
    let plain = temporary.file("plain")
    #expect(try run(plain, other) == .finished)
    #expect(try latest(plain) == before)
  }

  @Test func aNonFiniteGradientLeavesTheLastCheckpoint() throws {
    let temporary = try TemporaryFolder()
    let url = temporary.file("run")
    let configuration = smallConfiguration()
    #expect(
      try run(
        url,
        {
          var c = configuration
          c.iterations = 20
          return c
        }()) == .finished)
    let before = try latest(url)
    var network = LinearNetwork(inputSize: 3, outputSize: 3)
    network.poisonedGradient = .nan
    let trainer = try Trainer(network: network, task: ShiftTask(), configuration: configuration)
    var broken = Run(trainer: trainer, folder: try RunFolder.resume(at: url))
    #expect(try broken.resume() == 20)
    let error = #expect(throws: NonFiniteValue.self) { try broken.run() }
    #expect(error?.iteration == 21)
    #expect(error?.tensor == "bias")
    #expect(try latest(url) == before)
    #expect(try metrics(url).count == 20)
  }

  @Test func checkpointHoldsEverything() throws {
    var trainer = try smallTrainer()
    for _ in 0..<25 { _ = try trainer.step() }
    let file = try trainer.checkpoint()
    #expect(
      Set(file.names) == [
        "weight", "bias", "training/exp_avg/weight", "training/exp_avg/bias",
        "training/exp_avg_sq/weight", "training/exp_avg_sq/bias",
      ])
    #expect(file["weight"] == trainer.network.parameters["weight"])
    #expect(file.metadata["config"] == #"{"kind":"linear"}"#)
    let record = try #require(try TrainingCheckpoint.record(of: file))
    #expect(record.state == trainer.state)
    #expect(record.state.iteration == 25)
    #expect(record.state.curriculum.maximumLength == 3)
    #expect(record.stepCount == 25)
    #expect(record.optimizer == "adam")
    #expect(record.hyperparameters["learning_rate"] == 0.2)
    #expect(record.moments == ["exp_avg", "exp_avg_sq"])
  }

  @Test func refusesCheckpointsThatDoNotFit() throws {
    var trainer = try smallTrainer()
    _ = try trainer.step()
    let good = try trainer.checkpoint()
    typealias Mismatch = TrainingCheckpoint.Mismatch
    func refuse(_ expected: Mismatch, _ change: (inout SafeTensors) -> Void) {
      var file = good
      change(&file)
      #expect(throws: expected) { try trainer.restore(from: file) }
    }
    refuse(.noRecord) { $0.metadata["training"] = nil }
    refuse(.wrongShape(name: "bias", expected: [3], found: [2])) { $0.set("bias", Tensor([1, 2])) }
    refuse(.wrongShape(name: "training/exp_avg/weight", expected: [3, 3], found: [9])) {
      $0.set("training/exp_avg/weight", Tensor(shape: [9]))
    }
    refuse(.missingTensor("weight")) { file in
      var other = SafeTensors()
      other.metadata = file.metadata
      for name in file.names where name != "weight" { other.set(name, file[name]!) }
      file = other
    }
    #expect(throws: Mismatch.self) {
      var file = good
      file.metadata["training"] = "{}"
      try trainer.restore(from: file)
    }
    var sgd = smallConfiguration()
    sgd.optimizer = .sgd
    var other = try smallTrainer(sgd)
    #expect(throws: Mismatch.otherOptimizer(expected: "sgd", found: "adam")) {
      try other.restore(from: good)
    }
  }

  @Test func aDamagedCheckpointIsNamed() throws {
    let temporary = try TemporaryFolder()
    let url = temporary.file("run")
    let configuration = smallConfiguration()
    _ = try run(url, configuration)
    let file = try #require(RunFolder.latestCheckpoint(at: url))
    try Data(contentsOf: file).dropLast(5).write(to: file)
    var again = Run(trainer: try smallTrainer(), folder: try RunFolder.resume(at: url))
    let error = #expect(throws: RunFolderError.self) { try again.resume() }
    #expect(error?.description.contains(file.path) == true)
  }
}
