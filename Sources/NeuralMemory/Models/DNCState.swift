/// What a DNC carries from call to call: controller states, memories, last reads.
///
/// A value that goes in and comes out, never hidden in the model; start from nil or `DNC.initialState(batch:)` (all zero). The gradient of a state
/// is a state too.
public struct DNCState: Sendable, Equatable {
  /// State of one recurrent cell.
  public struct Cell: Sendable, Equatable {
    /// Output h: [batch, hidden].
    public var h: Tensor
    /// Cell state c of an LSTM: [batch, hidden]; nil for the others.
    public var c: Tensor?
  }

  /// Controller states, by layer and hidden layer.
  public var controllers: [[Cell]]
  /// The memories: one if the layers share it, otherwise one per layer.
  public var memories: [DenseMemoryState]
  /// Last read vectors: [batch, R·W].
  public var reads: Tensor

  /// Number of batch elements.
  public var batch: Int { reads.shape[0] }

  /// Empties the memories; controller states and last reads are kept.
  public mutating func resetExperience() {
    memories = memories.map { DenseMemoryState(batch: $0.batch, layout: $0.layout) }
  }
}

extension NetworkPlan {
  /// The state at the start: all zero.
  func initialState(batch: Int, dense: DenseLayout) -> DNCState {
    let zero = Tensor(shape: [batch, hidden])
    let cell = DNCState.Cell(h: zero, c: rnnType == .lstm ? zero : nil)
    return DNCState(
      controllers: Array(
        repeating: Array(repeating: cell, count: hiddenLayers), count: layers),
      memories: (0..<memories).map { _ in DenseMemoryState(batch: batch, layout: dense) },
      reads: Tensor(shape: [batch, readSize]))
  }

  /// Stops the program if a state does not belong to this network and batch.
  func check(_ state: DNCState, batch: Int, dense: DenseLayout, _ what: String) {
    precondition(
      state.controllers.count == layers
        && state.controllers.allSatisfy { $0.count == hiddenLayers },
      "\(what) must have \(layers) layers of \(hiddenLayers) controller cells")
    for cell in state.controllers.joined() {
      precondition(
        cell.h.shape == [batch, hidden] && cell.c?.shape ?? [batch, hidden] == [batch, hidden]
          && (cell.c != nil) == (rnnType == .lstm),
        "\(what): a controller's h\(rnnType == .lstm ? " and c have" : " has") shape \([batch, hidden]), not \(cell.h.shape)\(cell.c.map { " and \($0.shape)" } ?? "")"
      )
    }
    precondition(
      state.reads.shape == [batch, readSize],
      "\(what): the reads have shape \([batch, readSize]), not \(state.reads.shape)")
    precondition(
      state.memories.count == memories,
      "\(what) must have \(memories) memories, not \(state.memories.count)")
    for memory in state.memories {
      precondition(
        memory.batch == batch && memory.layout == dense,
        "\(what): a memory for batch \(batch), \(dense.n) cells of \(dense.w) and \(dense.r) read heads was expected, not for batch \(memory.batch), \(memory.layout.n) cells of \(memory.layout.w) and \(memory.layout.r) read heads"
      )
    }
  }
}
