import Foundation
import MemoryTraining
import NeuralMemory
import TestSupport
import Testing

/// Steps of one size, in the direction of the running mean's sign (Chen et al. 2023).
private struct Lion: Optimizer {
  static let name = "lion"
  var learningRate = 1e-4
  var beta1: Float = 0.9
  var beta2: Float = 0.99
  var state = OptimizerState()

  enum CodingKeys: String, CodingKey { case learningRate, beta1, beta2 }

  mutating func update(_ parameters: inout ParameterStore, _ gradients: ParameterStore) {
    let (rate, beta1, beta2) = (Float(learningRate), beta1, beta2)
    state.countStep()
    state.move(&parameters, gradients, moments: "exp_avg") { p, g, m in
      let direction = beta1 * m + (1 - beta1) * g
      p -= direction > 0 ? rate : direction < 0 ? -rate : 0
      m = beta2 * m + (1 - beta2) * g
    }
  }
}

/// An optimizer without a name or moments, with settings of other kinds.
private struct Descent: Optimizer {
  var learningRate = 0.2
  var label = "plain"
  var frozen: [String] = []
  var state = OptimizerState()

  enum CodingKeys: CodingKey { case learningRate, label, frozen }

  mutating func update(_ parameters: inout ParameterStore, _ gradients: ParameterStore) {
    state.countStep()
    let rate = Float(learningRate)
    let before = parameters
    state.move(&parameters, gradients) { p, g in p -= rate * g }
    for name in frozen { parameters[name] = before[name] }
  }
}

/// A user's own optimizer trains, is saved, and goes on bit for bit.
struct OwnOptimizerTests {
  private typealias Run = TrainingRun<LinearNetwork, ShiftTask>
  private typealias Mismatch = TrainingCheckpoint.Mismatch

  private func trainer(
    _ optimizer: any Optimizer, _ configuration: TrainingConfiguration? = nil
  ) throws -> Trainer<LinearNetwork, ShiftTask> {
    var configuration = configuration ?? smallConfiguration(iterations: 30)
    configuration.learningRate.base = optimizer.learningRate
    return try Trainer(
      network: LinearNetwork(inputSize: 3, outputSize: 3, seed: 1), task: ShiftTask(),
      configuration: configuration, optimizer: optimizer)
  }

