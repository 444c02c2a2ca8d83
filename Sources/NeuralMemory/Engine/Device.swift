/// What runs a network's calls.
public struct Device: Sendable, Equatable, CustomStringConvertible {
  private enum Kind: Sendable, Equatable {
    case cpu
  }

  private let kind: Kind

  /// The processor, on all the cores that the process may use.
  public static let cpu = Device(kind: .cpu)

  public var description: String { "cpu" }

  /// The engine that runs networks around a memory.
  func engine<M: Memory>(for _: M.Type, _ configuration: NetworkConfiguration) -> any Engine<M> {
    switch kind {
    case .cpu: makeCPUEngine(for: M.self, configuration)
    }
  }
}
