import NeuralMemory

/// A network that can be written as a checkpoint from which it is rebuilt.
public protocol CheckpointableNetwork: MemoryNetwork {
  /// The network as a file: parameters under their names, what else is needed in the metadata, and the
  /// given entries beside it.
  func checkpoint(metadata: [String: String]) -> SafeTensors
}

extension DNC: CheckpointableNetwork {}
