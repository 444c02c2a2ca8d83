/// Everything that says what a network is, apart from the values of its parameters.
///
/// The fields are the constructor arguments of the Python package, with its defaults, and a few
/// beyond: those of the controllers in `controller`, those of the memory in `memory`, each with
/// only the fields that it has.
///
/// ```swift
/// var configuration = DNC.Configuration(inputSize: 6, hiddenSize: 64, memory: DenseMemory.self)
/// configuration.controller.numLayers = 2
/// configuration[DenseMemory.self].nrCells = 32
/// let network = DNC(configuration: configuration)
/// ```
public struct NetworkConfiguration: Sendable, Equatable {
  /// Size of the input vectors.
  public var inputSize: Int
  /// Size of the output vectors; nil: the input size.
  public var outputSize: Int?
  /// Whether input and output are [batch, time, feature]; otherwise [time, batch, feature].
  public var batchFirst = true
  /// Whether calls return a trace of what the memory did.
  public var debug = false
  /// The recurrent part.
  public var controller: ControllerConfiguration
  /// The memory; its type determines the kind of network.
  public var memory: any MemoryConfiguration

  /// A configuration with the defaults of the memory.
  public init<M: Memory>(inputSize: Int, hiddenSize: Int, memory: M.Type) {
    self.init(inputSize: inputSize, hiddenSize: hiddenSize, memory: M.Configuration())
  }

  /// A configuration with a given memory.
  public init(inputSize: Int, hiddenSize: Int, memory: any MemoryConfiguration) {
    self.inputSize = inputSize
    self.controller = ControllerConfiguration(hiddenSize: hiddenSize)
    self.memory = memory
  }

  /// A configuration of one of the library's kinds, chosen at run time.
  ///
  /// - Precondition: `memoryType` is one of `MemoryType.allCases`.
  public init(inputSize: Int, hiddenSize: Int, memoryType: MemoryType = .dnc) {
    guard let memory = memoryType.memory(among: MemoryType.builtIn) else {
      fatalError("there is no memory \"\(memoryType.rawValue)\" in the library")
    }
    self.init(inputSize: inputSize, hiddenSize: hiddenSize, memory: memory.defaultConfiguration)
  }

  /// The memory's part under its own type.
  ///
  /// - Precondition: the network has a memory of this kind.
  public subscript<M: Memory>(_: M.Type) -> M.Configuration {
    get {
      guard let found = memory as? M.Configuration else {
        fatalError("the network has the memory \"\(memoryType.rawValue)\", not \(M.self)")
      }
      return found
    }
    set {
      require(
        memory is M.Configuration,
        "the network has the memory \"\(memoryType.rawValue)\", not \(M.self)")
      memory = newValue
    }
  }

  /// The kind of memory.
  public var memoryType: MemoryType { type(of: memory).kind }

  /// The size of the output vectors.
  public var outputs: Int { outputSize ?? inputSize }

  /// Number of memories: one, or one for each layer; 0 for a network without.
  public var memories: Int { memory.memories(layers: controller.numLayers) }

  /// Checks that a network can be built.
  ///
  /// - Throws: `ConfigurationError`, naming the argument, its value and what is expected.
  public func validate() throws {
    try ConfigurationError.check("input_size", inputSize)
    try controller.validate()
    try ConfigurationError.check("output_size", outputs)
    try memory.validate(in: self)
    let hidden = controller.hiddenSize
    try ConfigurationError.check("input_size × hidden_size", product: inputSize, hidden, 4)
    try ConfigurationError.check("output_size × hidden_size", product: outputs, hidden)
  }

  /// Checks that a network around a given memory can be built.
  func validate<M: Memory>(for _: M.Type) throws {
    guard memory is M.Configuration else {
      throw ConfigurationError(
        argument: "memory_type", value: memoryType.rawValue,
        expected: M.Configuration.kind.rawValue)
    }
    try validate()
  }

  public static func == (a: NetworkConfiguration, b: NetworkConfiguration) -> Bool {
    func isEqual<C: MemoryConfiguration>(_ memory: C) -> Bool { memory == b.memory as? C }
    return a.inputSize == b.inputSize && a.outputSize == b.outputSize
      && a.batchFirst == b.batchFirst && a.debug == b.debug && a.controller == b.controller
      && isEqual(a.memory)
  }
}

extension MemoryType {
  /// The memory of this name among some.
  func memory(among memories: [any Memory.Type]) -> (any Memory.Type)? {
    memories.first { $0.kind == self }
  }
}

extension Memory {
  /// The name of the kind of memory.
  static var kind: MemoryType { Configuration.kind }
  static var defaultConfiguration: any MemoryConfiguration { Configuration() }
  static func configuration(from decoder: any Decoder) throws -> any MemoryConfiguration {
    try Configuration(from: decoder)
  }
}
