/// What the memory of a network without one holds: nothing. States of a `ControllerNetwork` have no memories.
public struct NoMemoryState: ExternalMemoryState {
  public let batch: Int

  public mutating func reset() {}
}

/// The state of a `ControllerNetwork`: its controllers' states. There are no memories, and the reads have no numbers.
public typealias ControllerState = NetworkState<NoMemoryState>
