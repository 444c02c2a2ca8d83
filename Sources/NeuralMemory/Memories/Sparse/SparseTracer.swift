/// Collects what a sparse memory did to the batch's first element: one row after each access.
///
/// Rows are kept by cell, and laid out at the end: over all cells of a small memory, over those
/// that the call cleared, wrote or read of a large one, which the table `cells` then names.
final class SparseTracer: MemoryTracer, @unchecked Sendable {
  private struct Row {
    let touched: Int
    let memory: [Float]
    let lastAccess: [Float]
    let reads: WeightLists
    let writes: WeightLists
    let visible: [Int32]
    let after: [[(cell: Int32, weight: Float)]]
    let before: [[(cell: Int32, weight: Float)]]
    let precedence: [(cell: Int32, weight: Float)]
    let gates: [Float]
    let modes: [Float]
  }

  private let plan: SparsePlan
  private var rows: [Row] = []
  /// Cells cleared, written or read so far.
  private var touched: Set<Int32> = []

  /// Memories of more cells have tables of the cells that the call touched only.
  static let tableLimit = 4096

  init(_ plan: SparsePlan) { self.plan = plan }

  /// - Parameter interface: squashed, as the access used it.
  func record(_ memory: ElementMemory, interface x: Block) {
    var contents: [Float] = []
    for cell in 0..<memory.touched {
      contents.append(contentsOf: UnsafeBufferPointer(start: memory.row(cell), count: plan.w))
    }
    var visible: Set<Int32> = []
    for head in 0..<plan.r {
      let first = head * memory.reads.capacity
      visible.formUnion(memory.reads.cells[first..<first + memory.reads.counts[head]])
    }
    visible.insert(Int32(memory.cleared))
    touched.formUnion(visible)
    for entry in 0..<memory.writes.counts[0] where memory.writes.weights[entry] != 0 {
      touched.insert(memory.writes.cells[entry])
    }
    rows.append(
      Row(
        touched: memory.touched, memory: contents,
        lastAccess: (0..<memory.touched).map { cell in
          let last = memory.order.last.base[cell]
          return Float(last >= 0 ? Int(last) : cell - plan.n)
        },
        reads: memory.reads, writes: memory.writes, visible: visible.sorted(),
        after: memory.links.map { links in (0..<memory.touched).map { links.after.entries($0) } }
          ?? [],
        before: memory.links.map { links in (0..<memory.touched).map { links.before.entries($0) } }
          ?? [],
        precedence: memory.links?.precedence ?? [],
        gates: [x[plan.fields.interpolationGate][0], x[plan.fields.writeGate][0]],
        modes: plan.hasLinks
          ? Array(UnsafeBufferPointer(start: x[plan.fields.modes], count: 3 * plan.r)) : []))
  }

  var gates: [String: Tensor] {
    func table(_ columns: Int, _ values: (Row) -> ArraySlice<Float>) -> Tensor {
      Tensor(shape: [rows.count, columns], values: rows.flatMap(values))
    }
    var tables = [
      "interpolation_gate": table(1) { $0.gates[..<1] }, "write_gate": table(1) { $0.gates[1...] },
    ]
    if plan.hasLinks { tables["read_modes"] = table(3 * plan.r) { $0.modes[...] } }
    return tables
  }

  var trace: [String: Tensor] {
    let isWhole = plan.n <= SparseTracer.tableLimit
    // the cells that have a column, in ascending order
    let named = isWhole ? (0..<Int32(plan.n)).map { $0 } : touched.sorted()
    let cells = named.count
    let columns = Dictionary(uniqueKeysWithValues: zip(named, 0...))
    let seen = plan.r * plan.headReads + 1
    func table(_ columns: Int, _ fill: (Row, inout [Float]) -> Void) -> Tensor {
      var values: [Float] = []
      values.reserveCapacity(rows.count * columns)
      for row in rows {
        var line = [Float](repeating: 0, count: columns)
        fill(row, &line)
        values.append(contentsOf: line)
      }
      return Tensor(shape: [rows.count, columns], values: values)
    }
    var tables: [String: Tensor] = [:]
    tables["memory"] = table(cells * plan.w) { row, line in
      for (column, cell) in named.enumerated() where cell < row.touched {
        let first = Int(cell) * plan.w
        line.replaceSubrange(
          column * plan.w..<(column + 1) * plan.w, with: row.memory[first..<first + plan.w])
      }
    }
    tables["visible_memory"] = table(seen * plan.w) { row, line in
      for (place, cell) in row.visible.enumerated() {
        for i in 0..<plan.w { line[place * plan.w + i] = row.memory[Int(cell) * plan.w + i] }
      }
    }
    tables["read_positions"] = table(seen) { row, line in
      for place in 0..<seen {
        line[place] = place < row.visible.count ? Float(row.visible[place]) : -1
      }
    }
    tables["read_weights"] = table(plan.r * cells) { row, line in
      for head in 0..<plan.r {
        for entry in head * row.reads.capacity..<head * row.reads.capacity + row.reads.counts[head]
        {
          line[head * cells + columns[row.reads.cells[entry]]!] = row.reads.weights[entry]
        }
      }
    }
    tables["write_weights"] = table(cells) { row, line in
      // a weight of 0 writes nothing, and the cell may have no column
      for entry in 0..<row.writes.counts[0] {
        if let column = columns[row.writes.cells[entry]] {
          line[column] = row.writes.weights[entry]
        }
      }
    }
    tables["usage"] = table(cells) { row, line in
      for (column, cell) in named.enumerated() {
        line[column] = cell < row.touched ? row.lastAccess[Int(cell)] : Float(Int(cell) - plan.n)
      }
    }
    if plan.hasLinks {
      func links(_ part: @escaping (Row) -> [[(cell: Int32, weight: Float)]]) -> Tensor {
        table(seen * seen) { row, line in
          for (i, cell) in row.visible.enumerated() {
            for link in part(row)[Int(cell)] {
              if let j = row.visible.firstIndex(of: link.cell) { line[i * seen + j] = link.weight }
            }
          }
        }
      }
      tables["link_matrix"] = links { $0.after }
      tables["rev_link_matrix"] = links { $0.before }
      tables["precedence"] = table(cells) { row, line in
        // it may reach back to cells that earlier calls wrote
        for entry in row.precedence {
          if let column = columns[entry.cell] { line[column] = entry.weight }
        }
      }
    }
    if !isWhole { tables["cells"] = Tensor(named.map { Float($0) }) }
    return tables
  }
}
