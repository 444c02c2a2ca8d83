/// The memory of a network without one: no interface, no reads.
public enum NoMemory: Memory {
  /// Nothing can be configured.
  public struct Configuration: MemoryConfiguration {
    public typealias Memory = NoMemory
    public static var kind: MemoryType { .none }

    /// The only configuration there is.
    public init() {}

    public var readSize: Int { 0 }
    public func memories(layers: Int) -> Int { 0 }
  }

  /// What the memory of a network without one holds: nothing.
  public struct State: MemoryState {
    public let batch: Int

    public mutating func reset() {}
  }
}
