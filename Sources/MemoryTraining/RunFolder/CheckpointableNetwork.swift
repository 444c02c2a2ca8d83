import NeuralMemory

/// A network that can say what must stand beside its parameters for a file to be complete.
public protocol CheckpointableNetwork: MemoryNetwork {
  /// The metadata of a checkpoint from which the network is rebuilt.
  var checkpointMetadata: [String: String] { get }
}
