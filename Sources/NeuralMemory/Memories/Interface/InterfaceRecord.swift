/// What is recorded of an access's interface: the squashed vector, and the derivatives of the
/// squashing that the vector does not determine.
struct InterfaceRecord: Sendable {
  let values: Slot<Float>
  let slopes: Slot<Float>

  init(_ record: inout BlockLayout, _ interface: InterfaceLayout) {
    values = record.add("interface and its gradient", interface.width)
    slopes = record.add("interface and its gradient", interface.slopes)
  }
}

extension InterfaceLayout {
  /// Shows the squashed fields of a recorded interface vector.
  func examine(_ values: Block, _ visit: (Examined.Part) -> Void) {
    for (index, field) in fields.enumerated() {
      visit(
        .init(
          "interface", plainName(index), values.base + offsets[index], columns: field.size))
    }
  }
}

extension BlockLayout {
  /// Shows those entries of a block that an examination looks at, in the order of `mechanisms` and
  /// of the entries.
  func examine(
    _ block: Block, mechanism: String, _ visit: (Examined.Part) -> Void
  ) {
    for entry in entries {
      guard let shown = entry.shown, shown.mechanism == mechanism else { continue }
      visit(
        .init(
          shown.mechanism, shown.tensor, block.base + entry.offset, rows: entry.rows,
          columns: entry.columns, stride: entry.stride))
    }
  }
}
