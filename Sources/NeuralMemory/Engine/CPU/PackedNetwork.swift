import VectorKernels
import WorkerPool

/// A network's parameters in the order in which the time loop wants them. Built once for each
/// change of the parameters.
final class PackedNetwork: @unchecked Sendable {
  let hiddenLayers: [PackedHiddenLayer]
  let interfaces: [PackedLinear]
  let output: PackedLinear
  private let plan: NetworkPlan
  /// Version of the parameters that are packed; 0: none.
  private(set) var version: UInt64 = 0

  init(_ plan: NetworkPlan) {
    self.plan = plan
    hiddenLayers = plan.hiddenLayers.map { layer in
      if let gated = plan.controller as? any GatedController {
        return PackedGates(layer, gated, of: plan)
      }
      return PackedParameters(layer)
    }
    interfaces = (0..<plan.memories).map { _ in
      PackedLinear(inputs: plan.unitsPadded, outputs: plan.interface.width)
    }
    output = PackedLinear(inputs: plan.topWidth, outputs: plan.outputPadded)
  }

  /// Packs `parameters`, whose layout is the plan's; with one worker on the calling thread alone.
  func pack(_ parameters: ParameterStore, workers: Int?) {
    guard version != parameters.version else { return }
    parameters.withUnsafeValues { values in
      nonisolated(unsafe) let base = values.baseAddress!
      // everything has a place of its own: the workers share the parts
      let parts = hiddenLayers.count + interfaces.count + 1
      let pack: @Sendable (Int) -> Void = { [self] part in
        if part < hiddenLayers.count {
          hiddenLayers[part].pack(base)
        } else if part < parts - 1 {
          packInterface(part - hiddenLayers.count, base)
        } else {
          packOutput(base)
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

  private func packInterface(_ memory: Int, _ values: UnsafePointer<Float>) {
    let packed = interfaces[memory]
    for map in plan.interfaceMaps[memory] {
      let (weights, bias) = (values + map.weight.offset, values + map.bias.offset)
      for field in map.fields {
        let source = weights + field.row * plan.units
        vk_pack_transposed(
          packed.forward.buffer.base, packed.forward.rows, 0, field.column, source, plan.units,
          field.size, plan.units)
        vk_pack(
          packed.backward.buffer.base, packed.backward.rows, field.column, 0, source, plan.units,
          field.size, plan.units)
        (packed.bias.base + field.column).update(from: bias + field.row, count: field.size)
      }
    }
  }

  private func packOutput(_ values: UnsafePointer<Float>) {
    let weights = values + plan.outputWeight.offset
    let ld = plan.units + plan.readSize
    for (offset, column, count) in [
      (0, 0, plan.units), (plan.units, plan.unitsPadded, plan.readSize),
    ] {
      vk_pack_transposed(
        output.forward.buffer.base, output.forward.rows, column, 0, weights + offset, ld,
        plan.outputSize, count)
      vk_pack(
        output.backward.buffer.base, output.backward.rows, 0, column, weights + offset, ld,
        plan.outputSize, count)
    }
    output.bias.base.update(from: values + plan.outputBias.offset, count: plan.outputSize)
  }
}
