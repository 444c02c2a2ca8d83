#if FAISS
  import FaissShim

  /// FAISS's inverted lists over rows of equal length, found by their inner products. Rows are
  /// numbered in the order in which they are added.
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

    /// The `k` rows with the largest inner products within the `probes` lists nearest to each
    /// query: numbers [queries, k] and products, best first; −1 after the last.
    func nearest(
      _ queries: UnsafePointer<Float>, count: Int, k: Int, probes: Int,
      numbers: UnsafeMutablePointer<Int64>, products: UnsafeMutablePointer<Float>
    ) throws(FaissError) {
      try check(
        faiss_shim_nearest(
          index, Int64(count), queries, Int64(k), Int64(probes), numbers, products))
    }

    /// The `probes` lists nearest to each query, [queries, probes], best first; −1 after the last.
    func lists(
      _ queries: UnsafePointer<Float>, count: Int, probes: Int,
      into lists: UnsafeMutablePointer<Int64>
    ) throws(FaissError) {
      try check(faiss_shim_lists(index, Int64(count), queries, Int64(probes), lists))
    }

    /// Calls `body` with the rows of a list, one after the other, and their numbers.
    @inline(__always)
    func withList(
      _ list: Int, _ body: (UnsafePointer<Float>, UnsafeBufferPointer<Int64>) -> Void
    ) {
      var rows: UnsafePointer<Float>?
      var numbers: UnsafePointer<Int64>?
      let count = Int(faiss_shim_list(index, Int64(list), &rows, &numbers))
      guard count > 0, let rows, let numbers else { return }
      body(rows, UnsafeBufferPointer(start: numbers, count: count))
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
