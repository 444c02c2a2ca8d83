import Foundation
import MemoryTraining
import NeuralMemory

/// What one run of a preset came to: a file of `docs/results`.
public struct ResultRecord: Sendable, Equatable, Codable {
  /// The score over fresh sequences of a range of lengths.
  public struct Measurement: Sendable, Equatable, Codable {
    /// The least length.
    public let from: Int
    /// The greatest length.
    public let to: Int
    /// The score over all of them.
    public let score: TaskScore
  }

  /// The name of the preset.
  public let preset: String
  /// The name of the task.
  public let task: String
  /// The kind of memory.
  public let memoryType: MemoryType
  /// The settings in a line of words.
  public let settings: String
  /// The seed of parameters and examples.
  public let seed: UInt64
  /// Number of shards of a batch, which the bits depend on.
  public let workers: Int
  /// Whether the run's own check found the task solved, or, if it makes none, the fresh sequences
  /// do.
  public let isSolved: Bool
  /// Updates made.
  public let iterations: Int
  /// Updates after which the preset ends even if the task is not solved; nil in old files.
  public let planned: Int?
  /// Seconds of training, without checks and checkpoints.
  public let seconds: Double
  /// 1,000 fresh sequences spread over the trained lengths.
  public let trained: Measurement
  /// 1,000 fresh sequences at each of the preset's longer lengths.
  public let beyond: [Measurement]
  /// The day it was measured, as in 2026-11-23.
  public let date: String
  /// The machine, in a few words.
  public let machine: String

  enum CodingKeys: String, CodingKey {
    case preset, task, settings, seed, workers, iterations, planned, seconds, trained, beyond, date,
      machine
    case memoryType = "memory_type"
    case isSolved = "solved"
  }

  /// Whether the run was ended before it had solved the task or come to its end.
  public var isStopped: Bool { !isSolved && planned.map { iterations < $0 } ?? false }

  /// Measures a run of a preset.
  ///
  /// - Parameters:
  ///   - trainer: the training when it ended.
  ///   - preset: gives the name, and the lengths beyond the training.
  ///   - configuration: of the run.
  ///   - seconds: of training.
  ///   - date: of the measurement, as in 2026-11-23.
  ///   - machine: in a few words.
  ///   - sequences: number of fresh examples of each measurement.
  public init<Task: MemoryTask>(
    of trainer: Trainer<some TrainableNetwork, Task>, preset: Preset<Task>,
    configuration: RunConfiguration<Task>, seconds: Double, date: String, machine: String,
    sequences: Int = 1000
  ) {
    let (task, training, state) = (trainer.task, trainer.configuration, trainer.state)
    let longest = state.curriculum.maximumLength
    let shortest = min(task.lengths.lowerBound, longest)
    self.preset = preset.name
    self.task = Task.name
    memoryType = configuration.model.memoryType
    settings = configuration.settingsText
    seed = training.seed
    workers = training.workers
    iterations = state.iteration
    planned = training.iterations
    self.seconds = (seconds * 10).rounded() / 10
    func measure(_ lengths: [Int]) -> Measurement {
      var random = RandomNumbers(
        seed: training.seed, stream: RandomStream.evaluation + UInt64(lengths.last ?? 0))
      let scores = Evaluation.scores(
        trainer.network, on: task, lengths: lengths, sequences: sequences, using: &random)
      return Measurement(
        from: lengths.first ?? 0, to: lengths.last ?? 0,
        score: scores.reduce(TaskScore()) { $0 + $1.score })
    }
    let stride = max(1, (longest - shortest + 1) / 100)
    trained = measure(
      Swift.stride(from: longest, through: shortest, by: -stride).reversed())
    self.isSolved =
      training.stopWhenSolved == nil
      ? task.isSolved(trained.score) : trainer.solvedScore() != nil
    beyond = preset.beyond.filter { $0 > longest }.map { measure([$0]) }
    self.date = date
    self.machine = machine
  }

  /// The name of its file.
  public var fileName: String { "\(preset)-\(seed).json" }

  /// Reads all records of a folder, in the order of their presets and seeds.
  /// - Throws: `RunFolderError` naming the folder or the file.
  public static func all(in folder: URL) throws -> [ResultRecord] {
    let names: [String]
    do { names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() } catch {
      throw RunFolderError.inaccessible(path: folder.path, reason: error.reasonText)
    }
    return try names.filter { $0.hasSuffix(".json") }.map { name in
      try RunFolder.decode(ResultRecord.self, from: folder.appendingPathComponent(name))
    }.sorted { ($0.preset, $0.seed) < ($1.preset, $1.seed) }
  }

  /// Writes the record into a folder.
  /// - Returns: The file.
  /// - Throws: `FileError`.
  public func write(into folder: URL) throws -> URL {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let url = folder.appendingPathComponent(fileName)
    try AtomicFile.write(try encoder.encode(self) + Data("\n".utf8), to: url)
    return url
  }
}

extension RunConfiguration {
  /// The settings that matter in a line of words.
  public var settingsText: String {
    var parts: [String] = []
    let layers = model.numHiddenLayers > 1 ? "\(model.numHiddenLayers) × " : ""
    parts.append(
      "\(model.memoryType == .none ? "no memory" : model.memoryType.rawValue), "
        + "\(layers)\(model.hiddenSize) \(model.rnnType.rawValue) units")
    if model.memoryType != .none {
      parts.append(
        "\(model.nrCells) cells of \(model.cellSize), "
          + "\(model.readHeads) read head\(model.readHeads == 1 ? "" : "s")")
    }
    if model.memoryType.isSparse { parts.append("K \(model.sparseReads)") }
    if model.memoryType == .sdnc { parts.append("K_L \(model.temporalReads)") }
    let rate = training.learningRate
    var learning = "\(training.optimizer.rawValue) \(rate.base)"
    if rate.warmup > 0 { learning += " after \(rate.warmup) of warm-up" }
    if rate.decay.kind != .none {
      learning +=
        ", \(rate.decay.kind.rawValue) decay over \(rate.decay.iterations) to \(String(format: "%g", rate.decay.factor))"
    }
    parts.append(learning)
    let clip = training.gradientClip
    parts.append(clip == clip.rounded() && clip < 1e9 ? "clip \(Int(clip))" : "clip \(clip)")
    let times = training.accumulate > 1 ? "\(training.accumulate) × " : ""
    parts.append("batch \(times)\(training.batchSize)")
    let curriculum = training.curriculum
    var lengths = "up to \(curriculum.maximumLength) \(task.lengthUnit)"
    if curriculum.isOn {
      lengths += ", \(curriculum.kind.rawValue) curriculum"
      if let limit = curriculum.limit { lengths += " to \(limit)" }
    }
    return (parts + [lengths]).joined(separator: "; ")
  }
}
