import VectorKernels

/// Sizes of a dense memory, and where its parts stand in the blocks that the engine keeps per batch element.
///
/// Arrays run along the cells, padded to whole vectors (`np`): memory [W × np], link [N × np], read weights [R × np], the rest [np].
struct DenseLayout: Sendable, Equatable {
  let n: Int
  let w: Int
  let r: Int
  let np: Int

  init(cells: Int, cellSize: Int, heads: Int) {
    n = cells
    w = cellSize
    r = heads
    np = padded(cells)
  }

  // The state's block; a gradient of the state has the same. Small arrays first.
  var usage: Int { 0 }
  var precedence: Int { np }
  var write: Int { 2 * np }
  var norm: Int { 3 * np }
  var inverse: Int { 4 * np }
  var read: Int { 5 * np }
  var memory: Int { (5 + r) * np }
  var link: Int { (5 + r + w) * np }
  /// Length of a state's block.
  var stateCount: Int { (5 + r + w + n) * np }

  /// What the backward pass needs of one step, besides the states before and after it and the squashed interface.
  struct Record {
    let interface: Int
    let slopes: Int
    /// Scaled keys: R read keys, then the write key (W each).
    let keys: Int
    /// For each key: the norm of the scaled key, the cosine's scaled epsilon, the scale.
    let keyNorms: Int
    let keyEpsilons: Int
    let keyScales: Int
    let order: Int
    let allocation: Int
    let writeContent: Int
    let writeCosine: Int
    let forward: Int
    let backward: Int
    let readContent: Int
    let readCosine: Int
    let count: Int

    init(_ layout: DenseLayout, interface: InterfaceLayout) {
      var end = 0
      func take(_ count: Int) -> Int {
        defer { end += padded(count) }
        return end
      }
      let (np, r) = (layout.np, layout.r)
      self.interface = take(interface.width)
      slopes = take(interface.slopes)
      keys = take((r + 1) * layout.w)
      keyNorms = take(r + 1)
      keyEpsilons = take(r + 1)
      keyScales = take(r + 1)
      order = take(np)
      allocation = take(np)
      writeContent = take(np)
      writeCosine = take(np)
      forward = take(r * np)
      backward = take(r * np)
      readContent = take(r * np)
      readCosine = take(r * np)
      count = end
    }
  }
}

/// The interface of the dense memory (`spec/dnc.md`), and where its fields stand in the engine's vector.
struct DenseInterface: Sendable {
  let layout: InterfaceLayout
  let readKeys: Int
  let readStrengths: Int
  let writeKey: Int
  let writeStrength: Int
  let erase: Int
  let writeVector: Int
  let freeGates: Int
  let allocationGate: Int
  let writeGate: Int
  let readModes: Int

  init(heads r: Int, cellSize w: Int, dialect: Dialect) {
    let vector: Squashing = dialect == .nature ? .none : .tanh
    let strength: Squashing = dialect == .nature ? .oneplus : .softplus
    layout = InterfaceLayout(fields: [
      InterfaceField(name: "read_keys_transform", size: r * w, squashing: vector),
      InterfaceField(name: "read_strengths_transform", size: r, squashing: strength),
      InterfaceField(name: "write_key_transform", size: w, squashing: vector),
      InterfaceField(name: "write_strength_transform", size: 1, squashing: strength),
      InterfaceField(name: "erase_vector_transform", size: w, squashing: .sigmoid),
      InterfaceField(name: "write_vector_transform", size: w, squashing: vector),
      InterfaceField(name: "free_gates_transform", size: r, squashing: .sigmoid),
      InterfaceField(name: "allocation_gate_transform", size: 1, squashing: .sigmoid),
      InterfaceField(name: "write_gate_transform", size: 1, squashing: .sigmoid),
      InterfaceField(name: "read_modes_transform", size: 3 * r, squashing: .softmaxOfThree),
    ])
    let offsets = layout.offsets
    readKeys = offsets[0]
    readStrengths = offsets[1]
    writeKey = offsets[2]
    writeStrength = offsets[3]
    erase = offsets[4]
    writeVector = offsets[5]
    freeGates = offsets[6]
    allocationGate = offsets[7]
    writeGate = offsets[8]
    readModes = offsets[9]
  }
}

/// Everything the engine knows of a dense memory.
struct DensePlan: MemoryPlan {
  let layout: DenseLayout
  let fields: DenseInterface
  let dialect: Dialect
  /// Accesses whose states and records are kept at a time.
  let segment: Int

  var interface: InterfaceLayout { fields.layout }
  /// The ε inside the norms' roots.
  var inside: Float { dialect == .nature ? DenseMemoryUnit.epsilon : 0 }

  init(_ configuration: NetworkConfiguration) {
    let c = configuration
    layout = DenseLayout(cells: c.nrCells, cellSize: c.cellSize, heads: c.readHeads)
    fields = DenseInterface(heads: c.readHeads, cellSize: c.cellSize, dialect: c.dialect)
    dialect = c.dialect
    segment =
      c.recomputeEvery == 0 ? .max : c.recomputeEvery * (c.shareMemory ? c.numLayers : 1)
  }
}
