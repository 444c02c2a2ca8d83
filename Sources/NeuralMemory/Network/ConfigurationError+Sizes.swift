extension ConfigurationError {
  /// Throws unless a size is from 1 to 2^30.
  static func check(_ argument: String, _ value: Int) throws {
    try check(argument, value, in: 1...1 << 30)
  }

  /// Throws if a product of sizes is above 2^40. Such products are indices; far below where they
  /// could overflow, no machine has the memory.
  static func check(_ argument: String, product factors: Int...) throws {
    guard factors.reduce(1.0, { $0 * Double($1) }) > 0x1p40 else { return }
    throw ConfigurationError(
      argument: argument, value: factors.map(String.init).joined(separator: " × "),
      expected: "at most 2^40 numbers")
  }
}

extension KeyedDecodingContainer {
  /// Reads a value; what is missing keeps the value that is there.
  package func read<Value: Decodable>(_ key: Key, into value: inout Value) throws {
    value = try decodeIfPresent(Value.self, forKey: key) ?? value
  }
}

extension KeyedEncodingContainer {
  /// Writes a value unless it is the neutral one, which earlier versions did not write.
  mutating func encode<Value: Encodable & Equatable>(
    _ value: Value, forKey key: Key, unless neutral: Value
  ) throws {
    if value != neutral { try encode(value, forKey: key) }
  }
}
