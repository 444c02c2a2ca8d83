extension ShardRunner {
  /// What one layer computed in one step of a recorded run of one window.
  func examine(_ step: Int, _ layer: Int, _ visit: (Examined) -> Void) {
    for element in activeElements(step) {
      func show(_ part: Examined.Part) { visit(examined(step, layer, element, part)) }
      for depth in 0..<plan.depth {
        hiddenLayers[layer * plan.depth + depth].examine(step, element, show)
      }
      guard passThroughMemory else { continue }
      memories[plan.memory(of: layer)].examine(
        access: access(step: step, layer: layer), element: element, show)
      let (base, stride) = destination(layer, step)
      show(
        .init(
          "reading", "read vectors", base + element * stride + plan.unitsPadded,
          columns: plan.readSize))
    }
  }

  func examineOutput(_ step: Int, _ visit: (Examined) -> Void) {
    for element in activeElements(step) {
      func show(_ part: Examined.Part) { visit(examined(step, nil, element, part)) }
      let row = output.base + (step * window.elements + element) * plan.outputPadded
      show(.init("output layer", "output", row, columns: plan.outputSize))
    }
  }

  /// After a pullback: the gradients of the output, and of what the output layer saw.
  func examineOutputGradient(_ step: Int, _ visit: (Examined) -> Void) {
    let g = gradients!
    for element in activeElements(step) {
      func show(_ part: Examined.Part) { visit(examined(step, nil, element, part)) }
      let row = step * window.elements + element
      let top = g.top.base + row * plan.topWidth
      show(
        .init(
          "loss", "gradient of the output", g.output.base + row * plan.outputPadded,
          columns: plan.outputSize))
      show(
        .init("output layer", "gradient of the controller's output", top, columns: plan.units))
      show(
        .init(
          "output layer", "gradient of the read vectors", top + plan.unitsPadded,
          columns: plan.readSize))
    }
  }

  /// After a pullback: the gradients of a layer's interface, field by field in the order of the
  /// backward pass, and of its controllers.
  func examineGradient(_ step: Int, _ layer: Int, _ visit: (Examined) -> Void) {
    let g = gradients!
    for element in activeElements(step) {
      func show(_ part: Examined.Part) { visit(examined(step, layer, element, part)) }
      if passThroughMemory {
        let interface = plan.interface
        let row =
          g.interface[layer].base + (step * window.elements + element) * interface.width
        for (field, mechanism) in interface.fieldsOfBackwardPass {
          show(
            .init(
              mechanism, "gradient of \(interface.plainName(field))",
              row + interface.offsets[field], columns: interface.fields[field].size))
        }
      }
      for depth in (0..<plan.depth).reversed() {
        hiddenLayers[layer * plan.depth + depth].examineGradient(step, element, show)
      }
    }
  }

  private func activeElements(_ step: Int) -> [Int] {
    (0..<window.elements).filter { window.isActive($0, step) }
  }

  private func examined(
    _ step: Int, _ layer: Int?, _ element: Int, _ part: Examined.Part
  ) -> Examined {
    Examined(step: step, layer: layer, element: window.firstElement + element, part: part)
  }
}

extension InterfaceLayout {
  /// The fields in the order in which the backward pass through a memory reaches them, with the
  /// mechanism each belongs to; fields of a program's own memory come last.
  fileprivate var fieldsOfBackwardPass: [(field: Int, mechanism: String)] {
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
    let known = order.compactMap { name, mechanism in
      fields.firstIndex { $0.name == name }.map { ($0, mechanism) }
    }
    let others = fields.indices.filter { field in !known.contains { $0.0 == field } }
    return known + others.map { ($0, "memory") }
  }
}
