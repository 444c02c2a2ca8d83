/// Says among which cells of one memory the nearest to a query are to be looked for. It proposes;
/// `NearestCells` ranks by the exact score.
///
/// It follows from the cells' contents: a memory without its index is still the same memory.
protocol CellIndex: AnyObject {
  /// Rows are new or have changed.
  func change(_ cells: [(cell: Int32, weight: Float)])
  /// Rows that no query shall find until they change again.
  func remove(_ cells: [Int32])
  /// Cells likely to be nearest to the memory's queries [R × wp], in any order, at least K of them;
  /// valid until the next call. Nil: all touched cells have to be looked at.
  func candidates(
    _ queries: UnsafePointer<Float>, in memory: ElementMemory
  ) -> UnsafeBufferPointer<Int32>?
  /// Bytes it holds.
  var bytes: Int { get }
  /// Why it fell back to the exact scan, if it did.
  var failureMessage: String? { get }
  /// An independent copy, O(rows).
  func copy() -> any CellIndex
}

/// The exact scan: proposes everything and has nothing to keep up to date.
final class ExactIndex: CellIndex, Sendable {
  static let shared = ExactIndex()

  var bytes: Int { 0 }
  var failureMessage: String? { nil }
  func change(_ cells: [(cell: Int32, weight: Float)]) {}
  func remove(_ cells: [Int32]) {}
  func candidates(
    _ queries: UnsafePointer<Float>, in memory: ElementMemory
  ) -> UnsafeBufferPointer<Int32>? { nil }
  func copy() -> any CellIndex { self }
}

/// Which index a network wants, and from how many cells in use.
struct IndexChoice: Sendable, Equatable {
  let kind: MemoryIndex
  let threshold: Int

  func make(_ plan: SparsePlan) -> any CellIndex {
    switch kind {
    case .exact: return ExactIndex.shared
    case .faiss:
      #if FAISS
        return FaissIndex(plan, threshold: threshold)
      #else
        fatalError("an index by FAISS in a build without it")
      #endif
    }
  }
}
