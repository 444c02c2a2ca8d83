/// What the backward pass needs of one access of a sparse memory: the cells that were written and
/// read, their weights, and the contents of the cells read.
///
/// The contents are what a lookup and its read vectors were computed from. With them the backward
/// pass needs no earlier state of the memory: nothing is undone, so the states that a caller holds
/// are never touched, and what is kept of a step does not depend on N.
struct SparseRecord: Sendable {
  /// What is kept of one direction along the temporal links.
  struct Direction: Sendable {
    /// By head: how many cells it leads to, at most K_L; by head and cell: weights, and which entry
    /// of the reads each is.
    let counts: Slot<Int32>
    let weights: Slot<Float>
    let entries: Slot<Int32>
    /// Link weights from each entry of the last reads, and where each link leads: number within the
    /// direction's list, or −1.
    let links: Slot<Float>
    let targets: Slot<Int32>

    init(_ name: String, _ layout: inout BlockLayout, heads: Int, reads: Int, kl: Int) {
      counts = layout.add("directions", heads)
      weights = layout.add(
        "directions", rows: heads, kl, as: .init(mechanism: "temporal links", tensor: name))
      entries = layout.add("directions", heads * kl)
      links = layout.add("directions", heads * reads * kl)
      targets = layout.add("directions", heads * reads * kl)
    }
  }

  let layout: BlockLayout
  let interface: InterfaceRecord
  // Lookups: scaled queries, and of each the norm, the denominator's ε and the scale.
  let queries: Slot<Float>
  let queryNorms: Slot<Float>
  let queryEpsilons: Slot<Float>
  let queryScales: Slot<Float>
  let cosine: Slot<Float>
  let content: Slot<Float>
  /// By head: which entries of its reads the cells found by content are.
  let contentEntries: Slot<Int32>

  /// The cleared cell, the cells written, their weights, and the mean read weight within each.
  let cleared: Slot<Int32>
  let writeCount: Slot<Int32>
  let writeCells: Slot<Int32>
  let writeWeights: Slot<Float>
  let writeMeans: Slot<Float>

  let forward: Direction
  let backward: Direction

  /// By head: number of entries; by head and entry: weight, cell, and number among the cells read.
  let entryCounts: Slot<Int32>
  let readWeights: Slot<Float>
  let entryCells: Slot<Int32>
  let entryReads: Slot<Int32>

  /// The cells read, each once, with contents, norms and scales.
  let readCount: Slot<Int32>
  let readCells: Slot<Int32>
  let rows: Slot<Float>
  let norms: Slot<Float>
  let scales: Slot<Float>

  init(_ plan: SparsePlan) {
    var layout = BlockLayout()
    let (r, m) = (plan.r, plan.headReads)
    interface = InterfaceRecord(&layout, plan.interface)
    queries = layout.add("lookups", rows: r, plan.w, stride: plan.wp)
    queryNorms = layout.add("lookups", r)
    queryEpsilons = layout.add("lookups", r)
    queryScales = layout.add("lookups", r)
    cosine = layout.add("lookups", rows: r, plan.k)
    content = layout.add("lookups", rows: r, plan.k)
    contentEntries = layout.add("lookups", r * plan.k)
    cleared = layout.add("write weights", 1)
    writeCount = layout.add("write weights", 1)
    writeCells = layout.add("write weights", plan.writes)
    writeWeights = layout.add("write weights", plan.writes)
    writeMeans = layout.add("write weights", plan.writes)
    forward = Direction("forward weights", &layout, heads: r, reads: m, kl: plan.kl)
    backward = Direction("backward weights", &layout, heads: r, reads: m, kl: plan.kl)
    entryCounts = layout.add("read weights", r)
    readWeights = layout.add("read weights", rows: r, m)
    entryCells = layout.add("read weights", r * m)
    entryReads = layout.add("read weights", r * m)
    readCount = layout.add("cells read", 1)
    readCells = layout.add("cells read", plan.reads)
    rows = layout.add("cells read", rows: plan.reads, plan.w, stride: plan.wp)
    norms = layout.add("cells read", plan.reads)
    scales = layout.add("cells read", plan.reads)
    self.layout = layout
  }
}
