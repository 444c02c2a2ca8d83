import VectorKernels

extension ShardRunner {
  /// Sets the sum of parameter gradients to zero.
  func clearParameterGradients() {
    let sum = gradients!.parameters
    sum.base.update(repeating: 0, count: sum.count)
  }

  /// Adds this window's parameter gradients to the sum, a flat vector in the parameters' order: one
  /// product over all steps for each matrix.
  func addParameterGradients() {
    let gradient = gradients!.parameters.base
    for layer in hiddenLayers { layer.addParameterGradients(to: gradient) }
    if passThroughMemory {
      for memory in 0..<plan.memories { addInterface(memory, to: gradient) }
    }
    addOutput(to: gradient)
  }

  private func addInterface(_ memory: Int, to gradient: UnsafeMutablePointer<Float>) {
    let g = gradients!
    let width = plan.interface.width
    let product = g.interfaceWeights.base
    for layer in 0..<plan.layers where plan.memory(of: layer) == memory {
      let d = g.interface[layer].base
      let (h, stride) = destination(layer, 0)
      vk_product_tn(
        width, plan.units, window.rows, d, width, h, stride, product, plan.units, false)
      sumRows(d, width: width, rows: window.rows, into: g.sums.base, kernels)
      for map in plan.interfaceMaps[memory] {
        let (weight, bias) = (gradient + map.weight.offset, gradient + map.bias.offset)
        for field in map.fields {
          kernels.pointee.axpy(
            weight + field.row * plan.units, 1, product + field.column * plan.units,
            field.size * plan.units)
          kernels.pointee.axpy(bias + field.row, 1, g.sums.base + field.column, field.size)
        }
      }
    }
  }

  private func addOutput(to gradient: UnsafeMutablePointer<Float>) {
    let g = gradients!
    let d = g.output.base
    let weight = gradient + plan.outputWeight.offset
    let ld = plan.units + plan.readSize
    vk_product_tn(
      plan.outputSize, plan.units, window.rows, d, plan.outputPadded, top.base, plan.topWidth,
      weight, ld, true)
    vk_product_tn(
      plan.outputSize, plan.readSize, window.rows, d, plan.outputPadded,
      top.base + plan.unitsPadded, plan.topWidth, weight + plan.units, ld, true)
    sumRows(d, width: plan.outputPadded, rows: window.rows, into: g.sums.base, kernels)
    kernels.pointee.axpy(
      gradient + plan.outputBias.offset, 1, g.sums.base, plan.outputSize)
  }

  /// The gradient of the network's input, into rows of `inputSize` values; zero past an element's
  /// end.
  func inputGradient(
    into row: (_ element: Int, _ step: Int) -> UnsafeMutablePointer<Float>
  ) {
    let first = hiddenLayers[0]
    let width = first.plan.belowPadded
    let rows = AlignedBuffer(count: window.rows * width, zeroed: false)
    first.inputGradients(into: rows.base)
    for step in 0..<window.steps {
      for element in 0..<window.elements {
        row(element, step).update(
          from: rows.base + (step * window.elements + element) * width, count: plan.inputSize)
      }
    }
  }
}
