/// Where the parts of a dense memory's state are in the block that the CPU engine keeps for each
/// batch element; a gradient of the state has the same layout.
///
/// Arrays run along the cells, padded to whole vectors (np): the memory is [W × np], the link
/// matrix [N × np], read weights [R × np], the rest [np]. Small arrays come first, the link matrix
/// last.
struct DenseStateLayout: Sendable, Equatable {
  /// A part that users see: in states, state files and traces.
  struct Part: Sendable {
    /// Its name in state files, `memories.0.NAME`.
    let name: String
    /// Its key in traces, as in the Python package.
    let traceKey: String
    let slot: Slot<Float>
    /// Lengths of the axes behind the batch.
    let shape: [Int]
    /// Whether the cells are the first axis outside and the last one in the block.
    var isTransposed = false
  }

  /// Memory cells N, size of a cell W, read heads R.
  let n: Int
  let w: Int
  let r: Int
  let np: Int

  let usage: Slot<Float>
  let precedence: Slot<Float>
  let writeWeights: Slot<Float>
  /// Norms of the scaled cells, and the scales: derived from the memory, no state of their own.
  let norms: Slot<Float>
  let scales: Slot<Float>
  let readWeights: Slot<Float>
  let memory: Slot<Float>
  let link: Slot<Float>
  let block: BlockLayout

  /// Length of a block.
  var count: Int { block.count }
  /// Length of a block without the link matrix.
  var countBeforeLink: Int { link.offset }
  /// Length of the link matrix in a block.
  var linkCount: Int { block.count - link.offset }

  init(cells: Int, cellSize: Int, readHeads: Int) {
    (n, w, r, np) = (cells, cellSize, readHeads, padded(cells))
    var block = BlockLayout()
    usage = block.add("usage and allocation", cells, as: .init(mechanism: "usage", tensor: "usage"))
    precedence = block.add(
      "precedence", cells, as: .init(mechanism: "precedence", tensor: "precedence"))
    writeWeights = block.add(
      "write weights", cells, as: .init(mechanism: "write weights", tensor: "write weights"))
    norms = block.add("memory", cells)
    scales = block.add("memory", cells)
    readWeights = block.add(
      "read weights", rows: readHeads, cells, stride: np,
      as: .init(mechanism: "read weights", tensor: "read weights"))
    memory = block.add(
      "memory", rows: cellSize, cells, stride: np,
      as: .init(mechanism: "writing", tensor: "memory, by component"))
    link = block.add("link matrices", rows: cells, cells, stride: np)
    self.block = block
  }

  var parts: [Part] {
    [
      Part(
        name: "memory", traceKey: "memory", slot: memory, shape: [n, w], isTransposed: true),
      Part(name: "usage", traceKey: "usage_vector", slot: usage, shape: [n]),
      Part(name: "precedence", traceKey: "precedence", slot: precedence, shape: [n]),
      Part(name: "link", traceKey: "link_matrix", slot: link, shape: [n, n]),
      Part(name: "read_weights", traceKey: "read_weights", slot: readWeights, shape: [r, n]),
      Part(name: "write_weights", traceKey: "write_weights", slot: writeWeights, shape: [n]),
    ]
  }

  static func == (a: DenseStateLayout, b: DenseStateLayout) -> Bool {
    a.n == b.n && a.w == b.w && a.r == b.r
  }
}

extension DenseStateLayout.Part {
  /// Number of values of one batch element.
  var count: Int { shape.reduce(1, *) }

  /// Appends the part of one batch element to `values`, in the order of `shape`. `base` is where
  /// the part's slot begins.
  func append(_ base: UnsafePointer<Float>, to values: inout [Float]) {
    let columns = shape[shape.count - 1]
    if isTransposed {
      for cell in 0..<shape[0] {
        for component in 0..<columns { values.append(base[component * slot.stride + cell]) }
      }
      return
    }
    for row in 0..<count / columns {
      values.append(
        contentsOf: UnsafeBufferPointer(start: base + row * slot.stride, count: columns))
    }
  }

  /// Writes the values of one batch element, in the order of `shape`, over the part and its
  /// padding.
  func assign(_ values: UnsafePointer<Float>, to base: UnsafeMutablePointer<Float>) {
    let columns = shape[shape.count - 1]
    let rows = count / columns
    if isTransposed {
      base.update(repeating: 0, count: columns * slot.stride)
      for cell in 0..<rows {
        for component in 0..<columns {
          base[component * slot.stride + cell] = values[cell * columns + component]
        }
      }
      return
    }
    for row in 0..<rows {
      let target = base + row * slot.stride
      target.update(repeating: 0, count: padded(columns))
      target.update(from: values + row * columns, count: columns)
    }
  }
}
