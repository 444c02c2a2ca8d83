import VectorKernels

/// A dense memory as the CPU engine runs it: its mechanisms in the order of
/// `docs/equations/dnc.md`, with the layouts that follow from what each of them keeps.
struct DensePlan: MemoryPlan {
  let state: DenseStateLayout
  let dialect: Dialect
  /// Accesses whose states and records are kept at a time.
  let segment: Int

  let interface: InterfaceLayout
  /// What the backward pass needs of one access besides the states before and after it.
  let record: BlockLayout
  /// Working memory of one backward access.
  let scratch: BlockLayout
  let keys: InterfaceRecord
  let usage: Usage
  let allocation: Allocation
  let writeLookup: ContentLookup
  let writeWeights: WriteWeights
  let linkage: TemporalLinkage
  let writing: Writing
  let readLookup: ContentLookup
  let reading: Reading

  /// ε of the equations.
  static let epsilon: Float = 1e-6

  init(_ configuration: DenseMemory.Configuration, accessesPerStep: Int) {
    let c = configuration
    dialect = c.dialect
    segment = c.recomputeEvery == 0 ? .max : c.recomputeEvery * accessesPerStep
    state = DenseStateLayout(cells: c.nrCells, cellSize: c.cellSize, readHeads: c.readHeads)
    var builder = DenseBuilder(
      state: state, dialect: c.dialect,
      interface: InterfaceLayout(fields: DensePlan.fields(c)))
    keys = InterfaceRecord(&builder.record, builder.interface)
    usage = Usage(&builder)
    allocation = Allocation(&builder)
    writeLookup = ContentLookup(.write, &builder)
    writeWeights = WriteWeights(&builder)
    linkage = TemporalLinkage(&builder)
    writing = Writing(&builder)
    readLookup = ContentLookup(.read, &builder)
    reading = Reading(&builder)
    interface = builder.interface
    record = builder.record
    scratch = builder.scratch
  }

  /// The fields of the interface, in the order of the parameters.
  static func fields(_ c: DenseMemory.Configuration) -> [InterfaceField] {
    ContentLookup.fields(.read, c) + ContentLookup.fields(.write, c) + Writing.fields(c)
      + Usage.fields(c) + WriteWeights.fields(c) + Reading.fields(c)
  }

  var recordedParts: [RecordedPart] {
    let (segment, interval) = (segment, RecordedLinks.interval(state))
    return state.block.recordedParts { min($0, segment - 1) + $0 / segment }.dropLast()
      + state.block.recordedParts { min($0, segment - 1) / interval + $0 / segment }.suffix(1)
      + record.recordedParts { min($0, segment) }
  }
}

/// Gathers what the mechanisms of a dense memory keep while its plan is made.
struct DenseBuilder {
  let state: DenseStateLayout
  let dialect: Dialect
  let interface: InterfaceLayout
  var record = BlockLayout()
  var scratch = BlockLayout()

  /// The ε inside the norms' roots.
  var normEpsilon: Float { dialect == .nature ? DensePlan.epsilon : 0 }
}

/// What one access of one batch element works on: the states before and after it, and its record.
struct DenseAccess {
  let kernels: UnsafePointer<vk_table>
  let old: vk_dense_state
  let new: vk_dense_state
  let record: Block
  /// The squashed interface vector.
  let interface: Block
}

/// What the backward pass of an access works on besides the access.
struct DenseGradient {
  /// The gradient of the state after the access, on its way to that of the state before it.
  let state: vk_dense_state
  /// The gradient of the interface vector, before its squashing once the pass is through.
  let interface: Block
  /// The gradient of the read vectors: [R × W].
  let reads: UnsafePointer<Float>
  let scratch: Block
}

extension DenseMemory: CPUMemory {
  static func plan(_ configuration: NetworkConfiguration) -> DensePlan {
    let own = configuration[DenseMemory.self]
    return DensePlan(
      own, accessesPerStep: own.shareMemory ? configuration.controller.numLayers : 1)
  }

  typealias Shard = DenseMemoryShard
}
