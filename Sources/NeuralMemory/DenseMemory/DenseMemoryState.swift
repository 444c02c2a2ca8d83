/// What one dense memory holds, for every element of a batch: N cells of size W, R read heads.
///
/// A value: copies are independent, and share their storage until one is changed. A gradient of a state is a state too.
/// Symbols as in Graves et al. 2016, Methods.
public struct DenseMemoryState: ExternalMemoryState {
  /// Number of batch elements.
  public let batch: Int
  let layout: DenseLayout
  /// One block per batch element, as `DenseLayout` says.
  private(set) var storage: AlignedBuffer
  /// The dialect whose norms of the cells are in the blocks, if they are.
  var normsOf: Dialect?

  /// An empty memory: all zero.
  ///
  /// - Complexity: O(batch · N · (N + W + R)).
  public init(batch: Int, cells: Int, cellSize: Int, readHeads: Int) {
    require(
      batch >= 0 && cells >= 1 && cellSize >= 1 && readHeads >= 1,
      "a memory needs a batch size of at least 0 and at least one cell, component and head, not \(batch), \(cells), \(cellSize), \(readHeads)"
    )
    self.init(
      batch: batch, layout: DenseLayout(cells: cells, cellSize: cellSize, heads: readHeads))
  }

  init(batch: Int, layout: DenseLayout, zeroed: Bool = true) {
    self.batch = batch
    self.layout = layout
    storage = AlignedBuffer(count: batch * layout.stateCount, zeroed: zeroed)
  }

  public mutating func reset() { self = DenseMemoryState(batch: batch, layout: layout) }

  /// Memory contents M: [batch, N, W].
  public var memory: Tensor {
    get {
      read([batch, layout.n, layout.w]) { block, i in
        block[layout.memory + i % layout.w * layout.np + i / layout.w]
      }
    }
    set {
      write(newValue, [batch, layout.n, layout.w], at: layout.memory) { [layout] block, i, value in
        block[layout.memory + i % layout.w * layout.np + i / layout.w] = value
      }
      normsOf = nil
    }
  }

  /// Usage u of every cell, from 0 (free) to 1: [batch, N].
  public var usage: Tensor {
    get { vector(layout.usage, 1) }
    set { setVector(newValue, [batch, layout.n], layout.usage) }
  }

  /// Precedence p: how much each cell was the one written last: [batch, N].
  public var precedence: Tensor {
    get { vector(layout.precedence, 1) }
    set { setVector(newValue, [batch, layout.n], layout.precedence) }
  }

  /// Link matrix L: `L[i, j]` says how much cell `i` was written right after cell `j`: [batch, N, N].
  public var link: Tensor {
    get { vector(layout.link, layout.n).reshaped([batch, layout.n, layout.n]) }
    set { setVector(newValue, [batch, layout.n, layout.n], layout.link) }
  }

  /// Read weights r of the last step: [batch, R, N].
  public var readWeights: Tensor {
    get { vector(layout.read, layout.r).reshaped([batch, layout.r, layout.n]) }
    set { setVector(newValue, [batch, layout.r, layout.n], layout.read) }
  }

  /// Write weights w of the last step: [batch, N].
  public var writeWeights: Tensor {
    get { vector(layout.write, 1) }
    set { setVector(newValue, [batch, layout.n], layout.write) }
  }

  /// Whether two memories hold the same numbers.
  public static func == (a: DenseMemoryState, b: DenseMemoryState) -> Bool {
    guard a.batch == b.batch && a.layout == b.layout else { return false }
    return a.storage === b.storage
      || (a.usage == b.usage && a.precedence == b.precedence && a.writeWeights == b.writeWeights
        && a.readWeights == b.readWeights && a.memory == b.memory && a.link == b.link)
  }

  /// The blocks, to be changed: after this no other value shares them.
  mutating func uniqueBlocks() -> UnsafeMutablePointer<Float> {
    if !isKnownUniquelyReferenced(&storage) {
      let copy = AlignedBuffer(count: storage.count, zeroed: false)
      copy.base.update(from: storage.base, count: storage.count)
      storage = copy
    }
    return storage.base
  }

  // MARK: Parts of the blocks

  private func read(_ shape: [Int], _ value: (UnsafePointer<Float>, Int) -> Float) -> Tensor {
    let count = batch == 0 ? 0 : shape.dropFirst().reduce(1, *)
    var values: [Float] = []
    values.reserveCapacity(batch * count)
    for item in 0..<batch {
      let block = UnsafePointer(storage.base + item * layout.stateCount)
      for i in 0..<count { values.append(value(block, i)) }
    }
    return Tensor(shape: shape, values: values)
  }

  /// Replaces a part of shape [batch, ..., ...], which stands at `offset` in each block, its padding included.
  private mutating func write(
    _ tensor: Tensor, _ shape: [Int], at offset: Int,
    _ assign: (UnsafeMutablePointer<Float>, Int, Float) -> Void
  ) {
    require(
      tensor.shape == shape, "this part of a memory has shape \(shape), not \(tensor.shape)")
    let blocks = uniqueBlocks()
    let count = shape.dropFirst().reduce(1, *)
    tensor.withUnsafeBuffer { values in
      for item in 0..<batch {
        let block = blocks + item * layout.stateCount
        (block + offset).update(repeating: 0, count: count / layout.n * layout.np)
        for i in 0..<count { assign(block, i, values[item * count + i]) }
      }
    }
  }

  /// `rows` rows of N numbers: [batch, rows · N].
  private func vector(_ offset: Int, _ rows: Int) -> Tensor {
    read([batch, rows * layout.n]) { block, i in
      block[offset + i / layout.n * layout.np + i % layout.n]
    }
  }

  /// Rows of N numbers.
  private mutating func setVector(_ tensor: Tensor, _ shape: [Int], _ offset: Int) {
    let layout = layout
    write(tensor, shape, at: offset) { block, i, value in
      block[offset + i / layout.n * layout.np + i % layout.n] = value
    }
  }
}
