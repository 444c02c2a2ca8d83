/// What the backward pass needs of one access of a sparse memory, besides the squashed interface: the cells that were written and read, their weights, and the
/// contents of the cells read.
///
/// The contents are what a lookup and its read vectors were computed from. With them the way back needs no earlier state of the memory: nothing is undone, so
/// the states that a caller holds are never touched, and what is kept per step does not depend on N.
struct SparseRecord {
  // Floats
  let interface: Int
  let slopes: Int
  let queries: Int
  let queryNorms: Int
  let queryEpsilons: Int
  let queryScales: Int
  /// Write weights, and the mean read weight within each.
  let writeWeights: Int
  let writeMeans: Int
  /// Read weights, by head and entry.
  let readWeights: Int
  let content: Int
  let cosine: Int
  let forward: Int
  let backward: Int
  /// Contents, norms and scales of the cells read, each cell once.
  let rows: Int
  let norms: Int
  let scales: Int
  /// Link weights from each entry of the last reads.
  let after: Int
  let before: Int
  let floats: Int

  // Integers
  let cleared: Int
  let writeCount: Int
  let writeCells: Int
  let readCount: Int
  let readCells: Int
  /// By head: number of entries; by head and entry: cell, and number among the cells read.
  let entryCounts: Int
  let entryCells: Int
  let entryReads: Int
  /// By head: which entries the cells found by content, forward and backward are.
  let contentEntries: Int
  let forwardCounts: Int
  let backwardCounts: Int
  let forwardEntries: Int
  let backwardEntries: Int
  /// Where each link leads: number within the forward or backward list, or −1.
  let afterTargets: Int
  let beforeTargets: Int
  let integers: Int

  init(_ plan: SparsePlan) {
    var end = 0
    func take(_ count: Int) -> Int {
      defer { end += padded(count) }
      return end
    }
    let (r, m, kl) = (plan.r, plan.headReads, plan.kl)
    interface = take(plan.interface.width)
    slopes = take(plan.interface.slopes)
    queries = take(r * plan.wp)
    queryNorms = take(r)
    queryEpsilons = take(r)
    queryScales = take(r)
    writeWeights = take(plan.writes)
    writeMeans = take(plan.writes)
    readWeights = take(r * m)
    content = take(r * plan.k)
    cosine = take(r * plan.k)
    forward = take(r * kl)
    backward = take(r * kl)
    rows = take(plan.reads * plan.wp)
    norms = take(plan.reads)
    scales = take(plan.reads)
    after = take(r * m * kl)
    before = take(r * m * kl)
    floats = end

    end = 0
    func takeInteger(_ count: Int) -> Int {
      defer { end += count }
      return end
    }
    cleared = takeInteger(1)
    writeCount = takeInteger(1)
    writeCells = takeInteger(plan.writes)
    readCount = takeInteger(1)
    readCells = takeInteger(plan.reads)
    entryCounts = takeInteger(r)
    entryCells = takeInteger(r * m)
    entryReads = takeInteger(r * m)
    contentEntries = takeInteger(r * plan.k)
    forwardCounts = takeInteger(r)
    backwardCounts = takeInteger(r)
    forwardEntries = takeInteger(r * kl)
    backwardEntries = takeInteger(r * kl)
    afterTargets = takeInteger(r * m * kl)
    beforeTargets = takeInteger(r * m * kl)
    integers = end
  }
}
