import VectorKernels

/// Sizes of a memory and the interface through which it is driven.
protocol MemoryPlan: Sendable {
  init(_ configuration: NetworkConfiguration)
  var interface: InterfaceLayout { get }
  /// What is kept of one access of one element for the way back.
  var recordedParts: [RecordedPart] { get }
}

/// One memory of a network, as a runner drives it: for a shard of the batch, through time and back.
///
/// Before a run the engine prepares the outgoing memories of the whole batch; the units of all shards work on them, each on its own elements. (Sendable, as
/// is a tracer, since one thread at a time uses it.)
protocol MemoryUnit: AnyObject, Sendable {
  associatedtype Memory: ExternalMemoryState
  associatedtype Plan: MemoryPlan
  associatedtype Tracer: MemoryTracer

  /// Space for `items` elements and `accesses` accesses; with `recording` for a backward pass.
  init(_ plan: Plan, kernels: vk_table, items: Int, accesses: Int, recording: Bool)

  /// An empty memory, also the zero of gradients.
  static func empty(_ plan: Plan, batch: Int) -> Memory
  /// Stops the program if a memory does not belong to the plan.
  static func check(_ memory: Memory, _ plan: Plan, batch: Int, _ what: String)
  /// Completes what the lookups need of a memory that came from outside; changes nothing the user sees.
  static func complete(_ memory: inout Memory, _ plan: Plan, kernels: vk_table)
  /// What a run from `incoming` (nil: empty) will leave behind: memories nobody else holds, that the units fill. Takes the incoming one if nobody else
  /// holds it.
  static func outgoing(
    _ incoming: inout Memory?, _ plan: Plan, kernels: vk_table, batch: Int, recording: Bool
  ) -> Memory
  static func tracer(_ plan: Plan) -> Tracer

  /// Begins a run of elements `firstItem ..< firstItem + items`.
  func begin(firstItem: Int, items: Int, incoming: Memory?, outgoing: Memory)
  /// Begins a run of a training pass, from the empty memory; nothing is left behind.
  func beginEmpty(items: Int)
  /// One access of one element: the squashing of the raw interface vector, and a step of the memory. `reads` gets R·W numbers.
  func forward(
    access: Int, item: Int, raw: UnsafePointer<Float>, reads: UnsafeMutablePointer<Float>)
  /// Ends a run in which each element made `accesses(item)` accesses.
  func end(accesses: (_ item: Int) -> Int)
  /// Bytes of the records it has room for.
  var recordedBytes: Int { get }
  /// Lets go of the memories of a run whose records nobody wants any more.
  func release()
  /// Shows the state after an access of the shard's first element.
  func trace(access: Int, _ tracer: Tracer)

  /// Shows what a recorded access computed, mechanism by mechanism, in the order of execution.
  func examine(access: Int, item: Int, _ visit: (Examined.Part) -> Void)

  /// Begins the way back; `gradient` is that of the memories left behind, nil: zero.
  func beginBackward(_ gradient: Memory?)
  /// Back through one access. `dreads` is the gradient of the read vectors; `draw` gets that of the raw interface vector.
  func backward(
    access: Int, item: Int, dreads: UnsafePointer<Float>, draw: UnsafeMutablePointer<Float>)
  /// Writes the gradient of the memories at the start into those of `gradient`.
  func endBackward(into gradient: Memory)
}

extension MemoryUnit {
  func release() {}
  func examine(access: Int, item: Int, _ visit: (Examined.Part) -> Void) {}
}

/// Collects what a memory did to the batch's first element.
protocol MemoryTracer: AnyObject, Sendable {
  /// The tables, under the Python package's keys.
  var trace: [String: Tensor] { get }
  /// What the controller told the memory: gates and read modes, one row per access.
  var gates: [String: Tensor] { get }
}
