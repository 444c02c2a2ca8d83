import Foundation
import VectorKernels

// A sparse memory in a state file: its touched cells alone, element after element. Under
// `memories.{number}.`: `touched` and `step` by element; `memory` and `last_access` (−1: never) by
// touched cell; `read_…` and `write_…`, lists of `counts`, `cells` and `weights`; with temporal
// links `before_…`, `after_…` (by touched cell) and `precedence_…`.

extension SparseKind {
  static func write(_ state: SparseMemoryState, to file: inout SafeTensors, prefix: String) {
    state.write(to: &file, prefix: prefix)
  }

  static func read(
    _ file: StateFile, prefix: String, _ configuration: NetworkConfiguration
  ) throws -> SavedState<SparseMemoryState> {
    try SparseMemoryState.read(file, prefix: prefix, plan(configuration))
  }
}

extension SparseMemoryState {
  fileprivate static func read(
    _ file: StateFile, prefix: String, _ plan: SparsePlan
  ) throws -> SavedState<SparseMemoryState> {
    let found = file.content.metadata["nr_cells"]
    guard found == "\(plan.n)" else {
      throw CheckpointError.badMetadata(
        file: file.name, entry: "nr_cells",
        problem: "is \(found.map { "\"\($0)\"" } ?? "missing"), not \"\(plan.n)\"")
    }
    let reader = try SparseStateReader(
      file.content, prefix: prefix, plan, batch: file.batch, name: file.name)
    return SavedState(
      floats: reader.floats, integers: reader.integers, state: { reader.memory($0) })
  }
}

extension SparseMemoryState {
  fileprivate func write(to file: inout SafeTensors, prefix: String) {
    func integers(_ name: String, _ shape: [Int], _ values: [Int64]) {
      file.set(
        prefix + name, dtype: .i64, shape: shape,
        bytes: values.map(\.littleEndian).withUnsafeBufferPointer { Data(buffer: $0) })
    }
    func lists(_ name: String, _ shape: [Int], _ lists: [WeightLists]) {
      let capacity = lists.first?.capacity ?? shape[1]
      integers("\(name)_counts", [shape[0]], lists.flatMap { $0.counts.map(Int64.init) })
      // values behind a list's end mean nothing
      integers(
        "\(name)_cells", shape, lists.flatMap { $0.trimmed(capacity).cells.map(Int64.init) })
      file.set(
        "\(prefix)\(name)_weights",
        Tensor(shape: shape, values: lists.flatMap { $0.trimmed(capacity).weights }))
    }
    file.metadata["nr_cells"] = "\(plan.n)"
    let total = elements.reduce(0) { $0 + $1.touched }
    integers("touched", [batch], elements.map { Int64($0.touched) })
    integers("step", [batch], elements.map { Int64($0.step) })
    integers(
      "last_access", [total],
      elements.flatMap { element in (0..<element.touched).map { element.order.last.base[$0] } })
    var contents: [Float] = []
    contents.reserveCapacity(total * plan.w)
    for element in elements {
      for cell in 0..<element.touched {
        contents.append(contentsOf: UnsafeBufferPointer(start: element.row(cell), count: plan.w))
      }
    }
    file.set(prefix + "memory", Tensor(shape: [total, plan.w], values: contents))
    lists("read", [batch * plan.r, plan.headReads], elements.map(\.reads))
    lists("write", [batch, plan.writes], elements.map(\.writes))
    guard plan.hasLinks else { return }
    lists("before", [total, plan.kl], elements.map { WeightLists($0.links!.before, $0.touched) })
    lists("after", [total, plan.kl], elements.map { WeightLists($0.links!.after, $0.touched) })
    lists(
      "precedence", [batch, plan.kl],
      elements.map { element in
        var list = WeightLists(lists: 1, capacity: plan.kl)
        list.set(0, element.links!.precedence)
        return list
      })
  }
}

extension WeightLists {
  /// The rows of touched cells.
  fileprivate init(_ rows: LinkRows, _ cells: Int) {
    self.init(lists: cells, capacity: rows.kl)
    for cell in 0..<cells { set(cell, rows.entries(cell)) }
  }

  fileprivate mutating func set(_ list: Int, _ entries: [(cell: Int32, weight: Float)]) {
    counts[list] = entries.count
    for (index, entry) in entries.enumerated() {
      cells[list * capacity + index] = entry.cell
      weights[list * capacity + index] = entry.weight
    }
  }

  fileprivate func trimmed(_ capacity: Int) -> WeightLists {
    var other = WeightLists(lists: counts.count, capacity: capacity)
    for (list, count) in counts.enumerated() {
      other.counts[list] = count
      for entry in list * capacity..<list * capacity + count {
        other.cells[entry] = cells[entry]
        other.weights[entry] = weights[entry]
      }
    }
    return other
  }

  fileprivate func entries(_ list: Int) -> [(cell: Int32, weight: Float)] {
    (list * capacity..<list * capacity + counts[list]).map { (cells[$0], weights[$0]) }
  }
}

/// One memory of a state file: its integers, read and checked, and what floats go with them.
private struct SparseStateReader {
  let plan: SparsePlan
  let prefix: String
  let batch: Int
  /// Full names of the integer tensors.
  private(set) var integers: [String] = []
  /// Names and shapes of the others.
  private(set) var floats: [(String, [Int])] = []

  private var touched: [Int] = []
  private var firstCells: [Int] = []
  private var steps: [Int64] = []
  private var lastAccess: [Int64] = []
  /// Counts and cells of lists, by name.
  private var lists: [String: (counts: [Int64], cells: [Int64], capacity: Int)] = [:]

  private let file: SafeTensors
  private let name: String

