extension SparseMemoryUnit {
  func examine(access: Int, item: Int, _ visit: (Examined.Part) -> Void) {
    let saved = floats(access, item)
    let list = integers(access, item)
    for (field, offset) in plan.interface.offsets.enumerated() {
      visit(
        .init(
          "interface", plan.interface.plainName(field), saved + record.interface + offset,
          columns: plan.interface.fields[field].size))
    }
    visit(
      .init(
        "write weights", "write weights", saved + record.writeWeights,
        columns: Int(list[record.writeCount])))
    for head in 0..<plan.r {
      if plan.hasLinks {
        visit(
          .init(
            "temporal links", "forward weights of head \(head)",
            saved + record.forward + head * plan.kl,
            columns: Int(list[record.forwardCounts + head])))
        visit(
          .init(
            "temporal links", "backward weights of head \(head)",
            saved + record.backward + head * plan.kl,
            columns: Int(list[record.backwardCounts + head])))
      }
      visit(
        .init(
          "content lookup and read weights", "read weights of head \(head)",
          saved + record.readWeights + head * plan.headReads,
          columns: Int(list[record.entryCounts + head])))
    }
    visit(
      .init(
        "writing", "contents of the cells read", saved + record.rows,
        rows: Int(list[record.readCount]), columns: plan.w, stride: plan.wp))
  }
}
