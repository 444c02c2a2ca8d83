extension DenseMemoryUnit {
  func examine(access: Int, item: Int, _ visit: (Examined.Part) -> Void) {
    let new = parts(access + 1, item)
    let saved = record(access, item)
    let (n, np, w, r) = (layout.n, layout.np, layout.w, layout.r)
    for (field, offset) in interface.layout.offsets.enumerated() {
      visit(
        .init(
          "interface", interface.layout.plainName(field), saved + record.interface + offset,
          columns: interface.layout.fields[field].size))
    }
    func show(
      _ mechanism: String, _ tensor: String, _ base: UnsafePointer<Float>, rows: Int = 1
    ) {
      visit(.init(mechanism, tensor, base, rows: rows, columns: n, stride: np))
    }
    show("usage", "usage", new.usage)
    show("allocation", "allocation weights", saved + record.allocation)
    show("content lookup of the write key", "cosines", saved + record.writeCosine)
    show("content lookup of the write key", "content weights", saved + record.writeContent)
    show("write weights", "write weights", new.write)
    // not every link matrix is kept, but each went into these
    show("linkage", "forward weights", saved + record.forward, rows: r)
    show("linkage", "backward weights", saved + record.backward, rows: r)
    show("writing", "memory, by component", new.m, rows: w)
    show("precedence", "precedence", new.precedence)
    show("content lookup of the read keys", "cosines", saved + record.readCosine, rows: r)
    show("content lookup of the read keys", "content weights", saved + record.readContent, rows: r)
    show("read weights", "read weights", new.read, rows: r)
  }
}
