/// Collects what a dense memory did to the batch's first element: one row after each access.
final class DenseTracer: MemoryTracer, @unchecked Sendable {
  /// A field of the interface under its key in the traces.
  private static let gateKeys = [
    "free_gates", "allocation_gate", "write_gate", "read_modes",
  ]

  private let plan: DensePlan
  private let parts: [DenseStateLayout.Part]
  private var rows = 0
  private var values: [[Float]]
  private var gateValues: [[Float]]

  init(_ plan: DensePlan) {
    self.plan = plan
    parts = plan.state.parts
    values = Array(repeating: [], count: parts.count)
    gateValues = Array(repeating: [], count: Self.gateKeys.count)
  }

  /// - Parameters:
  ///   - state: after the access.
  ///   - link: its link matrix, which is elsewhere while recording.
  ///   - interface: squashed, as the access used it.
  func record(_ state: Block, link: UnsafePointer<Float>, interface: Block) {
    for (index, part) in parts.enumerated() {
      let base = part.name == "link" ? link : UnsafePointer(state[part.slot])
      part.append(base, to: &values[index])
    }
    for (index, key) in Self.gateKeys.enumerated() {
      let field = plan.interface.fields.first { $0.name == "\(key)_transform" }!
      gateValues[index].append(
        contentsOf: UnsafeBufferPointer(
          start: interface[plan.interface.slot(field.name)], count: field.size))
    }
    rows += 1
  }

  var gates: [String: Tensor] { tables(Self.gateKeys, gateValues) }

  /// The tables, under the Python package's keys.
  var trace: [String: Tensor] { tables(parts.map(\.traceKey), values) }

  private func tables(_ keys: [String], _ values: [[Float]]) -> [String: Tensor] {
    Dictionary(
      uniqueKeysWithValues: zip(keys, values).map { key, values in
        (
          key,
          Tensor(shape: [rows, rows == 0 ? columns(key) : values.count / rows], values: values)
        )
      })
  }

  /// Columns of a table without rows.
  private func columns(_ key: String) -> Int {
    parts.first { $0.traceKey == key }?.count
      ?? plan.interface.fields.first { $0.name == "\(key)_transform" }!.size
  }
}
