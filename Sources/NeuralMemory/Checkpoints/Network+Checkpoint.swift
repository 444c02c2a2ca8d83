import Foundation

extension ExternalMemoryNetwork {
  /// Prefix of tensors in a checkpoint that do not belong to the model, such as an optimizer's moments.
  public static var trainingPrefix: String { "training/" }

  /// Reads a model from a checkpoint alone: a safetensors file with the configuration in its metadata, as `write(to:)` makes it.
  ///
  /// - Throws: `FileError` or `SafeTensorsError` if the file cannot be read, `CheckpointError` or `ConfigurationError` if it is not the checkpoint of a network of
  ///   this kind. Names, shapes, dtypes, offsets and sizes are checked before anything is allocated.
  public init(contentsOf url: URL) throws {
    let file = try SafeTensors(contentsOf: url)
    try self.init(checkpoint: file, name: url.lastPathComponent)
  }

  /// Reads a model from a safetensors file without a configuration, such as a converted `state_dict` of the Python package.
  ///
  /// - Throws: as `init(contentsOf:)`.
  public init(contentsOf url: URL, configuration: NetworkConfiguration) throws {
    let file = try SafeTensors(contentsOf: url)
    try self.init(
      checkpoint: file, name: url.lastPathComponent, configuration: configuration)
  }

  /// Reads a model from a parsed checkpoint, for callers that want more of the file than the model.
  ///
  /// - Parameter name: what errors call the file.
  /// - Throws: `CheckpointError` or `ConfigurationError`.
  public init(checkpoint file: SafeTensors, name: String) throws {
    try self.init(
      checkpoint: file, name: name,
      configuration: try NetworkConfiguration(
        metadata: file.metadata, file: name, memoryType: Self.memoryType))
  }

  private init(checkpoint file: SafeTensors, name: String, configuration: NetworkConfiguration)
    throws
  {
    let layout = try Self.parameterLayout(configuration)
    let parameters = try file.values(of: layout, file: name, ignoring: [Self.trainingPrefix])
    self.init(configuration: configuration, parameters: parameters)
  }

  /// The model as a checkpoint: parameters under their names, the configuration in the metadata entry `config`.
  ///
  /// - Parameter metadata: further entries.
  public func checkpoint(metadata: [String: String] = [:]) -> SafeTensors {
    var file = SafeTensors()
    file.metadata = metadata
    file.metadata["format"] = "swift-dnc"
    file.metadata["config"] = configuration.json
    for entry in parameters.layout.entries { file.set(entry.name, parameters[entry.name]) }
    return file
  }

  /// Writes the model as a safetensors file, which Python's `safetensors` reads as well.
  ///
  /// The file is written under a temporary name and renamed: it is never half there.
  ///
  /// - Throws: `FileError`.
  public func write(to url: URL, metadata: [String: String] = [:]) throws {
    try checkpoint(metadata: metadata).write(to: url)
  }
}

extension NetworkConfiguration {
  /// The configuration as JSON, under the Python package's names, and with the kind of memory under `model`.
  public var json: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    do {
      return String(decoding: try encoder.encode(self), as: UTF8.self)
    } catch {
      fatalError("a configuration of numbers, flags and words has no JSON: \(error)")
    }
  }

  /// Reads the configuration from a checkpoint's metadata.
  ///
  /// - Throws: `CheckpointError`.
  public init(metadata: [String: String], file: String, memoryType: MemoryType? = nil) throws {
    guard let json = metadata["config"] else {
      throw CheckpointError.missingMetadata(
        file: file, entry: "config",
        expected: "the configuration of a network (give one for a converted checkpoint)")
    }
    do {
      self = try JSONDecoder().decode(NetworkConfiguration.self, from: Data(json.utf8))
      if let memoryType, memoryType != self.memoryType {
        throw CheckpointError.badMetadata(
          file: file, entry: "config",
          problem:
            "is that of a \"\(self.memoryType.rawValue)\", not of a \"\(memoryType.rawValue)\"")
      }
    } catch let error as DecodingError {
      throw CheckpointError.badMetadata(
        file: file, entry: "config",
        problem: "cannot be read: \(NetworkConfiguration.words(error, json))"
      )
    }
  }

  private static func words(_ error: DecodingError, _ json: String) -> String {
    func path(_ context: DecodingError.Context) -> String {
      context.codingPath.map(\.stringValue).joined(separator: ".")
    }
    switch error {
    case .keyNotFound(let key, _): return "\"\(key.stringValue)\" is missing"
    case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
      return context.codingPath.isEmpty
        ? "it is no JSON object" : "\"\(path(context))\" is no \(type)"
    case .dataCorrupted(let context):
      guard context.codingPath.isEmpty else {
        return "\"\(path(context))\": \(context.debugDescription)"
      }
      // for a number of the wrong kind Foundation names neither it nor its place
      let isJSON = (try? JSONSerialization.jsonObject(with: Data(json.utf8))) != nil
      return isJSON ? "a number in it is not the whole number it should be" : "not JSON"
    @unknown default: return "\(error)"
    }
  }
}
