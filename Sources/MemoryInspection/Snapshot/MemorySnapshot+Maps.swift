import NeuralMemory

extension MemorySnapshot {
  /// Everything that has a course over time, accesses from left to right and cells (heads, gates)
  /// from top to bottom.
  ///
  /// Of a sparse memory only the touched cells are shown: they are the first ones.
  public var courses: [HeatMap] {
    var maps = [sizes, usage]
    if tables["precedence"] != nil { maps.append(course("precedence", "Precedence: written last")) }
    maps.append(course("write_weights", "Write weights"))
    for head in 0..<readHeads {
      maps.append(
        course(
          "read_weights", "Read weights, head \(head)", key: "read_weights_\(head)", part: head))
    }
    if let gates { maps.append(gates) }
    if let modes { maps.append(modes) }
    return maps
  }

  /// The contents after an access: cells from top to bottom, their components from left to right.
  public func contents(after row: Int) -> HeatMap {
    let (bound, table) = (contentBound, tables["memory"]!)
    return map(
      "memory", "Memory after \(place(row))", rowTitle: cellTitle, columnTitle: "component",
      rows: shownCells, columns: cellSize, range: -bound...bound, .diverging
    ) { cell, component in table.values[row * table.shape[1] + cell * cellSize + component] }
  }

  /// The links after an access: how much the cell of a row was written right after the cell of a
  /// column. Of a sparse memory those between the cells just read or cleared; nil for a memory
  /// without links.
  public func links(after row: Int) -> HeatMap? {
    guard let table = tables["link_matrix"] else { return nil }
    let title = "Links after \(place(row))"
    guard isSparse else {
      return map(
        "link_matrix", title, rowTitle: "cell written", columnTitle: "right after cell",
        rows: cells, columns: cells, range: 0...1, .sequential
      ) { to, from in table.values[row * table.shape[1] + to * cells + from] }
    }
    let positions = positions(after: row)
    let seen = tables["read_positions"]!.shape[1]
    var found = map(
      "link_matrix", title + ", among the cells seen", rowTitle: "cell",
      columnTitle: "written right after it, in the order of the rows", rows: positions.count,
      columns: positions.count, range: 0...1, .sequential
    ) { from, to in table.values[row * table.shape[1] + from * seen + to] }
    found.rowNames = positions.map(String.init)
    return found
  }

  /// Of a sparse memory: the cells that the heads read, and the one that was cleared, in an access.
  public func positions(after row: Int) -> [Int] {
    guard let table = tables["read_positions"] else { return [] }
    let columns = table.shape[1]
    return table.values[row * columns..<(row + 1) * columns].filter { $0 >= 0 }.map { Int($0) }
  }

  /// Cells that are shown: all of a dense memory; of a sparse one those touched.
  public var shownCells: Int {
    guard isSparse, rows > 0, let usage = tables["usage"] else { return cells }
    // -1 and below: the cell was never touched
    let last = usage.values[(rows - 1) * cells..<rows * cells]
    return (last.lastIndex { $0 >= 0 } ?? last.startIndex - 1) - last.startIndex + 1
  }

  // MARK: Single maps

  private var timeTitle: String {
    layers == 1 ? "time step" : "access (\(layers) layers per time step)"
  }

  private var cellTitle: String {
    guard isSparse else { return "cell" }
    return "cell (the \(shownCells) touched of \(allCells ?? cells))"
  }

  private var sizes: HeatMap {
    let squares = { (row: Int, cell: Int) in
      (0..<cellSize).reduce(Float(0)) {
        let component = value("memory", row, cell * cellSize + $1)
        return $0 + component * component
      }
    }
    var found = map(
      "memory_size", "Memory: size (norm) of each cell's contents", rowTitle: cellTitle,
      columnTitle: timeTitle, rows: shownCells, columns: rows, range: 0...1, .sequential
    ) { cell, row in squares(row, cell).squareRoot() }
    found.range = 0...HeatMap.bound(for: found.values.reduce(0) { $1.isFinite ? max($0, $1) : $0 })
    return found
  }

  private var usage: HeatMap {
    guard isSparse else { return course("usage_vector", "Usage") }
    return map(
      "usage", "Step of the last access (−1: never)", rowTitle: cellTitle, columnTitle: timeTitle,
      rows: shownCells, columns: rows, range: -1...Float(max(rows - 1, 0)), .sequential
    ) { cell, row in max(-1, value("usage", row, cell)) }
  }

  /// Weights from 0 to 1, one column of `part` (as many parts as the table has) per cell.
  private func course(
    _ table: String, _ title: String, key: String? = nil, part: Int = 0
  ) -> HeatMap {
    map(
      key ?? table, title, rowTitle: cellTitle, columnTitle: timeTitle, rows: shownCells,
      columns: rows, range: 0...1, .sequential
    ) { cell, row in value(table, row, part * cells + cell) }
  }

  private var gates: HeatMap? {
    var names: [String] = []
    var columns: [(table: String, column: Int)] = []
    for (key, name) in [
      ("write_gate", "write"), ("allocation_gate", "allocation"),
      ("interpolation_gate", "interpolation"),
    ] where tables[key] != nil {
      names.append(name)
      columns.append((key, 0))
    }
    for head in 0..<(tables["free_gates"]?.shape[1] ?? 0) {
      names.append("free, head \(head)")
      columns.append(("free_gates", head))
    }
    guard !names.isEmpty else { return nil }
    var found = map(
      "gates", "Gates", rowTitle: "gate", columnTitle: timeTitle, rows: names.count, columns: rows,
      range: 0...1, .sequential
    ) { gate, row in value(columns[gate].table, row, columns[gate].column) }
    found.rowNames = names
    return found
  }

  private var modes: HeatMap? {
    guard let table = tables["read_modes"] else { return nil }
    var found = map(
      "read_modes", "Read modes of each head", rowTitle: "head and mode", columnTitle: timeTitle,
      rows: table.shape[1], columns: rows, range: 0...1, .sequential
    ) { mode, row in value("read_modes", row, mode) }
    // the three of a head stand in the interface as backward, forward, content
    found.rowNames = (0..<table.shape[1]).map {
      "\($0 / 3) " + ["backward", "forward", "content"][$0 % 3]
    }
    return found
  }

  private func value(_ table: String, _ row: Int, _ column: Int) -> Float {
    let table = tables[table]!
    return table.values[row * table.shape[1] + column]
  }

  private func map(
    _ key: String, _ title: String, rowTitle: String, columnTitle: String, rows: Int, columns: Int,
    range: ClosedRange<Float>, _ scale: ColorScale, value: (_ row: Int, _ column: Int) -> Float
  ) -> HeatMap {
    var values: [Float] = []
    values.reserveCapacity(rows * columns)
    for row in 0..<rows {
      for column in 0..<columns { values.append(value(row, column)) }
    }
    return HeatMap(
      key: key, title: title, rowTitle: rowTitle, columnTitle: columnTitle, rows: rows,
      columns: columns, values: values, range: range, scale: scale)
  }
}
