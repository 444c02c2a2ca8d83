/// An external memory: what the controllers of a network write to and read from at every time step.
///
/// A memory is a kind, named as a type: `Network<DenseMemory>` is a network around a dense memory.
/// The library has `DenseMemory`, `SparseMemory`, `LinkedSparseMemory` and `NoMemory`; a memory of
/// your own conforms to `PlainMemory`.
public protocol Memory: Sendable {
  /// What a network can be told about the memory.
  associatedtype Configuration: MemoryConfiguration where Configuration.Memory == Self
  /// What the memory holds between the calls, for every element of a batch.
  associatedtype State: MemoryState
}

/// What a memory holds between the calls, for every element of a batch. A gradient of a state is a
/// state too.
public protocol MemoryState: Sendable, Equatable {
  /// Number of batch elements.
  var batch: Int { get }
  /// Empties the memory.
  mutating func reset()
}

/// The part of a network's configuration that belongs to its memory.
///
/// In checkpoints its fields are in one flat JSON object with those of the network, under the
/// Python package's names.
public protocol MemoryConfiguration: Sendable, Equatable, Codable {
  /// The kind of memory, as a type.
  associatedtype Memory: NeuralMemory.Memory

  /// The name of the kind of memory, in checkpoints under `model`.
  static var kind: MemoryType { get }

  /// A configuration with the kind's defaults.
  init()

  /// Length of a step's read vectors together, R·W; 0 without a memory.
  var readSize: Int { get }
  /// Whether every interface field has a linear map of its own. Default: false.
  var independentLinears: Bool { get }
  /// Whether all layers share one memory and one set of interface weights. Default: true.
  var shareMemory: Bool { get }
  /// Number of memories for so many layers. Default: 1 if they share it, else one for each.
  func memories(layers: Int) -> Int

  /// Checks that there can be such a memory in a network.
  ///
  /// - Throws: `ConfigurationError`, naming the argument, its value and what is expected.
  func validate(in network: NetworkConfiguration) throws
}

extension MemoryConfiguration {
  public var independentLinears: Bool { false }
  public var shareMemory: Bool { true }
  public func memories(layers: Int) -> Int { shareMemory ? 1 : layers }
  public func validate(in network: NetworkConfiguration) throws {}
}

/// The name of a kind of memory, in checkpoints and on the command line.
public struct MemoryType: RawRepresentable, Sendable, Hashable, Codable, CaseIterable {
  /// The name: `dnc`, `sam`, `sdnc`, `none`, or that of a memory of your own.
  public let rawValue: String

  /// The kind of memory of a name, which need not be one of the library.
  public init(rawValue: String) { self.rawValue = rawValue }

  /// Dense memory with temporal links (Graves et al. 2016): `DNC`.
  public static let dnc = MemoryType(rawValue: "dnc")
  /// Sparse access memory (Rae et al. 2016): `SAM`.
  public static let sam = MemoryType(rawValue: "sam")
  /// Sparse memory with sparse temporal links (Rae et al. 2016, supplement D): `SDNC`.
  public static let sdnc = MemoryType(rawValue: "sdnc")
  /// No memory, the controllers alone: `ControllerNetwork`.
  public static let none = MemoryType(rawValue: "none")

  /// The kinds of the library.
  public static let allCases: [MemoryType] = [.dnc, .sam, .sdnc, .none]

  /// The memories of the library: the one place where a name becomes a type.
  static let builtIn: [any Memory.Type] = [
    DenseMemory.self, SparseMemory.self, LinkedSparseMemory.self, NoMemory.self,
  ]
}
