import VectorKernels

/// A hidden layer whose steps are matrix products and one function of each unit's gates: LSTM, GRU
/// and RNN.
final class GatedHiddenLayer: HiddenLayerShard {
  private let kernels: UnsafePointer<vk_table>
  private let recurrence: Recurrence
  /// Length of a row of gates.
  private let gateWidth: Int
  private let isFirst: Bool
  private var weights: PackedGates!

  /// Gates, squashed in place.
  private let gates: AlignedBuffer
  /// Gradients of the gates, all steps: the weights' gradients are products over them.
  private let dgates: AlignedBuffer
  private let sums: AlignedBuffer

  init(
    _ plan: HiddenLayerPlan, _ controller: any GatedController, of network: NetworkPlan,
    window: ShardWindow, kernels: UnsafePointer<vk_table>, elements: Int, steps: Int,
    recording: Bool
  ) {
    self.kernels = kernels
    recurrence = controller.recurrence(
      kernels, width: network.unitsPadded,
      nonlinearity: network.configuration.controller.nonlinearity)
    gateWidth = controller.gateBlocks * network.unitsPadded
    isFirst = plan.layer == 0 && plan.depth == 0
    gates = AlignedBuffer(count: elements * steps * gateWidth)
    dgates = AlignedBuffer(count: recording ? elements * steps * gateWidth : 0)
    sums = AlignedBuffer(count: recording ? gateWidth : 0)
    super.init(
      plan, of: network, window: window, elements: elements, steps: steps, recording: recording)
  }

  override func use(_ weights: PackedHiddenLayer) {
    self.weights = unsafeDowncast(weights, to: PackedGates.self)
  }

  override func takeInput() {
    let rows = window.rows
    fill(gates.base, with: weights.bias.base, width: gateWidth, rows: rows)
    for product in weights.products where product.plan.usesInput {
      product.forward.multiply(
        kernels, m: rows, row(0), lda: plan.width, k: plan.below,
        into: gates.base + product.plan.column, ldc: gateWidth, accumulate: true)
    }
  }

  override func forward(_ step: Int) {
    let elements = window.elements
    let rows = gates.base + step * elements * gateWidth
    if !isFirst { fill(rows, with: weights.bias.base, width: gateWidth, rows: elements) }
    for product in weights.products {
      // the first layer's input has its share already
      let first =
        isFirst && product.plan.usesInput ? plan.belowPadded : product.inputs.lowerBound
      product.forward.multiply(
        kernels, m: elements, row(step) + first, lda: plan.width,
        first: first - product.inputs.lowerBound, k: product.inputs.upperBound - first,
        into: rows + product.plan.column, ldc: gateWidth, accumulate: true)
    }
    for element in 0..<elements {
      guard window.isActive(element, step) else {
        keepState(step, element)
        continue
      }
      recurrence.forward(unitRow(step, element))
    }
  }

  override func backward(_ step: Int) {
    let elements = window.elements
    let d = dgates.base + step * elements * gateWidth
    for element in 0..<elements {
      guard window.isActive(element, step) else {
        (d + element * gateWidth).update(repeating: 0, count: gateWidth)
        continue
      }
      recurrence.backward(
        unitRow(step, element),
        UnitRowGradient(gates: d + element * gateWidth, h: dh(element), c: dc(element)))
    }
    for (number, product) in weights.products.enumerated() {
      let first = product.toInput == nil ? product.inputs.lowerBound : plan.belowPadded
      product.backward.multiply(
        kernels, m: elements, d + product.plan.column, lda: gateWidth,
        into: djoint.base + first, ldc: plan.width, accumulate: number > 0)
    }
    for element in 0..<elements where window.isActive(element, step) {
      kernels.pointee.axpy(dh(element), 1, djoint(element) + plan.own, unitsPadded)
    }
  }

  override func addParameterGradients(to gradient: UnsafeMutablePointer<Float>) {
    let rows = window.rows
    func parameter(_ index: Int) -> UnsafeMutablePointer<Float> {
      gradient + plan.parameters[index].offset
    }
    let (ofInput, ofOwn) = (parameter(0), parameter(1))
    let biases = plan.parameters.count > 2 ? (parameter(2), parameter(3)) : nil
    let inputs = plan.inputs
    sumRows(dgates.base, width: gateWidth, rows: rows, into: sums.base, kernels)
    for product in weights.products {
      let part = product.plan
      // gates without padding are one block of rows
      let blocks = part.columns / unitsPadded
      let merged = units == unitsPadded ? blocks : 1
      for block in stride(from: 0, to: blocks, by: merged) {
        let column = part.column + block * unitsPadded
        let gate = (part.block + block) * units
        func add(from joint: Int, count: Int, to target: UnsafeMutablePointer<Float>, ld: Int) {
          vk_product_tn(
            merged * units, count, rows, dgates.base + column, gateWidth, row(0) + joint,
            plan.width, target, ld, true)
        }
        if part.usesInput {
          add(from: 0, count: plan.below, to: ofInput + gate * inputs, ld: inputs)
          if plan.readSize > 0 {
            add(
              from: plan.reads, count: plan.readSize, to: ofInput + gate * inputs + plan.below,
              ld: inputs)
          }
        }
        if part.usesOwn {
          add(from: plan.own, count: units, to: ofOwn + gate * units, ld: units)
        }
        guard let (biasOfInput, biasOfOwn) = biases else { continue }
        for i in 0..<merged * units {
          if part.usesInput { biasOfInput[gate + i] += sums.base[column + i] }
          if part.usesOwn { biasOfOwn[gate + i] += sums.base[column + i] }
        }
      }
    }
  }

  override func inputGradients(into rows: UnsafeMutablePointer<Float>) {
    for (number, product) in weights.products.filter({ $0.toInput != nil }).enumerated() {
      product.toInput!.multiply(
        kernels, m: window.rows, dgates.base + product.plan.column, lda: gateWidth, into: rows,
        ldc: plan.belowPadded, accumulate: number > 0)
    }
  }

  @inline(__always)
  private func unitRow(_ step: Int, _ element: Int) -> UnitRow {
    UnitRow(
      gates: gates.base + (step * window.elements + element) * gateWidth,
      h: h(step, element), hNext: h(step + 1, element), c: c(step, element),
      cNext: c(step + 1, element))
  }

  override var recordedBytes: Int {
    super.recordedBytes + (gates.count + dgates.count) * MemoryLayout<Float>.stride
  }

  override func examine(_ step: Int, _ element: Int, _ visit: (Examined.Part) -> Void) {
    visit(.init(mechanism, "gates", unitRow(step, element).gates, columns: gateWidth))
    super.examine(step, element, visit)
  }

  override func examineGradient(
    _ step: Int, _ element: Int, _ visit: (Examined.Part) -> Void
  ) {
    visit(
      .init(
        mechanism, "gradient of the gates",
        dgates.base + (step * window.elements + element) * gateWidth, columns: gateWidth))
  }
}
