/// A state whose rows the shards fill, each its own.
final class StateWriter<Memory: ExternalMemoryState>: @unchecked Sendable {
  private let plan: NetworkPlan
  private let buffers: [AlignedBuffer]
  private let batch: Int
  let h: [UnsafeMutablePointer<Float>]
  let c: [UnsafeMutablePointer<Float>]
  let reads: UnsafeMutablePointer<Float>
  /// The memories of the state; the units write into what they refer to.
  let memories: [Memory]

  init(_ plan: NetworkPlan, batch: Int, memories: [Memory]) {
    self.plan = plan
    self.batch = batch
    self.memories = memories
    let cells = plan.cells.count
    buffers = (0..<2 * cells + 1).map { index in
      AlignedBuffer(count: batch * (index < 2 * cells ? plan.hidden : plan.readSize))
    }
    h = buffers[..<cells].map(\.base)
    c = buffers[cells..<2 * cells].map(\.base)
    reads = buffers[2 * cells].base
  }

  /// The finished state.
  var state: NetworkState<Memory> {
    func tensor(_ buffer: AlignedBuffer, _ width: Int) -> Tensor {
      Tensor(shape: [batch, width], values: Array(buffer.buffer))
    }
    let cells = plan.cells.count
    return NetworkState(
      controllers: (0..<plan.layers).map { layer in
        (0..<plan.hiddenLayers).map { depth in
          let cell = layer * plan.hiddenLayers + depth
          return CellState(
            h: tensor(buffers[cell], plan.hidden),
            c: plan.rnnType == .lstm ? tensor(buffers[cells + cell], plan.hidden) : nil)
        }
      },
      memories: memories,
      reads: tensor(buffers[2 * cells], plan.readSize))
  }
}
