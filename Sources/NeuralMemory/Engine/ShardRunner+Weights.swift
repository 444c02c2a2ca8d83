import VectorKernels

extension ShardRunner {
  /// Sets the sum of parameter gradients to zero.
  func clearParameterGradient() {
    let sum = gradients!.parameters
    sum.base.update(repeating: 0, count: sum.count)
  }

  /// Adds this window's parameter gradients to the sum, a flat vector in the order of `layout`: one product over all steps for each matrix.
  func addParameterGradients(layout: ParameterLayout) {
    let gradient = gradients!.parameters.base
    func entry(_ name: String) -> UnsafeMutablePointer<Float> {
      guard let entry = layout[name] else {
        fatalError("there is no parameter \"\(name)\"")
      }
      return gradient + entry.offset
    }
    for index in plan.cells.indices { addCell(index, entry) }
    if passThroughMemory {
      for memory in 0..<plan.memories { addInterface(memory, entry) }
    }
    addOutput(entry)
  }

  private typealias Lookup = (String) -> UnsafeMutablePointer<Float>

  private var rows: Int { items * steps }

  private func addCell(_ index: Int, _ entry: Lookup) {
    let cell = plan.cells[index]
    let hidden = plan.hidden
    let hp = plan.hiddenPadded
    let dgates = gradients!.gates[index].base
    func parameter(_ part: String) -> UnsafeMutablePointer<Float> {
      entry(ParameterNames.cell(plan.rnnType, layer: cell.layer, part, depth: cell.depth))
    }
    let ofInput = parameter("weight_ih")
    let ofOwn = parameter("weight_hh")
    let inputs = cell.below + (cell.depth == 0 ? plan.readSize : 0)
    let biases = plan.bias ? (parameter("bias_ih"), parameter("bias_hh")) : nil
    let sums = gradients!.sums.base
    sumRows(dgates, width: cell.gates, into: sums)
    for product in cell.products {
      // gates without padding are one block of rows
      let blocks = product.columns / hp
      let merged = hidden == hp ? blocks : 1
      for block in stride(from: 0, to: blocks, by: merged) {
        let column = product.column + block * hp
        let gate = (product.gate + block) * hidden
        func add(from joint: Int, count: Int, to target: UnsafeMutablePointer<Float>, ld: Int) {
          vk_product_tn(
            merged * hidden, count, rows, dgates + column, cell.gates,
            self.joint[index].base + joint, cell.width, target, ld, true)
        }
        if product.usesInput {
          add(from: 0, count: cell.below, to: ofInput + gate * inputs, ld: inputs)
          if inputs > cell.below {
            add(
              from: cell.reads, count: plan.readSize, to: ofInput + gate * inputs + cell.below,
              ld: inputs)
          }
        }
        if product.usesOwn {
          add(from: cell.own, count: hidden, to: ofOwn + gate * hidden, ld: hidden)
        }
        guard let (biasOfInput, biasOfOwn) = biases else { continue }
        for i in 0..<merged * hidden {
          if product.usesInput { biasOfInput[gate + i] += sums[column + i] }
          if product.usesOwn { biasOfOwn[gate + i] += sums[column + i] }
        }
      }
    }
  }

  private func addInterface(_ memory: Int, _ entry: Lookup) {
    let width = plan.interface.width
    let product = gradients!.interfaceWeights.base
    let sums = gradients!.sums.base
    for layer in 0..<plan.layers where plan.memory(of: layer) == memory {
      let d = gradients!.interface[layer].base
      let (h, stride) = destination(layer, 0)
      vk_product_tn(
        width, plan.hidden, rows, d, width, h, stride, product, plan.hidden, false)
      sumRows(d, width: width, into: sums)
      for map in plan.interfaceMaps(memory) {
        let weight = entry("\(map.name).weight")
        let bias = entry("\(map.name).bias")
        let first = plan.interface.rows[map.fields.lowerBound]
        for field in map.fields {
          let row = plan.interface.rows[field] - first
          let column = plan.interface.offsets[field]
          let size = plan.interface.fields[field].size
          kernels.axpy(
            weight + row * plan.hidden, 1, product + column * plan.hidden, size * plan.hidden)
          kernels.axpy(bias + row, 1, sums + column, size)
        }
      }
    }
  }

  private func addOutput(_ entry: Lookup) {
    let d = gradients!.output.base
    let weight = entry(ParameterNames.outputWeight)
    let ld = plan.hidden + plan.readSize
    vk_product_tn(
      plan.outputSize, plan.hidden, rows, d, plan.outputPadded, top.base, plan.topWidth, weight,
      ld, true)
    vk_product_tn(
      plan.outputSize, plan.readSize, rows, d, plan.outputPadded, top.base + plan.hiddenPadded,
      plan.topWidth, weight + plan.hidden, ld, true)
    let sums = gradients!.sums.base
    sumRows(d, width: plan.outputPadded, into: sums)
    kernels.axpy(entry(ParameterNames.outputBias), 1, sums, plan.outputSize)
  }

  /// Sums over all rows, column by column.
  private func sumRows(
    _ matrix: UnsafePointer<Float>, width: Int, into sums: UnsafeMutablePointer<Float>
  ) {
    sums.update(repeating: 0, count: width)
    for row in 0..<rows { kernels.axpy(sums, 1, matrix + row * width, width) }
  }

  /// The gradient of the network's input, into rows of `inputSize` numbers; zero past an element's end.
  func inputGradient(into row: (_ item: Int, _ step: Int) -> UnsafeMutablePointer<Float>) {
    let cell = plan.cells[0]
    let rowsOfInput = AlignedBuffer(count: rows * cell.belowPadded, zeroed: false)
    for (number, product) in weights.cells[0].products.filter({ $0.toInput != nil }).enumerated() {
      product.toInput!.multiply(
        kernels, m: rows, gradients!.gates[0].base + product.plan.column, lda: cell.gates,
        into: rowsOfInput.base, ldc: cell.belowPadded, accumulate: number > 0)
    }
    for step in 0..<steps {
      for item in 0..<items {
        row(item, step).update(
          from: rowsOfInput.base + (step * items + item) * cell.belowPadded, count: plan.inputSize)
      }
    }
  }
}
