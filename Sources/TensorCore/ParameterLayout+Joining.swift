extension ParameterLayout {
  /// Joins layouts into one: the tensors of each in turn, named `prefix.name`.
  ///
  /// ```swift
  /// let layout = ParameterLayout(joining: ["embedding": embedding, "dnc": dnc.parameters.layout])
  /// layout["dnc.output.weight"]  // the output layer of the DNC
  /// ```
  ///
  /// Joined layouts can be joined again: `model.dnc.output.weight`.
  ///
  /// - Precondition: No prefix is empty, occurs twice, or is the beginning of another up to one of
  ///   its dots, as `model` is of `model.dnc`.
  /// - Complexity: O(tensors).
  public init(joining layouts: KeyValuePairs<String, ParameterLayout>) {
    self.init(joining: layouts.map { ($0.key, $0.value) })
  }

  init(joining layouts: [(prefix: String, layout: ParameterLayout)]) {
    let prefixes = layouts.map(\.prefix)
    for (index, prefix) in prefixes.enumerated() {
      require(!prefix.isEmpty, "layouts are joined under prefixes; prefix \(index) is empty")
      for other in prefixes[..<index] {
        require(
          prefix != other && !prefix.hasPrefix(other + ".") && !other.hasPrefix(prefix + "."),
          "the prefixes \"\(other)\" and \"\(prefix)\" of joined layouts cannot be told apart")
      }
    }
    self.init(
      layouts.flatMap { prefix, layout in
        layout.entries.map { ("\(prefix).\($0.name)", $0.shape) }
      })
  }

  /// The layout that was joined under a prefix, and where it lies in the flat vector.
  ///
  /// - Precondition: The tensors under `prefix` lie one after the other, as joining puts them.
  /// - Returns: nil if no name begins with `prefix` and a dot.
  /// - Complexity: O(tensors).
  public func joined(under prefix: String) -> (layout: ParameterLayout, range: Range<Int>)? {
    let start = prefix + "."
    guard let first = entries.firstIndex(where: { $0.name.hasPrefix(start) }) else { return nil }
    let found = entries[first...].prefix { $0.name.hasPrefix(start) }
    require(
      !entries[found.endIndex...].contains { $0.name.hasPrefix(start) },
      "the parameters under \"\(prefix)\" do not lie one after the other: they were not joined")
    let layout = ParameterLayout(found.map { (String($0.name.dropFirst(start.count)), $0.shape) })
    let offset = entries[first].offset
    return (layout, offset..<offset + layout.count)
  }
}