  init(
    _ file: SafeTensors, prefix: String, _ plan: SparsePlan, batch: Int, name: String
  ) throws {
    (self.file, self.prefix, self.plan, self.batch, self.name) = (file, prefix, plan, batch, name)
    let counts = try read("touched", [batch])
    // each is at most 2^30, and there are no more of them than the file has bytes
    var total = 0
    for count in counts {
      guard count >= 0 && count <= plan.n else {
        throw bad("touched", "has \(count) cells of \(plan.n)")
      }
      firstCells.append(total)
      touched.append(Int(count))
      total += Int(count)
    }
    steps = try read("step", [batch])
    if let step = steps.first(where: { $0 < 0 || $0 >> 62 > 0 }) { throw bad("step", "is \(step)") }
    lastAccess = try read("last_access", [total])
    for element in 0..<batch {
      for last in lastAccess[firstCells[element]..<firstCells[element] + touched[element]]
      where last < -1 || last >= steps[element] {
        throw bad("last_access", "has step \(last) where \(steps[element]) were made")
      }
    }
    floats.append((prefix + "memory", [total, plan.w]))
    let ofItems = Array(0..<batch)
    try readLists(
      "read", plan.headReads, owners: ofItems.flatMap { [Int](repeating: $0, count: plan.r) })
    try readLists("write", plan.writes, owners: ofItems)
    guard plan.hasLinks else { return }
    let ofCells = ofItems.flatMap { [Int](repeating: $0, count: touched[$0]) }
    try readLists("before", plan.kl, owners: ofCells, ascending: true)
    try readLists("after", plan.kl, owners: ofCells, ascending: true)
    try readLists("precedence", plan.kl, owners: ofItems, ascending: true)
  }

  /// Lists of at most `capacity` cells; `owners` says for each of them which element's cells it
  /// names.
  private mutating func readLists(
    _ list: String, _ capacity: Int, owners: [Int], ascending: Bool = false
  ) throws {
    let counts = try read("\(list)_counts", [owners.count])
    let cells = try read("\(list)_cells", [owners.count, capacity])
    for (row, element) in owners.enumerated() {
      guard counts[row] >= 0 && counts[row] <= capacity else {
        throw bad("\(list)_counts", "has \(counts[row]) cells in a list of at most \(capacity)")
      }
      let named = cells[row * capacity..<row * capacity + Int(counts[row])]
      for cell in named where cell < 0 || cell >= touched[element] {
        throw bad("\(list)_cells", "names cell \(cell) of \(touched[element])")
      }
      if ascending {
        guard zip(named, named.dropFirst()).allSatisfy(<) else {
          throw bad("\(list)_cells", "has a list that is not in ascending order")
        }
      } else if Set(named).count < named.count {
        throw bad("\(list)_cells", "names a cell twice in one list")
      }
    }
    lists[list] = (counts, cells, capacity)
    floats.append(("\(prefix)\(list)_weights", [owners.count, capacity]))
  }

  private mutating func read(_ part: String, _ shape: [Int]) throws -> [Int64] {
    let full = prefix + part
    guard let found = file.shape(of: full), let dtype = file.dtype(of: full) else {
      throw CheckpointError.missingTensors(file: name, names: [full])
    }
    guard found == shape else {
      throw CheckpointError.wrongShape(file: name, tensor: full, expected: shape, found: found)
    }
    guard dtype == .i64 else { throw bad(part, "holds \(dtype.rawValue); I64 was expected") }
    integers.append(full)
    return file.bytes(named: full)!.withUnsafeBytes { bytes in
      (0..<bytes.count / 8).map {
        Int64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8 * $0, as: Int64.self))
      }
    }
  }

  private func bad(_ part: String, _ problem: String) -> CheckpointError {
    .badTensor(file: name, tensor: prefix + part, problem: problem)
  }

  /// The memory, with the floats of `values`.
  func memory(_ values: ParameterStore) -> SparseMemoryState {
    let memory = SparseMemoryState(batch: batch, plan: plan)
    let contents = values[prefix + "memory"].values
    func list(_ name: String, _ first: Int, _ count: Int) -> WeightLists {
      let (counts, cells, capacity) = lists[name]!
      let weights = values["\(prefix)\(name)_weights"]
      var result = WeightLists(lists: count, capacity: capacity)
      let range = first * capacity..<(first + count) * capacity
      result.counts = counts[first..<first + count].map { Int($0) }
      result.cells = cells[range].map { Int32(clamping: $0) }
      result.weights = weights.withUnsafeBuffer { Array($0[range]) }
      return result
    }
    let saved = vk_flush_denormals_begin()
    defer { vk_flush_denormals_end(saved) }
    let kernels = vk_active()
    for (number, element) in memory.elements.enumerated() {
      let (first, count) = (firstCells[number], touched[number])
      if count > 0 { element.touch(count - 1) }
      for cell in 0..<count {
        for i in 0..<plan.w { element.row(cell)[i] = contents[(first + cell) * plan.w + i] }
        kernels.pointee.memory_norms_of_row(
          element.norms.base + cell, element.scales.base + cell, element.row(cell),
          SparsePlan.epsilon,
          plan.wp)
      }
      element.step = Int(steps[number])
      element.order.restore(last: lastAccess[first..<first + count])
      element.reads = list("read", number * plan.r, plan.r)
      element.writes = list("write", number, 1)
      guard plan.hasLinks else { continue }
      element.links!.precedence = list("precedence", number, 1).entries(0)
      let (before, after) = (list("before", first, count), list("after", first, count))
      for cell in 0..<count {
        element.links!.before.set(cell, before.entries(cell))
        element.links!.after.set(cell, after.entries(cell))
      }
    }
    return memory
  }
}
