import Foundation

extension CodingUserInfoKey {
  /// Memories of a program's own that a decoder of configurations knows besides the library's:
  /// `[any Memory.Type]`.
  public static let memories = CodingUserInfoKey(rawValue: "swift-dnc.memories")!
  /// Controllers of a program's own: `[any Controller.Type]`.
  public static let controllers = CodingUserInfoKey(rawValue: "swift-dnc.controllers")!
}

/// One flat object under the Python package's spellings (`input_size`, `nr_cells`, …), the kind of
/// memory under `model`.
extension NetworkConfiguration: Codable {
  private enum CodingKeys: String, CodingKey {
    case model
    case inputSize = "input_size"
    case outputSize = "output_size"
    case batchFirst = "batch_first"
    case debug
  }

  /// Reads a configuration; what is missing has the package's default.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    inputSize = try values.decode(Int.self, forKey: .inputSize)
    controller = try ControllerConfiguration(from: decoder)
    let type = try values.decodeIfPresent(MemoryType.self, forKey: .model) ?? .dnc
    let own = decoder.userInfo[.memories] as? [any Memory.Type] ?? []
    guard let kind = type.memory(among: MemoryType.builtIn + own) else {
      throw DecodingError.dataCorruptedError(
        forKey: .model, in: values,
        debugDescription: "Cannot initialize MemoryType from invalid String value "
          + type.rawValue)
    }
    memory = try kind.configuration(from: decoder)
    outputSize = try values.decodeIfPresent(Int.self, forKey: .outputSize)
    try values.read(.batchFirst, into: &batchFirst)
    try values.read(.debug, into: &debug)
    try refuseMisplacedSettings(decoder)
  }

  /// Writes the configuration; what the kind of memory does not have is left out.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(memoryType, forKey: .model)
    try values.encode(inputSize, forKey: .inputSize)
    try values.encodeIfPresent(outputSize, forKey: .outputSize)
    try values.encode(batchFirst, forKey: .batchFirst)
    try values.encode(debug, forKey: .debug)
    try controller.encode(to: encoder)
    try memory.encode(to: encoder)
    // written for every kind of memory by earlier versions
    if !(memory is DenseMemory.Configuration) {
      var dialect = encoder.container(keyedBy: MisplacedKeys.self)
      try dialect.encode(Dialect.nature, forKey: .dialect)
    }
  }

  /// The configuration as JSON, under the Python package's names.
  public var json: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    do {
      return String(decoding: try encoder.encode(self), as: UTF8.self)
    } catch {
      fatalError("a configuration of numbers, flags and words has no JSON: \(error)")
    }
  }

  /// Settings that change nothing for the wrong kind of memory, and mean that another was intended.
  private enum MisplacedKeys: String, CodingKey {
    case nrCells = "nr_cells"
    case readHeads = "read_heads"
    case cellSize = "cell_size"
    case sparseReads = "sparse_reads"
    case temporalReads = "temporal_reads"
    case independentLinears = "independent_linears"
    case shareMemory = "share_memory"
    case index
    case recomputeEvery = "recompute_every"
    case dialect
  }

  /// - Throws: `ConfigurationError` for a setting of a memory that the network does not have.
  private func refuseMisplacedSettings(_ decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: MisplacedKeys.self)
    func refuse<Value: Decodable & Equatable>(
      _ keys: [MisplacedKeys], unless neutral: Value, _ expected: String
    ) throws {
      for key in keys {
        let found = try values.decodeIfPresent(Value.self, forKey: key) ?? neutral
        guard found != neutral else { continue }
        throw ConfigurationError(
          argument: key.rawValue, value: "\(found)", expected: expected)
      }
    }
    if memory is NoMemory.Configuration {
      try refuse(
        [.nrCells, .readHeads, .cellSize, .sparseReads, .temporalReads], unless: 0,
        "0 for a network without a memory")
      try refuse(
        [.independentLinears], unless: false,
        "false, as it is for a network without a memory")
      try refuse([.shareMemory], unless: true, "true, as it is for a network without a memory")
    }
    if !(memory is any SparseMemoryConfiguration) {
      try refuse(
        [.index], unless: "exact", "exact; only sparse memories, sam and sdnc, have an index")
    }
    if !(memory is DenseMemory.Configuration) {
      try refuse(
        [.recomputeEvery], unless: 0,
        "0; only a dnc keeps whole memories, a step of other networks keeps less than computing it "
          + "again would need")
      try refuse([.dialect], unless: "nature", "nature, the only one but for a dnc")
    }
  }
}
