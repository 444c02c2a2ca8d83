import VectorKernels
import WorkerPool

/// A matrix in panels, as `gemm_panels` wants it.
struct Panels {
  let rows: Int
  let columns: Int
  let buffer: AlignedBuffer

  init(rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
    let panel = Int(VK_PANEL)
    buffer = AlignedBuffer(count: (columns + panel - 1) / panel * panel * rows)
  }

  /// c[m × columns] (+)= a · rows first ..< first + k of the matrix
  @inline(__always)
  func multiply(
    _ kernels: vk_table, m: Int, _ a: UnsafePointer<Float>, lda: Int, first: Int = 0,
    k: Int? = nil, into c: UnsafeMutablePointer<Float>, ldc: Int, accumulate: Bool
  ) {
    kernels.gemm_panels(
      m, columns, k ?? rows, a, lda, buffer.base, rows, first, c, ldc, accumulate)
  }
}

/// A network's parameters in the order in which the time loop wants them: transposed into panels for the forward products, as they are for
/// the backward ones, padded with zeros. Built once per change of the parameters.
final class PackedNetwork: @unchecked Sendable {
  struct Product {
    let plan: CellProduct
    /// Used columns of the joint row.
    let inputs: Range<Int>
    /// Joint row to gates.
    let forward: Panels
    /// Gates to the used columns of the joint row; without those below in a network's first cell.
    let backward: Panels
    /// Gates to the network's input; first cell only.
    let toInput: Panels?
  }

  struct Cell {
    let products: [Product]
    /// One row of gates.
    let bias: AlignedBuffer
  }

  struct Linear {
    let forward: Panels
    let backward: Panels
    let bias: AlignedBuffer

    init(inputs: Int, outputs: Int) {
      forward = Panels(rows: inputs, columns: outputs)
      backward = Panels(rows: outputs, columns: inputs)
      bias = AlignedBuffer(count: outputs)
    }
  }

  let plan: NetworkPlan
  let cells: [Cell]
  let interfaces: [Linear]
  let output: Linear
  /// Version of the parameters that are packed; 0: none.
  private(set) var version: UInt64 = 0

  init(_ plan: NetworkPlan) {
    self.plan = plan
    cells = plan.cells.enumerated().map { index, cell in
      let products = cell.products.map { product in
        let inputs = (product.usesInput ? 0 : cell.own)..<(product.usesOwn ? cell.width : cell.own)
        // the step back never needs the gradient of the network's input: that is one product over all steps, if it is wanted
        let split = index == 0 && product.usesInput
        let kept = split ? inputs.count - cell.belowPadded : inputs.count
        return Product(
          plan: product, inputs: inputs,
          forward: Panels(rows: inputs.count, columns: product.columns),
          backward: Panels(rows: product.columns, columns: kept),
          toInput: split ? Panels(rows: product.columns, columns: cell.belowPadded) : nil)
      }
      return Cell(products: products, bias: AlignedBuffer(count: cell.gates))
    }
    interfaces = (0..<plan.memories).map { _ in
      Linear(inputs: plan.hiddenPadded, outputs: plan.interface.width)
    }
    output = Linear(inputs: plan.topWidth, outputs: plan.outputPadded)
  }

  /// Packs `parameters`, whose layout is the plan's; with one worker on the calling thread alone.
  func pack(_ parameters: ParameterStore, workers: Int?) {
    guard version != parameters.version else { return }
    parameters.withUnsafeValues { values in
      nonisolated(unsafe) let values = values
      @Sendable func tensor(_ name: String) -> (base: UnsafePointer<Float>, shape: [Int]) {
        guard let entry = parameters.layout[name] else {
          fatalError("there is no parameter \"\(name)\"")
        }
        return (values.baseAddress! + entry.offset, entry.shape)
      }
      // everything has a place of its own: the workers share the parts
      let parts = cells.count + interfaces.count + 1
      let pack: @Sendable (Int) -> Void = { [self] part in
        if part < cells.count {
          self.pack(plan.cells[part], into: cells[part], tensor)
        } else if part < parts - 1 {
          packInterface(part - cells.count, into: interfaces[part - cells.count], tensor)
        } else {
          packOutput(tensor)
        }
      }
      if workers == 1 || values.count < 1 << 15 {
        for part in 0..<parts { pack(part) }
      } else {
        WorkerPool.shared.run(shards: parts, pack)
      }
    }
    version = parameters.version
  }

