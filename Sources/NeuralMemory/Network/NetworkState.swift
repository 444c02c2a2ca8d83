/// What a network carries from call to call: the states of its controllers and memories, and the
/// last reads.
///
/// A value that goes in and comes out, never hidden in the network; start from nil or from
/// `initialState(batch:)` (all zero). The gradient of a state is a state too.
public struct NetworkState<Memory: NeuralMemory.Memory>: Sendable, Equatable {
  /// States of the controllers, by layer and hidden layer.
  public var controllers: [[HiddenLayerState]]
  /// States of the memories: one if the layers share it, otherwise one for each layer.
  public var memories: [Memory.State]
  /// Last read vectors: [batch, R·W].
  public var reads: Tensor

  /// Number of batch elements.
  public var batch: Int { reads.shape[0] }

  /// Empties the memories; controller states and last reads are kept.
  public mutating func resetExperience() {
    for index in memories.indices { memories[index].reset() }
  }
}

/// The state of one hidden layer.
public struct HiddenLayerState: Sendable, Equatable {
  /// Outputs h of the units: [batch, H].
  public var h: Tensor
  /// Cell states c of an LSTM: [batch, H]; nil for a recurrence without.
  public var c: Tensor?
}

extension NetworkPlan {
  /// The state at the start: all zero.
  func initialState<Memory>(
    batch: Int, memory: (Int) -> Memory.State
  ) -> NetworkState<Memory> {
    let zero = Tensor(shape: [batch, units])
    let state = HiddenLayerState(h: zero, c: hasCellState ? zero : nil)
    return NetworkState(
      controllers: Array(repeating: Array(repeating: state, count: depth), count: layers),
      memories: (0..<memories).map(memory),
      reads: Tensor(shape: [batch, readSize]))
  }

  /// Stops the program if the parts of a state that all networks have do not belong to this network
  /// and batch. Allocates nothing if they do.
  func check<Memory>(_ state: NetworkState<Memory>, batch: Int, _ what: String) {
    func structure(_ isRight: Bool) {
      require(isRight, "\(what) must have \(layers) layers of \(depth) hidden layers")
    }
    structure(state.controllers.count == layers)
    for layer in state.controllers {
      structure(layer.count == depth)
      for hidden in layer {
        require(
          hidden.h.isMatrix(batch, units)
            && hidden.c.map { $0.isMatrix(batch, units) } ?? !hasCellState
            && (hidden.c == nil || hasCellState),
          "\(what): a controller's h\(hasCellState ? " and c have" : " has") shape "
            + "\([batch, units]), not \(hidden.h.shape)"
            + "\(hidden.c.map { " and \($0.shape)" } ?? "")")
      }
    }
    require(
      state.reads.isMatrix(batch, readSize),
      "\(what): the reads have shape \([batch, readSize]), not \(state.reads.shape)")
    require(
      state.memories.count == memories,
      "\(what) must have \(memories) memories, not \(state.memories.count)")
  }
}

extension Tensor {
  /// Whether it has rank 2 and this shape.
  func isMatrix(_ rows: Int, _ columns: Int) -> Bool {
    rank == 2 && shape[0] == rows && shape[1] == columns
  }
}
