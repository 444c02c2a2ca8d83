import Foundation

extension Network {
  /// Prefix of tensors in a checkpoint that do not belong to the network, such as an optimizer's
  /// moments.
  public static var trainingPrefix: String { "training/" }

  /// Reads a network from a checkpoint alone: a safetensors file with the configuration in its
  /// metadata, as `write(to:metadata:)` makes it.
  ///
  /// - Parameters:
  ///   - url: where the file is.
  ///   - controllers: recurrences of a program's own that the network may have.
  /// - Throws: `FileError` or `SafeTensorsError` if the file cannot be read, `CheckpointError` or
  ///   `ConfigurationError` if it is not the checkpoint of a network of this kind. Names, shapes,
  ///   dtypes, offsets and sizes are checked before anything is allocated.
  public init(contentsOf url: URL, controllers: [any Controller.Type] = []) throws {
    let file = try SafeTensors(contentsOf: url)
    try self.init(checkpoint: file, name: url.lastPathComponent, controllers: controllers)
  }

  /// Reads a network from a safetensors file without a configuration, such as a converted
  /// `state_dict` of the Python package.
  ///
  /// - Throws: as `init(contentsOf:controllers:)`.
  public init(contentsOf url: URL, configuration: NetworkConfiguration) throws {
    let file = try SafeTensors(contentsOf: url)
    try self.init(
      checkpoint: file, name: url.lastPathComponent, configuration: configuration)
  }

  /// Reads a network from a parsed checkpoint, for callers that want more of the file than the
  /// network.
  ///
  /// - Parameters:
  ///   - file: the checkpoint's content.
  ///   - name: what errors call the file.
  /// - Throws: `CheckpointError` or `ConfigurationError`.
  public init(checkpoint file: SafeTensors, name: String) throws {
    try self.init(checkpoint: file, name: name, controllers: [])
  }

  private init(
    checkpoint file: SafeTensors, name: String, controllers: [any Controller.Type]
  ) throws {
    let configuration = try NetworkConfiguration(
      metadata: file.metadata, file: name, memories: [Memory.self], controllers: controllers)
    let (found, expected) = (configuration.memoryType, Memory.kind)
    guard found == expected else {
      throw CheckpointError.badMetadata(
        file: name, entry: "config",
        problem: "is that of a \"\(found.rawValue)\", not of a \"\(expected.rawValue)\"")
    }
    try self.init(checkpoint: file, name: name, configuration: configuration)
  }

  private init(
    checkpoint file: SafeTensors, name: String, configuration: NetworkConfiguration
  ) throws {
    let layout = try Self.parameterLayout(configuration)
    let parameters = try file.values(of: layout, file: name, ignoring: [Self.trainingPrefix])
    self.init(configuration: configuration, parameters: parameters)
  }

  /// The network as a checkpoint: parameters under their names, the configuration in the metadata
  /// entry `config`.
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

  /// Writes the network as a safetensors file, which Python's `safetensors` reads as well.
  ///
  /// The file is written under a temporary name and renamed: it is never half there.
  ///
  /// - Throws: `FileError`.
  public func write(to url: URL, metadata: [String: String] = [:]) throws {
    try checkpoint(metadata: metadata).write(to: url)
  }
}

extension NetworkConfiguration {
  /// Reads the configuration from a checkpoint's metadata.
  ///
  /// - Parameters:
  ///   - metadata: the configuration is its entry `config`.
  ///   - file: what errors call the file.
  ///   - memories: memories of a program's own that the network may have.
  ///   - controllers: recurrences of a program's own that the network may have.
  /// - Throws: `CheckpointError` or `ConfigurationError`.
  public init(
    metadata: [String: String], file: String, memories: [any Memory.Type] = [],
    controllers: [any Controller.Type] = []
  ) throws {
    guard let json = metadata["config"] else {
      throw CheckpointError.missingMetadata(
        file: file, entry: "config",
        expected: "the configuration of a network (give one for a converted checkpoint)")
    }
    let decoder = JSONDecoder()
    decoder.userInfo[.memories] = memories
    decoder.userInfo[.controllers] = controllers
    do {
      self = try decoder.decode(NetworkConfiguration.self, from: Data(json.utf8))
    } catch let error as DecodingError {
      throw CheckpointError.badMetadata(
        file: file, entry: "config",
        problem: "cannot be read: \(error.explanation(in: Data(json.utf8)))")
    }
  }
}