  private typealias Lookup = (String) -> (base: UnsafePointer<Float>, shape: [Int])

  private func pack(_ cell: CellPlan, into packed: Cell, _ tensor: Lookup) {
    let hidden = plan.hidden
    func name(_ part: String) -> String {
      ParameterNames.cell(plan.rnnType, layer: cell.layer, part, depth: cell.depth)
    }
    let inputWeights = tensor(name("weight_ih"))
    let ownWeights = tensor(name("weight_hh")).base
    let biases = plan.bias ? (tensor(name("bias_ih")).base, tensor(name("bias_hh")).base) : nil
    let inputs = inputWeights.shape[1]
    for product in packed.products {
      let p = product.plan
      let toRest = product.toInput == nil ? product.inputs.lowerBound : cell.belowPadded
      for block in 0..<p.columns / plan.hiddenPadded {
        let gate = p.gate + block
        let column = block * plan.hiddenPadded
        // one gate's weights for some columns of the joint row
        func place(_ source: UnsafePointer<Float>, ld: Int, at joint: Int, count: Int) {
          vk_pack_transposed(
            product.forward.buffer.base, product.forward.rows, joint - product.inputs.lowerBound,
            column, source, ld, hidden, count)
          if let toInput = product.toInput, joint < cell.belowPadded {
            vk_pack(toInput.buffer.base, toInput.rows, column, joint, source, ld, hidden, count)
          } else {
            vk_pack(
              product.backward.buffer.base, product.backward.rows, column, joint - toRest, source,
              ld, hidden, count)
          }
        }
        if p.usesInput {
          let rows = inputWeights.base + gate * hidden * inputs
          place(rows, ld: inputs, at: 0, count: cell.below)
          if inputs > cell.below {
            place(rows + cell.below, ld: inputs, at: cell.reads, count: inputs - cell.below)
          }
        }
        if p.usesOwn {
          place(ownWeights + gate * hidden * hidden, ld: hidden, at: cell.own, count: hidden)
        }
        guard let (ofInput, ofOwn) = biases else { continue }
        let bias = packed.bias.base + p.column + column
        for j in 0..<hidden {
          bias[j] =
            (p.usesInput ? ofInput[gate * hidden + j] : 0)
            + (p.usesOwn ? ofOwn[gate * hidden + j] : 0)
        }
      }
    }
  }

  private func packInterface(_ memory: Int, into packed: Linear, _ tensor: Lookup) {
    for map in plan.interfaceMaps(memory) {
      let weights = tensor("\(map.name).weight").base
      let bias = tensor("\(map.name).bias").base
      let first = plan.interface.rows[map.fields.lowerBound]
      for field in map.fields {
        let row = plan.interface.rows[field] - first
        let size = plan.interface.fields[field].size
        let column = plan.interface.offsets[field]
        let source = weights + row * plan.hidden
        vk_pack_transposed(
          packed.forward.buffer.base, packed.forward.rows, 0, column, source, plan.hidden, size,
          plan.hidden)
        vk_pack(
          packed.backward.buffer.base, packed.backward.rows, column, 0, source, plan.hidden, size,
          plan.hidden)
        (packed.bias.base + column).update(from: bias + row, count: size)
      }
    }
  }

  private func packOutput(_ tensor: Lookup) {
    let weights = tensor(ParameterNames.outputWeight).base
    let ld = plan.hidden + plan.readSize
    for (offset, column, count) in [
      (0, 0, plan.hidden), (plan.hidden, plan.hiddenPadded, plan.readSize),
    ] {
      vk_pack_transposed(
        output.forward.buffer.base, output.forward.rows, column, 0, weights + offset, ld,
        plan.outputSize, count)
      vk_pack(
        output.backward.buffer.base, output.backward.rows, 0, column, weights + offset, ld,
        plan.outputSize, count)
    }
    output.bias.base.update(from: tensor(ParameterNames.outputBias).base, count: plan.outputSize)
  }
}