  @Test func interruptedAndResumedIsTheSame() throws {
    let temporary = try TemporaryFolder()
    let (whole, parts) = (temporary.file("whole"), temporary.file("parts"))
    let configuration = smallConfiguration(iterations: 30)
    var run = Run(
      trainer: try trainer(Lion(learningRate: 0.02)),
      folder: try RunFolder.create(at: whole, configuration: configuration))
    #expect(try run.run() == .finished)
    for stop in [11, 30] {
      let folder =
        RunFolder.hasRun(at: parts)
        ? try RunFolder.resume(at: parts)
        : try RunFolder.create(at: parts, configuration: configuration)
      var run = Run(trainer: try trainer(Lion(learningRate: 0.02)), folder: folder)
      var done = try run.resume()
      _ = try run.run(shouldStop: { done >= stop }, progress: { done = $0.iteration })
    }
    let files = try [whole, parts].map {
      try Data(contentsOf: #require(RunFolder.latestCheckpoint(at: $0)))
    }
    #expect(files[0] == files[1])
    let record = try #require(try TrainingCheckpoint.record(of: SafeTensors(data: files[0])))
    #expect(record.optimizer == "lion" && record.stepCount == 30)
    #expect(record.hyperparameters == ["learningRate": 0.02, "beta1": 0.9, "beta2": 0.99])
    #expect(record.moments == ["exp_avg"])
  }

  @Test func settingsOfAnyKindAreSaved() throws {
    var first = try trainer(Descent(frozen: ["bias"]))
    let bias = first.network.parameters["bias"]
    for _ in 0..<3 { _ = try first.step() }
    #expect(first.network.parameters["bias"] == bias)
    let file = try first.checkpoint()
    #expect(try TrainingCheckpoint.record(of: file)?.optimizer == "Descent")
    var second = try trainer(Descent(frozen: ["bias"]))
    try second.restore(from: file)
    #expect(second.network.parameters == first.network.parameters)
    #expect(second.optimizer.state == first.optimizer.state)

    var other = try trainer(Descent())
    let mismatch = Mismatch.otherSetting(
      optimizer: "Descent", setting: "frozen", expected: "[]", found: "[bias]")
    #expect(throws: mismatch) { try other.restore(from: file) }
  }

  /// The scheduled rate may change between checkpoints; everything else may not.
  @Test func aSettingThatDiffersIsNamedWithTheFile() throws {
    let temporary = try TemporaryFolder()
    let url = temporary.file("run")
    let configuration = smallConfiguration(iterations: 10)
    do {
      var run = Run(
        trainer: try trainer(Lion(learningRate: 0.02), configuration),
        folder: try RunFolder.create(at: url, configuration: configuration))
      #expect(try run.run() == .finished)
    }
    let checkpoint = try #require(RunFolder.latestCheckpoint(at: url)).path

    func resume(_ optimizer: any Optimizer) throws -> Int {
      var run = Run(
        trainer: try trainer(optimizer, configuration), folder: try RunFolder.resume(at: url))
      return try run.resume()
    }
    #expect(try resume(Lion(learningRate: 0.5)) == 10)
    let error = #expect(throws: RunFolderError.self) {
      try resume(Lion(learningRate: 0.02, beta2: 0.5))
    }
    let text = try #require(error?.description)
    #expect(text.contains(checkpoint))
    #expect(text.contains("0.99 for the setting beta2 of the optimizer lion, the run uses 0.5"))
    let otherType = #expect(throws: RunFolderError.self) { try resume(Descent()) }
    #expect(otherType?.description.contains("the optimizer lion, the run uses Descent") == true)
  }

  /// A checkpoint's decay is part of its settings too.
  @Test func aBuiltInSettingThatDiffersIsRefused() throws {
    let file = try trainer(Adam(learningRate: 0.2, weightDecay: 0.1)).checkpoint()
    var other = try trainer(Adam(learningRate: 0.2))
    let mismatch = Mismatch.otherSetting(
      optimizer: "adam", setting: "weight_decay", expected: "0.0", found: "0.1")
    #expect(throws: mismatch) { try other.restore(from: file) }
    var same = try trainer(Adam(learningRate: 0.3, weightDecay: 0.1))
    try same.restore(from: file)
    #expect(same.optimizer.learningRate == 0.3)
  }

  @Test func damagedSettingsAreRefused() throws {
    var file = try trainer(Adam(learningRate: 0.2)).checkpoint()
    file.metadata["training"] = file.metadata["training"]?.replacing("\"beta2\":0.999,", with: "")
    var other = try trainer(Adam(learningRate: 0.2))
    let error = #expect(throws: Mismatch.self) { try other.restore(from: file) }
    #expect(error?.description.contains("beta2") == true)
  }

  /// The trainer's schedule starts from the optimizer's rate, and says so if it does not.
  @Test func theScheduleStartsFromTheOptimizersRate() throws {
    var configuration = smallConfiguration()
    configuration.learningRate = LearningRate(0.2, warmup: 4)
    func make(_ optimizer: any Optimizer) throws -> Trainer<LinearNetwork, ShiftTask> {
      try Trainer(
        network: LinearNetwork(inputSize: 3, outputSize: 3), task: ShiftTask(),
        configuration: configuration, optimizer: optimizer)
    }
    #expect(try make(Lion(learningRate: 0.2)).optimizer.learningRate == 0.05)
    #expect(
      throws: ConfigurationError(
        argument: "learningRate", value: 0.2, expected: "0.0001, the optimizer's own")
    ) { try make(Lion()) }
    configuration.weightDecay = 0.1
    #expect(throws: ConfigurationError.self) { try make(Lion(learningRate: 0.2)) }
  }
}
