/// A network that can be written as a checkpoint from which it is made again.
public protocol CheckpointableNetwork: TrainableNetwork {
  /// The network as a file: parameters under their names, what else is needed in the metadata, and
  /// the given entries beside it.
  func checkpoint(metadata: [String: String]) -> SafeTensors
}

/// A `Network` whatever its memory: for programs that choose the kind at run time.
///
/// ```swift
/// func untrained(_ configuration: NetworkConfiguration) -> any AnyNetwork {
///   configuration.makeNetwork(seed: 1)
/// }
///
/// func firstOutput(of network: some AnyNetwork, _ input: Tensor) -> Tensor {
///   network.network(input).output
/// }
/// ```
public protocol AnyNetwork: CheckpointableNetwork {
  /// The kind of memory, as a type.
  associatedtype Memory: NeuralMemory.Memory

  /// Everything but the values of the parameters.
  var configuration: NetworkConfiguration { get }
  /// The network under its own type, with all its calls.
  var network: Network<Memory> { get }

  /// A network with given parameters, as `Network`'s.
  init(configuration: NetworkConfiguration, parameters: ParameterStore, device: Device)
  /// A network with fresh parameters, as `Network`'s.
  init(configuration: NetworkConfiguration, seed: UInt64, device: Device)
}

extension NetworkConfiguration {
  /// The type of the networks that have this configuration.
  public var networkType: any AnyNetwork.Type {
    func type<C: MemoryConfiguration>(_: C) -> any AnyNetwork.Type { Network<C.Memory>.self }
    return type(memory)
  }

  /// A network of this kind with fresh parameters.
  ///
  /// - Precondition: `validate()` does not throw.
  public func makeNetwork(seed: UInt64, device: Device = .cpu) -> any AnyNetwork {
    networkType.init(configuration: self, seed: seed, device: device)
  }

  /// The network whose checkpoint `file` is, of whatever kind.
  ///
  /// - Parameters:
  ///   - file: the checkpoint's content.
  ///   - name: what errors call the file.
  ///   - configuration: for a file without one; nil: the one in the file's metadata.
  /// - Throws: `CheckpointError` or `ConfigurationError`.
  public static func network(
    in file: SafeTensors, name: String, configuration: NetworkConfiguration? = nil
  ) throws -> any AnyNetwork {
    var file = file
    if let configuration { file.metadata["config"] = configuration.json }
    func read<C: MemoryConfiguration>(_: C) throws -> any AnyNetwork {
      try Network<C.Memory>(checkpoint: file, name: name)
    }
    return try read(NetworkConfiguration(metadata: file.metadata, file: name).memory)
  }
}
