extension ShardRunner {
  /// What one layer computed in one step of a recorded run of one window.
  func examine(_ step: Int, _ layer: Int, _ visit: (Examined) -> Void) {
    for item in 0..<items where isActive(item, step) {
      func show(_ part: Examined.Part) {
        visit(Examined(step: step, layer: layer, item: firstItem + item, part: part))
      }
      for depth in 0..<plan.hiddenLayers {
        let index = layer * plan.hiddenLayers + depth
        let cell = cellRow(index, step, item)
        let name = "controller, hidden layer \(depth)"
        let gates = plan.cells[index].gates
        show(.init(name, "gates", cell.gates, columns: gates))
        if plan.rnnType == .lstm {
          show(.init(name, "cell state c", cell.cNext, columns: plan.hidden))
        }
        show(.init(name, "output h", cell.hNext, columns: plan.hidden))
      }
      guard passThroughMemory else { continue }
      units[plan.memory(of: layer)].examine(
        access: access(step: step, layer: layer), item: item, show)
      let (base, stride) = destination(layer, step)
      show(
        .init(
          "reading", "read vectors", base + item * stride + plan.hiddenPadded,
          columns: plan.readSize))
    }
  }

  func examineOutput(_ step: Int, _ visit: (Examined) -> Void) {
    for item in 0..<items where isActive(item, step) {
      let row = output.base + (step * items + item) * plan.outputPadded
      let part = Examined.Part("output layer", "output", row, columns: plan.outputSize)
      visit(Examined(step: step, layer: nil, item: firstItem + item, part: part))
    }
  }

  /// After a pullback: the gradients of the output, and of what the output layer saw.
  func examineOutputGradient(_ step: Int, _ visit: (Examined) -> Void) {
    let g = gradients!
    for item in 0..<items where isActive(item, step) {
      let row = step * items + item
      let top = g.top.base + row * plan.topWidth
      for part in [
        Examined.Part(
          "loss", "gradient of the output", g.output.base + row * plan.outputPadded,
          columns: plan.outputSize),
        .init("output layer", "gradient of the controller's output", top, columns: plan.hidden),
        .init(
          "output layer", "gradient of the read vectors", top + plan.hiddenPadded,
          columns: plan.readSize),
      ] {
        visit(Examined(step: step, layer: nil, item: firstItem + item, part: part))
      }
    }
  }

  /// After a pullback: the gradients of a layer's interface, field by field in the order of the way back, and of its controllers.
  func examineGradient(_ step: Int, _ layer: Int, _ visit: (Examined) -> Void) {
    let g = gradients!
    for item in 0..<items where isActive(item, step) {
      func show(_ part: Examined.Part) {
        visit(Examined(step: step, layer: layer, item: firstItem + item, part: part))
      }
      if passThroughMemory {
        let row = g.interface[layer].base + (step * items + item) * plan.interface.width
        for (field, mechanism) in plan.interface.fieldsOfTheWayBack {
          show(
            .init(
              mechanism, "gradient of \(plan.interface.plainName(field))",
              row + plan.interface.offsets[field], columns: plan.interface.fields[field].size))
        }
      }
      for depth in (0..<plan.hiddenLayers).reversed() {
        let index = layer * plan.hiddenLayers + depth
        let width = plan.cells[index].gates
        show(
          .init(
            "controller, hidden layer \(depth)", "gradient of the gates",
            g.gates[index].base + (step * items + item) * width, columns: width))
      }
    }
  }
}

extension InterfaceLayout {
  /// A field's name as people say it: `write key`.
  func plainName(_ field: Int) -> String {
    fields[field].name.split(separator: "_").dropLast().joined(separator: " ")
  }

  /// The fields in the order in which the way back through a memory reaches them, with the mechanism each belongs to.
  fileprivate var fieldsOfTheWayBack: [(field: Int, mechanism: String)] {
    let order = [
      ("read_modes_transform", "read weights"),
      ("read_strengths_transform", "content lookup of the read keys"),
      ("read_keys_transform", "content lookup of the read keys"),
      ("read_query_transform", "content lookup of the read keys"),
      ("erase_vector_transform", "writing"), ("write_vector_transform", "writing"),
      ("allocation_gate_transform", "write weights"),
      ("interpolation_gate_transform", "write weights"),
      ("write_gate_transform", "write weights"),
      ("write_strength_transform", "content lookup of the write key"),
      ("write_key_transform", "content lookup of the write key"),
      ("free_gates_transform", "usage"),
    ]
    return order.compactMap { name, mechanism in
      fields.firstIndex { $0.name == name }.map { ($0, mechanism) }
    }
  }
}
