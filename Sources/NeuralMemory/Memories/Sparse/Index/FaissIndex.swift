#if FAISS
  import VectorKernels

  /// FAISS's inverted lists (`IndexIVFFlat`) over the cells of one memory, normalized: the inner
  /// product with a query orders them as the cosine does, up to its ε.
  ///
  /// - Below `threshold` touched cells there is no index: all cells are looked at.
  /// - At the threshold the lists are trained on the memory's own cells, and again whenever as many
  ///   rows have changed or been added as there were at the last training. So training costs a
  ///   bounded amount for each changed row, and the lists follow a memory that grows or drifts.
  /// - A changed row is proposed to every query at once, and goes to FAISS with others, a few
  ///   hundred at a time: what was written last is never missed.
  /// - If FAISS fails, for lack of storage, the memory continues with the exact scan, and a warning
  ///   is logged.
  final class FaissIndex: CellIndex {
    private let plan: SparsePlan
    private let threshold: Int
    private var rows: FaissRows?
    /// Cells 0 ..< known were seen; those that FAISS does not know as they are now are pending.
    private var known = 0
    private var pending: [Int32] = []
    private var isPending: [Bool] = []
    private var removed: Set<Int32> = []
    /// Rows at the last training, and changed since.
    private var trainedRows = 0
    private var changes = 0
    private(set) var trainings = 0
    private(set) var failure: FaissError?

    private let kernels = vk_active()
    private var visited: [Int64] = []
    private let scores = AlignedBuffer(count: FaissIndex.batch)
    private let products: UnsafeMutablePointer<Float>
    private let proposed: UnsafeMutablePointer<Int32>
    private let normalised: AlignedBuffer

    /// Rows that go to FAISS at a time: enough for its matrix products, few enough to look at in
    /// every step.
    static let batch = 256
    /// Rows that the lists propose per head; rounding may order them a little otherwise.
    private let asked: Int

    /// Number of lists for so many rows, and how many of them a query visits.
    static func lists(_ rows: Int) -> Int { max(1, Int(Double(rows).squareRoot())) }
    static func probes(_ lists: Int) -> Int { min(lists, max(8, lists / 8)) }
    private var listCount = 0

    init(_ plan: SparsePlan, threshold: Int) {
      self.plan = plan
      self.threshold = threshold
      asked = 4 * plan.k
      let found = plan.r * asked
      products = .allocate(capacity: asked)
      proposed = .allocate(capacity: found + FaissIndex.batch)
      normalised = AlignedBuffer(count: FaissIndex.batch * plan.wp)
      products.initialize(repeating: 0, count: asked)
      proposed.initialize(repeating: 0, count: found + FaissIndex.batch)
    }

    deinit {
      products.deallocate()
      proposed.deallocate()
    }

    /// Of FAISS: a row with its number and its place in the lists, and the lists' centres.
    var bytes: Int {
      let row = plan.wp * MemoryLayout<Float>.stride
      let lists = rows.map { $0.count * (row + 16) + listCount * row } ?? 0
      return lists + isPending.capacity + pending.capacity * MemoryLayout<Int32>.stride
    }

    var failureMessage: String? { failure.map { "\($0)" } }

    func copy() -> any CellIndex {
      let other = FaissIndex(plan, threshold: threshold)
      guard let rows, failure == nil else { return other }
      // without a copy of the lists the other trains its own
      guard let lists = try? rows.copy() else { return other }
      other.rows = lists
      other.known = known
      other.pending = pending
      other.isPending = isPending
      other.removed = removed
      other.trainedRows = trainedRows
      other.listCount = listCount
      other.changes = changes
      other.trainings = trainings
      return other
    }

    func change(_ cells: [(cell: Int32, weight: Float)]) {
      guard rows != nil else { return }
      // cells beyond those known come with the next lookup
      for (cell, _) in cells where Int(cell) < known { mark(cell) }
    }

    private func mark(_ cell: Int32) {
      changes += 1
      if !removed.isEmpty { removed.remove(cell) }
      guard !isPending[Int(cell)] else { return }
      isPending[Int(cell)] = true
      pending.append(cell)
    }

    func remove(_ cells: [Int32]) {
      guard let rows else { return }
      removed.formUnion(cells)
      let known = cells.filter { $0 < rows.count }
      for cell in known { isPending[Int(cell)] = false }
      // those that FAISS does not have yet stay pending: its rows are numbered as they come
      pending.removeAll { !isPending[Int($0)] }
      attempt { () throws(FaissError) in try rows.remove(known.map { Int64($0) }) }
    }

    func candidates(
      _ queries: UnsafePointer<Float>, in memory: ElementMemory
    ) -> UnsafeBufferPointer<Int32>? {
      guard memory.touched >= threshold, failure == nil else { return nil }
      attempt { () throws(FaissError) in try update(from: memory) }
      guard let rows, failure == nil else { return nil }
      let probes = FaissIndex.probes(listCount)
      if visited.count != plan.r * probes {
        visited = [Int64](repeating: -1, count: plan.r * probes)
      }
      attempt { () throws(FaissError) in
        try rows.lists(queries, count: plan.r, probes: probes, into: &visited)
      }
      guard failure == nil else { return nil }
      var count = 0
      var enough = pending.count >= plan.k + removed.count
      for head in 0..<plan.r {
        let found = search(
          rows, queries + head * plan.wp, visited[head * probes..<(head + 1) * probes],
          into: proposed + count)
        count += found
        enough = enough || found >= plan.k
      }
      for cell in pending where !removed.contains(cell) {
        proposed[count] = cell
        count += 1
      }
      return enough ? UnsafeBufferPointer(start: proposed, count: count) : nil
    }

    /// The best rows of some lists: FAISS's own scan, made for any processor, takes seven times as
    /// long. Returns how many there are.
    private func search(
      _ rows: FaissRows, _ query: UnsafePointer<Float>, _ lists: ArraySlice<Int64>,
      into names: UnsafeMutablePointer<Int32>
    ) -> Int {
      var count = 0
      let products = products
      for list in lists where list >= 0 {
        rows.withList(Int(list)) { row, numbers in
          for first in stride(from: 0, to: numbers.count, by: FaissIndex.batch) {
            let part = min(FaissIndex.batch, numbers.count - first)
            kernels.pointee.dots(
              1, part, plan.wp, query, plan.wp, row + first * plan.wp, plan.wp, scores.base,
              FaissIndex.batch, false)
            for i in 0..<part where count < asked || scores.base[i] >= products[asked - 1] {
              let (name, score) = (Int32(numbers[first + i]), scores.base[i])
              // what it holds of a pending row is out of date, and the row is proposed anyway
              if isPending[Int(name)] { continue }
              func goesBefore(_ position: Int) -> Bool {
                products[position] < score
                  || (products[position] == score && name < names[position])
              }
              if count == asked && !goesBefore(asked - 1) { continue }
              var position = min(count, asked - 1)
              count = min(count + 1, asked)
              while position > 0 && goesBefore(position - 1) {
                products[position] = products[position - 1]
                names[position] = names[position - 1]
                position -= 1
              }
              products[position] = score
              names[position] = name
            }
          }
        }
      }
      return count
    }

    private func attempt(_ body: () throws(FaissError) -> Void) {
      do { try body() } catch {
        failure = error
        rows = nil
        Log.logger.warning("\(error); a memory goes on with the exact scan of its cells")
      }
    }

    /// Trains when it is due, and hands over pending rows once there is a batch of them.
    private func update(from memory: ElementMemory) throws(FaissError) {
      if let rows {
        while known < memory.touched {
          isPending.append(false)
          known += 1
          mark(Int32(known - 1))
        }
        if changes < trainedRows {
          if pending.count > FaissIndex.batch { try flush(into: rows, memory) }
          return
        }
      }
      try train(on: memory)
    }

    private func train(on memory: ElementMemory) throws(FaissError) {
      let count = memory.touched
      listCount = FaissIndex.lists(count)
      let fresh = try FaissRows(dimension: plan.wp, lists: listCount)
      // k-means takes a sample, evenly spaced; beyond some 40 rows per list it gains nothing
      let sample = min(count, 40 * listCount)
      let rowsOfSample = AlignedBuffer(count: sample * plan.wp)
      for i in 0..<sample {
        _ = normalise(i * count / sample, memory, into: rowsOfSample.base + i * plan.wp)
      }
      try fresh.train(rowsOfSample.base, count: sample)
      var bad: [Int64] = []
      for first in stride(from: 0, to: count, by: FaissIndex.batch) {
        let part = min(FaissIndex.batch, count - first)
        for i in 0..<part
        where !normalise(first + i, memory, into: normalised.base + i * plan.wp) {
          bad.append(Int64(first + i))
        }
        try fresh.add(normalised.base, count: part)
      }
      try fresh.remove(bad + removed.map { Int64($0) })
      rows = fresh
      known = count
      pending.removeAll(keepingCapacity: true)
      isPending = [Bool](repeating: false, count: count)
      trainedRows = count
      changes = 0
      trainings += 1
    }

    /// Hands all pending rows over: new ones are the highest, and are added in their order.
    private func flush(into rows: FaissRows, _ memory: ElementMemory) throws(FaissError) {
      pending.sort()
      var first = 0
      while first < pending.count {
        let isNew = Int(pending[first]) >= rows.count
        var numbers: [Int64] = []
        var bad: [Int64] = []
        while first < pending.count && numbers.count < FaissIndex.batch
          && (Int(pending[first]) >= rows.count) == isNew
        {
          let cell = pending[first]
          let row = normalised.base + numbers.count * plan.wp
          if !normalise(Int(cell), memory, into: row) || removed.contains(cell) {
            bad.append(Int64(cell))
          }
          numbers.append(Int64(cell))
          isPending[Int(cell)] = false
          first += 1
        }
        if isNew {
          try rows.add(normalised.base, count: numbers.count)
        } else {
          try rows.change(numbers, normalised.base)
        }
        if !bad.isEmpty { try rows.remove(bad) }
      }
      pending.removeAll(keepingCapacity: true)
    }

    /// Writes a cell's row divided by its norm, the ε within the root included. False, and a row of
    /// zeros, for a row that is not finite.
    private func normalise(
      _ cell: Int, _ memory: ElementMemory, into row: UnsafeMutablePointer<Float>
    ) -> Bool {
      let contents = memory.row(cell)
      let scale = memory.scales.base[cell]
      let norm = memory.norms.base[cell]
      guard norm.isFinite else {
        row.update(repeating: 0, count: plan.wp)
        return false
      }
      // twice, because the scale of a huge row and the inverse of its norm are both tiny
      for i in 0..<plan.wp { row[i] = contents[i] * scale / norm }
      return true
    }
  }
#endif
