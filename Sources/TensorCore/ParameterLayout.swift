/// Where the named tensors of a model lie in one flat vector: one after the other, without gaps.
public struct ParameterLayout: Sendable, Equatable {
  /// One named tensor in the flat vector.
  public struct Entry: Sendable, Equatable {
    /// The name, as in checkpoints.
    public let name: String
    /// The length of every axis; the elements are in row-major order.
    public let shape: [Int]
    /// The position of the first element in the flat vector.
    public let offset: Int
    /// The number of elements.
    public let count: Int

    package init(name: String, shape: [Int], offset: Int, count: Int) {
      self.name = name
      self.shape = shape
      self.offset = offset
      self.count = count
    }

    /// The positions of the elements in the flat vector.
    public var range: Range<Int> { offset..<(offset + count) }

    /// The index per axis of an element, given its position in the flat vector.
    ///
    /// - Precondition: `range` contains `position`.
    package func indices(of position: Int) -> [Int] {
      Tensor.indices(of: position - offset, in: shape)
    }
  }

  /// The tensors, in the order they were given and lie in.
  public let entries: [Entry]

  /// The length of the flat vector.
  public let count: Int

  private let positions: [String: Int]

  /// Lays out tensors in the given order.
  ///
  /// - Precondition: No name occurs twice, no dimension is negative.
  public init(_ namesAndShapes: [(String, [Int])]) {
    var entries: [Entry] = []
    var positions: [String: Int] = [:]
    var offset = 0
    for (name, shape) in namesAndShapes {
      let count = Tensor.elementCount(of: shape)
      require(positions[name] == nil, "the parameter name \"\(name)\" occurs twice")
      positions[name] = entries.count
      entries.append(Entry(name: name, shape: shape, offset: offset, count: count))
      offset += count
    }
    self.entries = entries
    self.count = offset
    self.positions = positions
  }

  /// The tensor of a name, or nil if there is none.
  ///
  /// - Complexity: O(1).
  public subscript(name: String) -> Entry? {
    positions[name].map { entries[$0] }
  }

  /// The tensor an element of the flat vector belongs to.
  ///
  /// - Complexity: O(log *n*), *n* being the number of tensors.
  public func entry(containing position: Int) -> Entry? {
    guard position >= 0 && position < count else { return nil }
    // The last entry that starts at or before the position; empty entries share their offset with
    // the next one, so the last of equals is the one with elements.
    var low = 0
    var high = entries.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if entries[middle].offset <= position { low = middle } else { high = middle }
    }
    return entries[low]
  }
}
