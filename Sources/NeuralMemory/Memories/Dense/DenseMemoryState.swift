/// What one dense memory holds, for every element of a batch: N cells of size W, R read heads.
///
/// A value: copies are independent, and share their storage until one is changed. A gradient of a
/// state is a state too. Symbols as in Graves et al. 2016, Methods (`docs/equations/dnc.md`).
public struct DenseMemoryState: MemoryState {
  /// Number of batch elements.
  public let batch: Int
  let layout: DenseStateLayout
  private var storage: DenseMemoryStorage

  /// An empty memory: all zero.
  ///
  /// - Precondition: `batch` is at least 0, the other sizes at least 1.
  /// - Complexity: O(batch · N · (N + W + R)).
  public init(batch: Int, cells: Int, cellSize: Int, readHeads: Int) {
    require(
      batch >= 0 && cells >= 1 && cellSize >= 1 && readHeads >= 1,
      "a memory needs a batch size of at least 0 and at least one cell, component and head, not "
        + "\(batch), \(cells), \(cellSize), \(readHeads)")
    self.init(
      DenseBlocks(
        batch: batch,
        layout: DenseStateLayout(cells: cells, cellSize: cellSize, readHeads: readHeads)))
  }

  /// A state over the CPU engine's blocks.
  init(_ blocks: DenseBlocks) {
    batch = blocks.batch
    layout = blocks.layout
    storage = blocks
  }

  public mutating func reset() {
    storage = DenseBlocks(batch: batch, layout: layout)
  }

  /// Memory contents M: [batch, N, W].
  public var memory: Tensor {
    get { tensor("memory") }
    set { set("memory", newValue) }
  }

  /// Usage u of every cell, from 0 (free) to 1: [batch, N].
  public var usage: Tensor {
    get { tensor("usage") }
    set { set("usage", newValue) }
  }

  /// Precedence p: how much each cell was the one written last: [batch, N].
  public var precedence: Tensor {
    get { tensor("precedence") }
    set { set("precedence", newValue) }
  }

  /// Link matrix L: `L[i, j]` is the degree to which cell `i` was written right after cell `j`:
  /// [batch, N, N].
  public var link: Tensor {
    get { tensor("link") }
    set { set("link", newValue) }
  }

  /// Read weights r of the last step: [batch, R, N].
  public var readWeights: Tensor {
    get { tensor("read_weights") }
    set { set("read_weights", newValue) }
  }

  /// Write weights w of the last step: [batch, N].
  public var writeWeights: Tensor {
    get { tensor("write_weights") }
    set { set("write_weights", newValue) }
  }

  /// Whether two memories hold the same values.
  public static func == (a: DenseMemoryState, b: DenseMemoryState) -> Bool {
    guard a.batch == b.batch && a.layout == b.layout else { return false }
    return a.storage === b.storage
      || a.layout.parts.allSatisfy { a.storage.tensor($0) == b.storage.tensor($0) }
  }

  /// The state in the CPU engine's form, to be read.
  var blocks: DenseBlocks {
    storage.blocks ?? converted()
  }

  /// The state in the CPU engine's form, to be changed: after this no other value shares it.
  mutating func uniqueBlocks() -> DenseBlocks {
    if !isKnownUniquelyReferenced(&storage) { storage = storage.copy() }
    let blocks = blocks
    storage = blocks
    return blocks
  }

  private func converted() -> DenseBlocks {
    let blocks = DenseBlocks(batch: batch, layout: layout)
    for part in layout.parts { blocks.set(part, to: storage.tensor(part)) }
    return blocks
  }

  func tensor(_ name: String) -> Tensor { storage.tensor(part(name)) }

  mutating func set(_ name: String, _ tensor: Tensor) {
    let part = part(name)
    require(
      tensor.shape == [batch] + part.shape,
      "this part of a memory has shape \([batch] + part.shape), not \(tensor.shape)")
    if !isKnownUniquelyReferenced(&storage) { storage = storage.copy() }
    storage.set(part, to: tensor)
  }

  private func part(_ name: String) -> DenseStateLayout.Part {
    layout.parts.first { $0.name == name }!
  }
}
