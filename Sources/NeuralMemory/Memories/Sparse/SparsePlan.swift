import VectorKernels

/// A sparse memory as the CPU engine runs it.
struct SparsePlan: MemoryPlan, Equatable {
  /// Memory cells.
  let n: Int
  /// Size of a cell, and padded.
  let w: Int
  let wp: Int
  /// Read heads.
  let r: Int
  /// Cells found by content, for each head.
  let k: Int
  /// Links kept for each cell; 0: no temporal links.
  let kl: Int
  /// How the nearest cells are found; a state does not depend on it.
  let index: IndexChoice
  let fields: SparseInterface

  var interface: InterfaceLayout { fields.layout }
  var hasLinks: Bool { kl > 0 }
  /// Cells a head reads at the most.
  var headReads: Int { k + 2 * kl }
  /// Cells read at the most, counted once for each head.
  var reads: Int { r * headReads }
  /// Cells written at the most.
  var writes: Int { reads + 1 }

  /// δ of `docs/equations/sam.md`: weights above it count as an access.
  static let threshold: Float = 0.005
  /// ε of the cosine.
  static let epsilon: Float = 1e-6

  init(_ c: some SparseMemoryConfiguration) {
    n = c.nrCells
    w = c.cellSize
    wp = padded(c.cellSize)
    r = c.readHeads
    k = min(c.sparseReads, n)
    kl = min(c.temporalReads, n)
    index = IndexChoice(kind: c.index, threshold: c.indexThreshold)
    fields = SparseInterface(heads: r, cellSize: w, hasLinks: kl > 0)
  }

  /// What one access keeps: the cells it read with their contents, and its lists. Nothing of it is
  /// the memory itself.
  var recordedParts: [RecordedPart] { SparseRecord(self).layout.recordedParts() }

  static func == (a: SparsePlan, b: SparsePlan) -> Bool {
    a.n == b.n && a.w == b.w && a.r == b.r && a.k == b.k && a.kl == b.kl
  }
}

/// What SAM and SDNC have in common: one shard, one state, one form in state files.
protocol SparseKind: CPUMemory, SavedMemory
where
  Configuration: SparseMemoryConfiguration, State == SparseMemoryState,
  Shard == SparseMemoryShard
{}

extension SparseMemory: SparseKind {}
extension LinkedSparseMemory: SparseKind {}

extension SparseKind {
  static func plan(_ configuration: NetworkConfiguration) -> SparsePlan {
    SparsePlan(configuration[Self.self])
  }
}

/// The interface of the sparse memories (`docs/equations/sam.md`, `docs/equations/sdnc.md`).
struct SparseInterface: Sendable {
  let layout: InterfaceLayout
  let queries: Slot<Float>
  let strengths: Slot<Float>
  let writeVector: Slot<Float>
  let interpolationGate: Slot<Float>
  let writeGate: Slot<Float>
  /// With links only.
  let modes: Slot<Float>

  init(heads r: Int, cellSize w: Int, hasLinks: Bool) {
    var fields = [
      InterfaceField("read_query_transform", size: r * w),
      InterfaceField("read_strengths_transform", size: r, squashing: .oneplus),
      InterfaceField("write_vector_transform", size: w),
      InterfaceField("interpolation_gate_transform", size: 1, squashing: .sigmoid),
      InterfaceField("write_gate_transform", size: 1, squashing: .sigmoid),
    ]
    if hasLinks {
      fields.append(
        InterfaceField("read_modes_transform", size: 3 * r, squashing: .softmaxOfThree))
    }
    layout = InterfaceLayout(fields: fields)
    queries = layout.slot("read_query_transform")
    strengths = layout.slot("read_strengths_transform")
    writeVector = layout.slot("write_vector_transform")
    interpolationGate = layout.slot("interpolation_gate_transform")
    writeGate = layout.slot("write_gate_transform")
    modes = hasLinks ? layout.slot("read_modes_transform") : Slot(offset: 0, stride: 0)
  }
}
