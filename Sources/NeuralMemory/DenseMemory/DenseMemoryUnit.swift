import VectorKernels

/// One dense memory of a network for a shard of the batch: its states and records through time, and scratch space.
///
/// With `recording` every access has its own state and record, kept for the backward pass. Without, a memory works in place on the outgoing
/// state, and one record serves all.
final class DenseMemoryUnit {
  let layout: DenseLayout
  let interface: DenseInterface
  let record: DenseLayout.Record
  let kernels: vk_table
  let recording: Bool
  /// The ε inside the norms' roots.
  let inside: Float
  let dialect: Dialect
  let sorter: CellSorter

  private let states: AlignedBuffer
  private let records: AlignedBuffer
  /// Gradient of the state, one block per element, carried from access to access.
  private let carries: AlignedBuffer?
  /// An empty memory, the start of every element that comes without a state.
  private let empty: AlignedBuffer
  let scratch: AlignedBuffer
  let scratchLayout: DenseScratch
  /// Gradients of the keys' norms, within one access.
  var keyNormGradients: UnsafeMutablePointer<Float> { scratch.base + scratchLayout.keyNorms }

  private var items = 0
  private var start: UnsafeMutablePointer<Float>
  private var startStride = 0

  /// Space for `items` elements and `accesses` accesses.
  init(
    layout: DenseLayout, interface: DenseInterface, dialect: Dialect, kernels: vk_table,
    items: Int, accesses: Int, recording: Bool
  ) {
    self.layout = layout
    self.interface = interface
    self.kernels = kernels
    self.recording = recording
    self.dialect = dialect
    inside = dialect == .nature ? DenseMemoryUnit.epsilon : 0
    record = DenseLayout.Record(layout, interface: interface.layout)
    sorter = CellSorter(cells: layout.n)
    states = AlignedBuffer(count: recording ? items * accesses * layout.stateCount : 0)
    records = AlignedBuffer(count: recording ? items * accesses * record.count : record.count)
    carries = recording ? AlignedBuffer(count: items * layout.stateCount) : nil
    empty = AlignedBuffer(count: layout.stateCount)
    kernels.memory_norms(
      empty.base + layout.norm, empty.base + layout.inverse, empty.base + layout.memory, inside,
      layout.w, layout.np)
    scratchLayout = DenseScratch(layout)
    scratch = AlignedBuffer(count: scratchLayout.count)
    start = empty.base
  }

  /// ε of `spec/dnc.md`.
  static let epsilon: Float = 1e-6

  /// Begins a run at the empty memory.
  ///
  /// - Precondition: The unit is recording; otherwise it needs a state to work on.
  func beginEmpty(items: Int) {
    precondition(recording, "a memory without records works on a state")
    self.items = items
    start = empty.base
    startStride = 0
  }

  /// Begins a run at the states from `start` on; without recording they are changed in place.
  func begin(items: Int, start: UnsafeMutablePointer<Float>) {
    self.items = items
    self.start = start
    startStride = layout.stateCount
  }

  /// The state of an element before access number `access`.
  @inline(__always)
  func state(_ access: Int, _ item: Int) -> UnsafeMutablePointer<Float> {
    if !recording || access == 0 { return start + item * startStride }
    return states.base + ((access - 1) * items + item) * layout.stateCount
  }

  @inline(__always)
  func record(_ access: Int, _ item: Int) -> UnsafeMutablePointer<Float> {
    recording ? records.base + (access * items + item) * record.count : records.base
  }

  /// The gradient that is carried back in time for an element.
  @inline(__always)
  func carry(_ item: Int) -> UnsafeMutablePointer<Float> {
    carries!.base + item * layout.stateCount
  }

  /// A state's block with its parts named.
  @inline(__always)
  func parts(_ block: UnsafeMutablePointer<Float>) -> vk_dense_state {
    vk_dense_state(
      m: block + layout.memory, norm: block + layout.norm, inverse: block + layout.inverse,
      link: block + layout.link, usage: block + layout.usage,
      precedence: block + layout.precedence, write: block + layout.write,
      read: block + layout.read)
  }
}

/// Scratch space of one access's backward pass.
struct DenseScratch {
  let content: Int
  let writeContent: Int
  let allocation: Int
  let forward: Int
  let backward: Int
  let shrink: Int
  let products: Int
  let keys: Int
  let keyNorms: Int
  let count: Int

  init(_ layout: DenseLayout) {
    var end = 0
    func take(_ count: Int) -> Int {
      defer { end += padded(count) }
      return end
    }
    content = take(layout.r * layout.np)
    writeContent = take(layout.np)
    allocation = take(layout.np)
    forward = take(layout.r * layout.np)
    backward = take(layout.r * layout.np)
    shrink = take(layout.np)
    products = take(layout.np)
    keys = take((layout.r + 1) * layout.w)
    keyNorms = take(layout.r + 1)
    count = end
  }
}
