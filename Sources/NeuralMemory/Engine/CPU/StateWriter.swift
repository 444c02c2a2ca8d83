/// A state whose rows the shards fill, each its own.
final class StateWriter<M: Memory>: @unchecked Sendable {
  private let plan: NetworkPlan
  private let buffers: [AlignedBuffer]
  private let batch: Int
  let h: [UnsafeMutablePointer<Float>]
  let c: [UnsafeMutablePointer<Float>]
  let reads: UnsafeMutablePointer<Float>
  /// The memories of the state; the shards write into what they refer to.
  let memories: [M.State]

  init(_ plan: NetworkPlan, batch: Int, memories: [M.State]) {
    self.plan = plan
    self.batch = batch
    self.memories = memories
    let layers = plan.hiddenLayers.count
    buffers = (0..<2 * layers + 1).map { index in
      AlignedBuffer(count: batch * (index < 2 * layers ? plan.units : plan.readSize))
    }
    h = buffers[..<layers].map(\.base)
    c = buffers[layers..<2 * layers].map(\.base)
    reads = buffers[2 * layers].base
  }

  /// The finished state.
  var state: NetworkState<M> {
    func tensor(_ buffer: AlignedBuffer, _ width: Int) -> Tensor {
      Tensor(shape: [batch, width], values: Array(buffer.buffer))
    }
    let layers = plan.hiddenLayers.count
    return NetworkState(
      controllers: (0..<plan.layers).map { layer in
        (0..<plan.depth).map { depth in
          let index = layer * plan.depth + depth
          return HiddenLayerState(
            h: tensor(buffers[index], plan.units),
            c: plan.hasCellState ? tensor(buffers[layers + index], plan.units) : nil)
        }
      },
      memories: memories,
      reads: tensor(buffers[2 * layers], plan.readSize))
  }
}
