import MemoryTraining
import NeuralMemory

/// Everything that determines a run, as it stands in `configuration.json`: task, model and
/// training.
public struct RunConfiguration<Task: MemoryTask>: Sendable, Equatable, Codable {
  /// What is learned.
  public var task: Task
  /// The network.
  public var model: NetworkConfiguration
  /// How it is trained.
  public var training: TrainingConfiguration
  /// The preset that it began with, if any.
  public var preset: String?

  /// The version of the file's form.
  public static var format: Int { 1 }

  /// A configuration without a preset. It is not checked: see `validate()`.
  public init(task: Task, model: NetworkConfiguration, training: TrainingConfiguration) {
    self.task = task
    self.model = model
    self.training = training
  }

  /// Checks all values.
  /// - Throws: `ConfigurationError` for the first one that cannot work.
  public func validate() throws {
    try model.validate()
    try training.validate()
    let (least, most) = (task.lengths.lowerBound, task.lengths.upperBound)
    for (setting, length) in [
      ("curriculum.maximumLength", training.curriculum.maximumLength),
      ("curriculum.limit", training.curriculum.limit ?? least),
    ] {
      try ConfigurationError.check(setting, length, atLeast: least)
      if most < .max { try ConfigurationError.check(setting, length, in: task.lengths) }
    }
    try checkSizeOfBatch()
    try ConfigurationError.check(
      "model.inputSize", model.inputSize, in: task.inputSize...task.inputSize)
    try ConfigurationError.check(
      "model.outputSize", model.outputs, in: task.outputSize...task.outputSize)
  }

  /// A batch of the longest sequences has to fit into memory.
  private func checkSizeOfBatch() throws {
    let longest = max(training.curriculum.maximumLength, training.curriculum.limit ?? 0)
    let perSequence =
      Double(task.timeSteps(length: longest)) * Double(task.inputSize + 2 * task.outputSize)
    let most = Double(1 << 33)
    guard perSequence * Double(training.batchSize) <= most else {
      throw ConfigurationError(
        argument: "batchSize", value: training.batchSize,
        expected:
          "at most \(Int(most / perSequence)) sequences of \(task.timeSteps(length: longest)) steps, "
          + "or shorter ones: a batch may have 2^33 numbers")
    }
  }

  /// A network with fresh parameters, drawn from the training's seed.
  public func makeNetwork() -> any AnyNetwork { model.makeNetwork(seed: training.seed) }

  enum CodingKeys: String, CodingKey {
    case format, task, model, training, preset
    case taskName = "task_name"
    case memoryType = "memory_type"
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    func require<V: Decodable & Equatable>(_ key: CodingKeys, _ expected: V) throws {
      let found = try values.decode(V.self, forKey: key)
      guard found == expected else {
        throw DecodingError.dataCorruptedError(
          forKey: key, in: values, debugDescription: "\(expected) was expected, found \(found).")
      }
    }
    try require(.format, Self.format)
    try require(.taskName, Task.name)
    task = try values.decode(Task.self, forKey: .task)
    model = try values.decode(NetworkConfiguration.self, forKey: .model)
    try require(.memoryType, model.memoryType.rawValue)
    training = try values.decode(TrainingConfiguration.self, forKey: .training)
    preset = try values.decodeIfPresent(String.self, forKey: .preset)
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(Self.format, forKey: .format)
    try values.encode(Task.name, forKey: .taskName)
    try values.encode(model.memoryType, forKey: .memoryType)
    try values.encode(task, forKey: .task)
    try values.encode(model, forKey: .model)
    try values.encode(training, forKey: .training)
    try values.encodeIfPresent(preset, forKey: .preset)
  }
}
