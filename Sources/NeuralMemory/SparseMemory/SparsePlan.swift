/// Everything the engine knows of a sparse memory.
struct SparsePlan: MemoryPlan, Equatable {
  /// Cells.
  let n: Int
  /// Size of a cell, and padded.
  let w: Int
  let wp: Int
  /// Read heads.
  let r: Int
  /// Cells found by content, per head.
  let k: Int
  /// Links kept per cell; 0: no temporal links.
  let kl: Int
  /// How the nearest cells are found; a state does not depend on it.
  let index: IndexChoice
  let fields: SparseInterface

  var interface: InterfaceLayout { fields.layout }
  var hasLinks: Bool { kl > 0 }
  /// Cells a head reads at the most.
  var headReads: Int { k + 2 * kl }
  /// Cells read at the most, counted once per head.
  var reads: Int { r * headReads }
  /// Cells written at the most.
  var writes: Int { reads + 1 }

  /// δ of `spec/sam.md`: weights above it count as an access.
  static let threshold: Float = 0.005
  /// ε of the cosine.
  static let epsilon: Float = 1e-6

  init(_ configuration: NetworkConfiguration) {
    let c = configuration
    n = c.nrCells
    w = c.cellSize
    wp = padded(c.cellSize)
    r = c.readHeads
    k = min(c.sparseReads, n)
    kl = c.memoryType == .sdnc ? min(c.temporalReads, n) : 0
    index = IndexChoice(kind: c.index, threshold: c.indexThreshold)
    fields = SparseInterface(heads: r, cellSize: w, hasLinks: kl > 0)
  }

  static func == (a: SparsePlan, b: SparsePlan) -> Bool {
    a.n == b.n && a.w == b.w && a.r == b.r && a.k == b.k && a.kl == b.kl
  }
}

/// The interface of the sparse memories (`spec/sam.md`, `spec/sdnc.md`), and where its fields stand in the engine's vector.
struct SparseInterface: Sendable {
  let layout: InterfaceLayout
  let queries: Int
  let strengths: Int
  let writeVector: Int
  let interpolationGate: Int
  let writeGate: Int
  let modes: Int

  init(heads r: Int, cellSize w: Int, hasLinks: Bool) {
    var fields = [
      InterfaceField(name: "read_query_transform", size: r * w, squashing: .none),
      InterfaceField(name: "read_strengths_transform", size: r, squashing: .oneplus),
      InterfaceField(name: "write_vector_transform", size: w, squashing: .none),
      InterfaceField(name: "interpolation_gate_transform", size: 1, squashing: .sigmoid),
      InterfaceField(name: "write_gate_transform", size: 1, squashing: .sigmoid),
    ]
    if hasLinks {
      fields.append(
        InterfaceField(name: "read_modes_transform", size: 3 * r, squashing: .softmaxOfThree))
    }
    layout = InterfaceLayout(fields: fields)
    queries = layout.offsets[0]
    strengths = layout.offsets[1]
    writeVector = layout.offsets[2]
    interpolationGate = layout.offsets[3]
    writeGate = layout.offsets[4]
    modes = hasLinks ? layout.offsets[5] : 0
  }
}
