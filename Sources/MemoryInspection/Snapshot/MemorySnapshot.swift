import Foundation
import NeuralMemory

/// What a memory did while one sequence ran through the network: the tables of a debug trace, and
/// what is needed to draw them.
///
/// A row of every table is one access: row `t · layers + l` is layer `l` at time step `t`.
public struct MemorySnapshot: Sendable, Equatable {
  /// By the Python package's keys, and our own for gates and read modes; see `docs/inspection.md`.
  public let tables: [String: Tensor]
  /// Layers that take turns, so many accesses per time step.
  public let layers: Int
  /// Number of cells, those without a column in the tables included; nil if unknown.
  public let allCells: Int?

  /// Accesses.
  public let rows: Int
  /// Cells with a column in the tables.
  public let cells: Int
  /// Size of a cell.
  public let cellSize: Int
  /// Number of read heads.
  public let readHeads: Int
  /// A number that no component of the memory exceeds, rounded up.
  let contentBound: Float

  /// Whether the memory is one that keeps what was touched only.
  public var isSparse: Bool { tables["read_positions"] != nil }

  /// The key under which `layers` and the number of cells stand in a file.
  static let shapeKey = "layers_and_cells"

  /// A snapshot of a trace.
  ///
  /// - Parameters:
  ///   - tables: of one call, as `NetworkOutput.trace` has them.
  ///   - layers: of the network.
  ///   - allCells: number of cells, if the tables do not have a column for each; nil: unknown.
  /// - Throws: `TraceError` if a table is missing, their shapes do not belong together, or a
  ///   position is none.
  public init(tables: [String: Tensor], layers: Int, allCells: Int? = nil) throws {
    func table(_ key: String) throws -> Tensor {
      guard let table = tables[key] else { throw TraceError.missing(key) }
      guard table.rank == 2 else { throw TraceError.shape(key, table.shape, "[accesses, columns]") }
      return table
    }
    let writes = try table("write_weights")
    let (rows, cells) = (writes.shape[0], writes.shape[1])
    func check(_ key: String, _ isRight: (Int) -> Bool, _ expected: String) throws {
      let found = try table(key)
      guard found.shape[0] == rows, isRight(found.shape[1]) else {
        throw TraceError.shape(key, found.shape, "[\(rows), \(expected)]")
      }
    }
    func isMultiple(_ count: Int) -> Bool { cells == 0 ? count == 0 : count % cells == 0 }
    try check("memory", isMultiple, "a multiple of \(cells)")
    try check("read_weights", isMultiple, "a multiple of \(cells)")
    let cellSize = cells == 0 ? 0 : tables["memory"]!.shape[1] / cells
    let readHeads = cells == 0 ? 0 : tables["read_weights"]!.shape[1] / cells

    func checkIfPresent(_ key: String, _ columns: Int, times factor: Int = 1) throws {
      guard tables[key] != nil else { return }
      try check(
        key, { Self.isProduct($0, columns, factor) },
        factor == 1 ? "\(columns)" : "\(columns) · \(factor)")
    }
    for gate in ["write_gate", "allocation_gate", "interpolation_gate"] {
      try checkIfPresent(gate, 1)
    }
    // without cells the tables do not tell how many heads there are
    if cells > 0 {
      try checkIfPresent("free_gates", readHeads)
      try checkIfPresent("read_modes", 3, times: readHeads)
    } else {
      for key in ["free_gates", "read_modes"] where tables[key] != nil {
        try check(key, { _ in true }, "any number")
      }
    }
    if tables["read_positions"] == nil {
      for key in ["usage_vector", "precedence"] { try check(key, { $0 == cells }, "\(cells)") }
      _ = try table("link_matrix")
      try checkIfPresent("link_matrix", cells, times: cells)
    } else {
      try check("usage", { $0 == cells }, "\(cells)")
      try checkIfPresent("precedence", cells)
      try check("read_positions", { _ in true }, "any number")
      let positions = tables["read_positions"]!
      try Self.checkPositions(positions, cells: cells)
      let seen = positions.shape[1]
      try checkIfPresent("link_matrix", seen, times: seen)
      try checkIfPresent("rev_link_matrix", seen, times: seen)
      if cells > 0 { try checkIfPresent("visible_memory", seen, times: cellSize) }
    }
    guard layers >= 1, rows % layers == 0 else {
      throw TraceError.shape("write_weights", writes.shape, "a multiple of \(layers) rows")
    }
    self.tables = tables.filter { $0.key != Self.shapeKey }
    self.layers = layers
    self.allCells = allCells
    self.rows = rows
    self.cells = cells
    self.cellSize = cellSize
    self.readHeads = readHeads
    contentBound = HeatMap.bound(
      for: tables["memory"]!.values.reduce(0) { $1.isFinite ? max($0, abs($1)) : $0 })
  }

  /// Whether a number of columns is a product, which may be too large to be computed.
  private static func isProduct(_ count: Int, _ a: Int, _ b: Int) -> Bool {
    let (product, overflow) = a.multipliedReportingOverflow(by: b)
    return !overflow && count == product
  }

  /// Positions are numbers of cells with a column; what is below zero stands for none.
  private static func checkPositions(_ table: Tensor, cells: Int) throws {
    for value in table.values {
      guard let position = Int(exactly: value), position < cells else {
        throw TraceError.value(
          "read_positions", "\(value)", "whole numbers below \(cells), the number of cells,")
      }
    }
  }

  /// Reads what `write(to:)` or NumPy's `savez` wrote.
  ///
  /// Without our own key for the layers, every row counts as a time step.
  /// - Throws: `FileError`, `NpzError`, `NpyError` or `TraceError`.
  public init(contentsOf url: URL) throws {
    let tables = try NpzFile.read(url)
    let shape = try tables[Self.shapeKey]?.values.map { value in
      guard let number = Int(exactly: value), number >= 0 else {
        throw TraceError.value(Self.shapeKey, "\(value)", "whole numbers from 0")
      }
      return number
    }
    try self.init(
      tables: tables, layers: shape?.first ?? 1,
      allCells: shape.flatMap { $0.count > 1 ? $0[1] : nil })
  }

  /// Writes all tables for NumPy; the file is there in full or not at all.
  ///
  /// - Throws: `FileError` or `NpzError`.
  public func write(to url: URL) throws { try NpzFile.write(file, to: url) }

  /// What goes into a file.
  var file: [String: Tensor] {
    var file = tables
    file[Self.shapeKey] = Tensor([Float(layers), Float(allCells ?? cells)])
    return file
  }

  /// Where an access is in words: `step 3`, or `step 3, layer 1`.
  public func place(_ row: Int) -> String {
    layers == 1 ? "step \(row)" : "step \(row / layers), layer \(row % layers)"
  }
}

/// Why tables are no trace of a memory.
public enum TraceError: Error, Equatable, CustomStringConvertible {
  /// A table that every trace has is missing.
  case missing(String)
  /// A table does not have the shape that belongs to the others.
  case shape(_ key: String, _ found: [Int], _ expected: String)
  /// A table holds a value that it cannot hold.
  case value(_ key: String, _ found: String, _ expected: String)
  /// The network has no memory to look at.
  case noMemory

  public var description: String {
    switch self {
    case .missing(let key): "This is not the trace of a memory: the table \(key) is missing."
    case .shape(let key, let found, let expected):
      "The trace's table \(key) has the shape \(found); \(expected) was expected."
    case .value(let key, let found, let expected):
      "The trace's table \(key) holds \(found); \(expected) were expected."
    case .noMemory: "This network has no memory, so there is nothing to trace."
    }
  }
}
