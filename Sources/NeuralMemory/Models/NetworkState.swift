/// What a memory holds between the calls, for every element of a batch.
public protocol ExternalMemoryState: Sendable, Equatable {
  /// Number of batch elements.
  var batch: Int { get }
  /// Empties the memory.
  mutating func reset()
}

/// What a network carries from call to call: controller states, memories, last reads.
///
/// A value that goes in and comes out, never hidden in the model; start from nil or from `initialState(batch:)` (all zero). The gradient of a state
/// is a state too.
public struct NetworkState<Memory: ExternalMemoryState>: Sendable, Equatable {
  /// Controller states, by layer and hidden layer.
  public var controllers: [[CellState]]
  /// The memories: one if the layers share it, otherwise one per layer.
  public var memories: [Memory]
  /// Last read vectors: [batch, R·W].
  public var reads: Tensor

  /// Number of batch elements.
  public var batch: Int { reads.shape[0] }

  /// Empties the memories; controller states and last reads are kept.
  public mutating func resetExperience() {
    for index in memories.indices { memories[index].reset() }
  }
}

/// State of one recurrent cell.
public struct CellState: Sendable, Equatable {
  /// Output h: [batch, hidden].
  public var h: Tensor
  /// Cell state c of an LSTM: [batch, hidden]; nil for the others.
  public var c: Tensor?
}

/// The state of a DNC.
public typealias DNCState = NetworkState<DenseMemoryState>

extension NetworkPlan {
  /// The state at the start: all zero.
  func initialState<Memory>(batch: Int, memory: (Int) -> Memory) -> NetworkState<Memory> {
    let zero = Tensor(shape: [batch, hidden])
    let cell = CellState(h: zero, c: rnnType == .lstm ? zero : nil)
    return NetworkState(
      controllers: Array(
        repeating: Array(repeating: cell, count: hiddenLayers), count: layers),
      memories: (0..<memories).map(memory),
      reads: Tensor(shape: [batch, readSize]))
  }

  /// Stops the program if the parts of a state that all networks have do not belong to this network and batch. Allocates nothing if they do.
  func check<Memory>(_ state: NetworkState<Memory>, batch: Int, _ what: String) {
    func structure(_ isRight: Bool) {
      require(
        isRight, "\(what) must have \(layers) layers of \(hiddenLayers) controller cells")
    }
    structure(state.controllers.count == layers)
    for layer in state.controllers {
      structure(layer.count == hiddenLayers)
      for cell in layer {
        require(
          cell.h.isMatrix(batch, hidden)
            && cell.c.map { $0.isMatrix(batch, hidden) } ?? (rnnType != .lstm)
            && (cell.c == nil || rnnType == .lstm),
          "\(what): a controller's h\(rnnType == .lstm ? " and c have" : " has") shape \([batch, hidden]), not \(cell.h.shape)\(cell.c.map { " and \($0.shape)" } ?? "")"
        )
      }
    }
    require(
      state.reads.isMatrix(batch, readSize),
      "\(what): the reads have shape \([batch, readSize]), not \(state.reads.shape)")
  }
}

extension Tensor {
  /// Whether it has rank 2 and this shape.
  func isMatrix(_ rows: Int, _ columns: Int) -> Bool {
    rank == 2 && shape[0] == rows && shape[1] == columns
  }
}
