/// Lays out the slots of a block. What is recorded, examined, traced and saved of a memory follows
/// from the entries.
struct BlockLayout: Sendable {
  /// How an examination of a recorded call shows a slot.
  struct Shown: Sendable {
    let mechanism: String
    let tensor: String
  }

  struct Entry: Sendable {
    /// Whose record it is in an account of recorded bytes.
    let mechanism: String
    let offset: Int
    let rows: Int
    let columns: Int
    let stride: Int
    /// Elements, padding included.
    let count: Int
    let shown: Shown?
  }

  private(set) var entries: [Entry] = []
  /// Length of the block in elements of 4 bytes.
  private(set) var count = 0

  /// Adds `rows` rows of `columns` elements, `stride` elements apart, padded to whole vectors.
  mutating func add<Element>(
    _ mechanism: String, rows: Int = 1, _ columns: Int, stride: Int? = nil, as shown: Shown? = nil
  ) -> Slot<Element> {
    let stride = stride ?? columns
    let entry = Entry(
      mechanism: mechanism, offset: count, rows: rows, columns: columns, stride: stride,
      count: padded(rows * stride), shown: shown)
    entries.append(entry)
    count += entry.count
    return Slot(offset: entry.offset, stride: stride)
  }

  /// What each entry adds to an account of recorded bytes.
  ///
  /// - Parameter kept: how many of these blocks are kept of a number of accesses.
  func recordedParts(
    kept: @escaping @Sendable (_ accesses: Int) -> Int = { $0 }
  ) -> [RecordedPart] {
    entries.map {
      RecordedPart(
        mechanism: $0.mechanism, bytes: $0.count * MemoryLayout<Float>.stride, kept: kept)
    }
  }
}
