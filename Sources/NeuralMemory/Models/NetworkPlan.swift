/// Rounds up to whole vectors of 16 lanes: the engine's rows are padded with zeros to such lengths.
@inline(__always)
func padded(_ count: Int) -> Int { (count + 15) & ~15 }

/// The sizes of a network as the engine uses them, derived once from its configuration.
///
/// Letters: X input, H hidden, R read heads, W cell size, Y output; a trailing `p` means padded to whole vectors.
/// The input of every cell is one row [below | reads | own h] ("joint row"), so that a step is one matrix product; what is below is
/// the network's input, the layer below, or the hidden layer below. Only first cells of a layer have reads.
struct NetworkPlan: Sendable {
  let rnnType: RNNType
  let nonlinearity: Nonlinearity
  let bias: Bool
  let inputSize: Int
  let hidden: Int
  let hiddenPadded: Int
  let layers: Int
  let hiddenLayers: Int
  /// R·W
  let readSize: Int
  let readPadded: Int
  let outputSize: Int
  let outputPadded: Int
  let clip: Float
  let dropout: Float
  let memories: Int
  let sharesMemory: Bool
  /// Layer 0 sees the reads that the call started with (the dialect `pytorchDNC`).
  let readsOfStart: Bool
  let interface: InterfaceLayout
  let independentLinears: Bool
  /// Steps whose memory records are kept at a time; 0: all.
  let recomputeEvery: Int
  let cells: [CellPlan]

  /// Length of a row that goes into the output layer: [clipped h | reads] of the last layer.
  var topWidth: Int { hiddenPadded + readPadded }

  func cell(_ layer: Int, _ depth: Int) -> CellPlan { cells[layer * hiddenLayers + depth] }
  func memory(of layer: Int) -> Int { memories == 1 ? 0 : layer }
}

/// One recurrent cell: where its parts stand in the joint row and in the row of gates.
struct CellPlan: Sendable {
  let layer: Int
  /// Which hidden layer of the controller.
  let depth: Int
  /// Size of what is below, without padding.
  let below: Int
  let belowPadded: Int
  let readPadded: Int
  /// Where the reads stand in the joint row.
  var reads: Int { belowPadded }
  /// Where the cell's own h stands.
  var own: Int { belowPadded + readPadded }
  /// Length of the joint row.
  let width: Int
  /// Length of the row of gates.
  let gates: Int
  let products: [CellProduct]
}

/// One matrix product of a cell: some of the joint row's columns to some of the gates.
struct CellProduct: Sendable {
  /// First column among the gates, and how many.
  let column: Int
  let columns: Int
  /// First gate of the parameters' rows, in units of `hidden`.
  let gate: Int
  /// Used columns of the joint row: inputs (`below` and reads), own h, or both.
  let usesInput: Bool
  let usesOwn: Bool
}

extension NetworkPlan {
  init(_ configuration: NetworkConfiguration) {
    let interface =
      switch configuration.memoryType {
      case .dnc: DensePlan(configuration).interface
      case .sam, .sdnc: SparsePlan(configuration).interface
      case .none: NoMemoryPlan(configuration).interface
      }
    self.init(configuration, interface: interface)
  }

  init(_ configuration: NetworkConfiguration, interface: InterfaceLayout) {
    let c = configuration
    rnnType = c.rnnType
    nonlinearity = c.nonlinearity
    bias = c.bias
    inputSize = c.inputSize
    hidden = c.hiddenSize
    hiddenPadded = padded(c.hiddenSize)
    layers = c.numLayers
    hiddenLayers = c.numHiddenLayers
    readSize = c.readHeads * c.cellSize
    readPadded = padded(readSize)
    outputSize = c.outputs
    outputPadded = padded(c.outputs)
    clip = c.clip
    dropout = c.dropout
    memories = c.memories
    sharesMemory = c.shareMemory
    readsOfStart = c.dialect == .pytorchDNC
    self.interface = interface
    independentLinears = c.independentLinears
    recomputeEvery = c.recomputeEvery

    let hp = hiddenPadded
    let products: [CellProduct]
    switch c.rnnType {
    case .lstm:
      products = [CellProduct(column: 0, columns: 4 * hp, gate: 0, usesInput: true, usesOwn: true)]
    case .rnn:
      products = [CellProduct(column: 0, columns: hp, gate: 0, usesInput: true, usesOwn: true)]
    case .gru:
      // n = tanh(nx + r nh): its two shares stay apart
      products = [
        CellProduct(column: 0, columns: 2 * hp, gate: 0, usesInput: true, usesOwn: true),
        CellProduct(column: 2 * hp, columns: hp, gate: 2, usesInput: true, usesOwn: false),
        CellProduct(column: 3 * hp, columns: hp, gate: 2, usesInput: false, usesOwn: true),
      ]
    }
    var cells: [CellPlan] = []
    for layer in 0..<c.numLayers {
      for depth in 0..<c.numHiddenLayers {
        let below = layer == 0 && depth == 0 ? c.inputSize : c.hiddenSize
        let reads = depth == 0 ? readPadded : 0
        cells.append(
          CellPlan(
            layer: layer, depth: depth, below: below, belowPadded: padded(below),
            readPadded: reads, width: padded(below) + reads + hp,
            gates: c.rnnType == .rnn ? hp : 4 * hp, products: products))
      }
    }
    self.cells = cells
  }
}
