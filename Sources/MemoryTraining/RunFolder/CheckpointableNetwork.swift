import NeuralMemory

/// A network that can be written as a checkpoint from which it is rebuilt.
public protocol CheckpointableNetwork: MemoryNetwork {
  /// The network as a file: parameters under their names, what else is needed in the metadata, and the
  /// given entries beside it.
  func checkpoint(metadata: [String: String]) -> SafeTensors
}

/// A network around a memory that can be trained in a run folder: every one of the library.
public typealias TrainableNetwork = ExternalMemoryNetwork & CheckpointableNetwork

extension DNC: CheckpointableNetwork {}
extension SAM: CheckpointableNetwork {}
extension SDNC: CheckpointableNetwork {}
extension ControllerNetwork: CheckpointableNetwork {}

extension MemoryType {
  /// The networks around this kind of memory: the one place where a kind becomes a type.
  public var networkType: any TrainableNetwork.Type {
    switch self {
    case .dnc: DNC.self
    case .sam: SAM.self
    case .sdnc: SDNC.self
    case .none: ControllerNetwork.self
    }
  }
}

extension NetworkConfiguration {
  /// A network of this kind with fresh parameters.
  ///
  /// - Precondition: `validate()` does not throw.
  public func makeNetwork(seed: UInt64) -> any TrainableNetwork {
    memoryType.networkType.init(configuration: self, seed: seed)
  }

  /// The network whose checkpoint `file` is, of whatever kind.
  ///
  /// - Parameters:
  ///   - name: what errors call the file.
  ///   - configuration: for a file without one; nil: it stands in the file's metadata.
  /// - Throws: `CheckpointError` or `ConfigurationError`.
  public static func network(
    in file: SafeTensors, name: String, configuration: NetworkConfiguration? = nil
  ) throws -> any TrainableNetwork {
    var file = file
    if let configuration { file.metadata["config"] = configuration.json }
    let found = try NetworkConfiguration(metadata: file.metadata, file: name)
    return try found.memoryType.networkType.init(checkpoint: file, name: name)
  }
}
