import VectorKernels

/// A hidden layer's parameters as its shards want them.
class PackedHiddenLayer {
  /// Takes the values of the flat parameter vector.
  func pack(_ values: UnsafePointer<Float>) { fatalError("not overridden") }
}

/// Parameters as they are, for a recurrence of a program's own.
final class PackedParameters: PackedHiddenLayer {
  private let entries: [ParameterLayout.Entry]
  private(set) var parameters: [Tensor] = []

  init(_ plan: HiddenLayerPlan) { entries = plan.parameters }

  override func pack(_ values: UnsafePointer<Float>) {
    parameters = entries.map { entry in
      Tensor(
        shape: entry.shape,
        values: Array(UnsafeBufferPointer(start: values + entry.offset, count: entry.count)))
    }
  }
}

/// Weights in the order in which the time loop wants them: transposed into panels for the forward
/// products, as they are for the backward ones, padded with zeros.
final class PackedGates: PackedHiddenLayer {
  struct Product {
    let plan: GateProduct
    /// Used columns of the joint row.
    let inputs: Range<Int>
    /// Joint row to gates.
    let forward: Panels
    /// Gates to the used columns of the joint row; without those below in the network's first
    /// hidden layer.
    let backward: Panels
    /// Gates to the network's input; in the first hidden layer only.
    let toInput: Panels?
  }

  let products: [Product]
  /// One row of gates.
  let bias: AlignedBuffer
  private let plan: HiddenLayerPlan
  private let units: Int
  private let unitsPadded: Int

  init(_ plan: HiddenLayerPlan, _ controller: any GatedController, of network: NetworkPlan) {
    self.plan = plan
    units = network.units
    unitsPadded = network.unitsPadded
    let isFirst = plan.layer == 0 && plan.depth == 0
    products = controller.products(width: network.unitsPadded).map { product in
      let inputs = (product.usesInput ? 0 : plan.own)..<(product.usesOwn ? plan.width : plan.own)
      // the backward pass never needs the gradient of the network's input step by step: that is one
      // product over all steps, if it is wanted
      let split = isFirst && product.usesInput
      let kept = split ? inputs.count - plan.belowPadded : inputs.count
      return Product(
        plan: product, inputs: inputs,
        forward: Panels(rows: inputs.count, columns: product.columns),
        backward: Panels(rows: product.columns, columns: kept),
        toInput: split ? Panels(rows: product.columns, columns: plan.belowPadded) : nil)
    }
    bias = AlignedBuffer(count: controller.gateBlocks * network.unitsPadded)
  }

  override func pack(_ values: UnsafePointer<Float>) {
    func parameter(_ index: Int) -> UnsafePointer<Float> {
      values + plan.parameters[index].offset
    }
    let (ofInput, ofOwn) = (parameter(0), parameter(1))
    let biases = plan.parameters.count > 2 ? (parameter(2), parameter(3)) : nil
    let inputs = plan.inputs
    for product in products {
      let part = product.plan
      let toRest = product.toInput == nil ? product.inputs.lowerBound : plan.belowPadded
      for block in 0..<part.columns / unitsPadded {
        let gate = part.block + block
        let column = block * unitsPadded
        // one gate's weights for some columns of the joint row
        func place(_ source: UnsafePointer<Float>, ld: Int, at joint: Int, count: Int) {
          vk_pack_transposed(
            product.forward.buffer.base, product.forward.rows, joint - product.inputs.lowerBound,
            column, source, ld, units, count)
          if let toInput = product.toInput, joint < plan.belowPadded {
            vk_pack(toInput.buffer.base, toInput.rows, column, joint, source, ld, units, count)
          } else {
            vk_pack(
              product.backward.buffer.base, product.backward.rows, column, joint - toRest,
              source, ld, units, count)
          }
        }
        if part.usesInput {
          let rows = ofInput + gate * units * inputs
          place(rows, ld: inputs, at: 0, count: plan.below)
          if plan.readSize > 0 {
            place(rows + plan.below, ld: inputs, at: plan.reads, count: plan.readSize)
          }
        }
        if part.usesOwn {
          place(ofOwn + gate * units * units, ld: units, at: plan.own, count: units)
        }
        guard let (biasOfInput, biasOfOwn) = biases else { continue }
        let target = bias.base + part.column + column
        for j in 0..<units {
          target[j] =
            (part.usesInput ? biasOfInput[gate * units + j] : 0)
            + (part.usesOwn ? biasOfOwn[gate * units + j] : 0)
        }
      }
    }
  }
}
