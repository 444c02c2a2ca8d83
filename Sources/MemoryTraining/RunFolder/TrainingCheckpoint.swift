import Foundation
import NeuralMemory

/// A trainer's whole state as one safetensors file.
///
/// The parameters stand under their own names, with the network's metadata, so that the file is
/// also an ordinary checkpoint of the network. The rest is under the prefix `training/`, which
/// loaders of networks pass over: the optimizer's moments as `training/<moment>/<parameter>`, and
/// everything else as JSON in the metadata entry `training`. There are no times in it: equal states
/// give equal bytes.
public enum TrainingCheckpoint {
  /// What the names of all tensors but the parameters begin with.
  public static let prefix = DNC.trainingPrefix
  /// The name of the metadata entry.
  public static let metadataKey = "training"

  /// What the metadata entry holds.
  public struct Record: Codable, Equatable, Sendable {
    /// Where training stood.
    public var state: TrainerState
    /// The optimizer's name.
    public var optimizer: String
    /// Its settings, as it encodes them.
    public var hyperparameters: [String: SettingValue]
    /// Updates it has made.
    public var stepCount: Int
    /// The names of its moments, sorted.
    public var moments: [String]

    enum CodingKeys: String, CodingKey {
      case state, optimizer, hyperparameters, moments
      case stepCount = "step_count"
    }
  }

  /// Why a checkpoint does not fit the run.
  public enum Mismatch: Error, Equatable, CustomStringConvertible {
    /// It holds a network alone: the metadata have no entry `training`.
    case noRecord
    /// The entry `training` cannot be read: the reason.
    case badRecord(String)
    /// A tensor that the run needs is not there: its name.
    case missingTensor(String)
    /// A tensor has another shape than the run's.
    case wrongShape(name: String, expected: [Int], found: [Int])
    /// It was made with another kind of optimizer than the run's. Names are as text.
    case otherOptimizer(expected: String, found: String)
    /// A setting of the optimizer is not that of the run. Values are as text.
    case otherSetting(optimizer: String, setting: String, expected: String, found: String)

    public var description: String {
      switch self {
      case .noRecord:
        "The checkpoint holds a network but no training state (no metadata entry \"training\")."
      case .badRecord(let reason):
        "The checkpoint's metadata entry \"training\" is damaged: \(reason)"
      case .missingTensor(let name): "The checkpoint lacks the tensor \(name)."
      case .wrongShape(let name, let expected, let found):
        "The checkpoint's tensor \(name) has the shape \(found); \(expected) was expected."
      case .otherOptimizer(let expected, let found):
        "The checkpoint was made with the optimizer \(found), the run uses \(expected)."
      case .otherSetting(let optimizer, let setting, let expected, let found):
        "The checkpoint was made with \(found) for the setting \(setting) of the optimizer "
          + "\(optimizer), the run uses \(expected)."
      }
    }
  }

  /// Reads the metadata entry, or nil if the file is a network's alone.
  /// - Throws: `Mismatch.badRecord`.
  public static func record(of file: SafeTensors) throws -> Record? {
    guard let text = file.metadata[metadataKey] else { return nil }
    let json = Data(text.utf8)
    do { return try JSONDecoder().decode(Record.self, from: json) } catch {
      throw Mismatch.badRecord(
        (error as? DecodingError)?.explanation(in: json).appending(".") ?? "\(error)")
    }
  }

  static func write(_ record: Record) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(record), as: UTF8.self)
  }

  /// Reads the tensors of a layout.
  static func store(
    _ layout: ParameterLayout, prefix: String, from file: SafeTensors
  ) throws -> ParameterStore {
    var store = ParameterStore(layout: layout)
    for entry in layout.entries {
      let name = prefix + entry.name
      guard let shape = file.shape(of: name) else { throw Mismatch.missingTensor(name) }
      guard shape == entry.shape, let tensor = file[name] else {
        throw Mismatch.wrongShape(name: name, expected: entry.shape, found: shape)
      }
      store[entry.name] = tensor
    }
    return store
  }
}

extension Trainer where Network: CheckpointableNetwork {
  /// The checkpoint of the present state.
  /// - Throws: `NonFiniteValue` if a parameter or a moment is not finite: such a state is not kept;
  ///   `EncodingError` if a setting of the optimizer cannot be written.
  public func checkpoint() throws -> SafeTensors {
    try checkFinite()
    let record = TrainingCheckpoint.Record(
      state: state, optimizer: type(of: optimizer).name,
      hyperparameters: try optimizer.settings(), stepCount: optimizer.state.stepCount,
      moments: optimizer.state.moments.keys.sorted())
    var file = network.checkpoint(
      metadata: [TrainingCheckpoint.metadataKey: try TrainingCheckpoint.write(record)])
    for (moment, store) in optimizer.state.moments.sorted(by: { $0.key < $1.key }) {
      for entry in store.layout.entries {
        file.set("\(TrainingCheckpoint.prefix)\(moment)/\(entry.name)", store[entry.name])
      }
    }
    return file
  }

  /// Goes back to the state of a checkpoint; the trainer's configuration and the optimizer's
  /// settings stay. Of the settings only the learning rate may be another one.
  /// - Throws: `TrainingCheckpoint.Mismatch` if the file does not fit; the trainer is then
  ///   unchanged.
  public mutating func restore(from file: SafeTensors) throws {
    guard let record = try TrainingCheckpoint.record(of: file) else {
      throw TrainingCheckpoint.Mismatch.noRecord
    }
    try checkOptimizer(record)
    let layout = network.parameters.layout
    let parameters = try TrainingCheckpoint.store(layout, prefix: "", from: file)
    var moments: [String: ParameterStore] = [:]
    for name in record.moments {
      moments[name] = try TrainingCheckpoint.store(
        layout, prefix: "\(TrainingCheckpoint.prefix)\(name)/", from: file)
    }
    restore(
      parameters: parameters,
      optimizerState: OptimizerState(stepCount: record.stepCount, moments: moments),
      state: record.state)
  }

  /// - Throws: `TrainingCheckpoint.Mismatch` unless a checkpoint's optimizer is this trainer's.
  private func checkOptimizer(_ record: TrainingCheckpoint.Record) throws {
    typealias Mismatch = TrainingCheckpoint.Mismatch
    let name = type(of: optimizer).name
    guard record.optimizer == name else {
      throw Mismatch.otherOptimizer(expected: name, found: record.optimizer)
    }
    do {
      guard let other = try optimizer.difference(from: record.hyperparameters) else { return }
      throw Mismatch.otherSetting(
        optimizer: name, setting: other.setting, expected: other.here, found: other.there)
    } catch let error as DecodingError {
      let json = try JSONEncoder().encode(record.hyperparameters)
      throw Mismatch.badRecord("the settings of \(name): \(error.explanation(in: json)).")
    }
  }
}
