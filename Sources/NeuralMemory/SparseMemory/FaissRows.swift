#if FAISS
  import FaissShim

  /// FAISS's inverted lists over rows of equal length, found by their inner products. Rows are numbered in the order in which they are added.
  ///
  /// For one thread at a time. Every function throws what FAISS says when it fails.
  final class FaissRows {
    private let index: OpaquePointer
    let dimension: Int

    /// An empty index of `lists` lists.
    init(dimension: Int, lists: Int) throws(FaissError) {
      guard let index = faiss_shim_new(Int64(dimension), Int64(lists)) else { throw FaissError() }
      self.index = index
      self.dimension = dimension
    }

    private init(copying other: FaissRows) throws(FaissError) {
      guard let index = faiss_shim_copy(other.index) else { throw FaissError() }
      self.index = index
      dimension = other.dimension
    }

    deinit { faiss_shim_free(index) }

    /// An independent copy.
    func copy() throws(FaissError) -> FaissRows { try FaissRows(copying: self) }

    /// Rows ever added.
    var count: Int { Int(faiss_shim_count(index)) }

    /// Divides the space by the given rows; at least as many as there are lists.
    func train(_ rows: UnsafePointer<Float>, count: Int) throws(FaissError) {
      try check(faiss_shim_train(index, Int64(count), rows))
    }

    func add(_ rows: UnsafePointer<Float>, count: Int) throws(FaissError) {
      try check(faiss_shim_add(index, Int64(count), rows))
    }

    /// Changes rows, each named once; those removed come back.
    func change(_ numbers: [Int64], _ rows: UnsafePointer<Float>) throws(FaissError) {
      try check(faiss_shim_change(index, Int64(numbers.count), numbers, rows))
    }

    func remove(_ numbers: [Int64]) throws(FaissError) {
      try check(faiss_shim_remove(index, Int64(numbers.count), numbers))
    }

    /// The `k` rows with the largest inner products within the `probes` lists nearest to each query: numbers [queries, k] and products, best first; −1 after the last.
    func nearest(
      _ queries: UnsafePointer<Float>, count: Int, k: Int, probes: Int,
      numbers: UnsafeMutablePointer<Int64>, products: UnsafeMutablePointer<Float>
    ) throws(FaissError) {
      try check(
        faiss_shim_nearest(
          index, Int64(count), queries, Int64(k), Int64(probes), numbers, products))
    }

    private func check(_ status: Int32) throws(FaissError) {
      if status != 0 { throw FaissError() }
    }
  }

  /// What FAISS said when it failed.
  struct FaissError: Error, CustomStringConvertible {
    let message = String(cString: faiss_shim_message())
    var description: String { "FAISS: \(message)" }
  }
#endif
