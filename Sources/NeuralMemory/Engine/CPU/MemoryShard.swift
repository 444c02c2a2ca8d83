import VectorKernels

/// A memory that the CPU engine runs with a shard type of its own.
protocol CPUMemory: Memory {
  associatedtype Shard: MemoryShard where Shard.State == State
  static func plan(_ configuration: NetworkConfiguration) -> Shard.Plan
}

/// Sizes of a memory, and the interface through which it is driven.
protocol MemoryPlan: Sendable {
  var interface: InterfaceLayout { get }
  /// What is kept of one access of one element for the backward pass.
  var recordedParts: [RecordedPart] { get }
}

/// One memory of a network for a shard of the batch, through time and back.
///
/// Before a run the engine prepares the outgoing states of the whole batch; the shards work on
/// them, each on its own elements. (Sendable, as is a tracer, since one thread at a time uses it.)
protocol MemoryShard: AnyObject, Sendable {
  associatedtype State: MemoryState
  associatedtype Plan: MemoryPlan
  associatedtype Tracer: MemoryTracer

  /// Space for `elements` batch elements and `accesses` accesses; with `recording` for a backward
  /// pass.
  init(
    _ plan: Plan, kernels: UnsafePointer<vk_table>, elements: Int, accesses: Int, recording: Bool)

  /// An empty memory, also the zero of gradients.
  static func empty(_ plan: Plan, batch: Int) -> State
  /// Stops the program if a memory does not belong to the plan.
  static func check(_ memory: State, _ plan: Plan, batch: Int, _ what: String)
  /// Completes what the lookups need of a memory that came from outside; changes nothing the user
  /// sees.
  static func complete(_ memory: inout State, _ plan: Plan, kernels: UnsafePointer<vk_table>)
  /// What a run from `incoming` (nil: empty) will leave behind: memories nobody else holds, that
  /// the shards fill. Takes the incoming one if nobody else holds it.
  static func outgoing(
    _ incoming: inout State?, _ plan: Plan, kernels: UnsafePointer<vk_table>, batch: Int,
    recording: Bool
  ) -> State
  static func tracer(_ plan: Plan) -> Tracer

  /// Begins a run of elements `firstElement ..< firstElement + elements`.
  func begin(firstElement: Int, elements: Int, incoming: State?, outgoing: State)
  /// Begins a run of a training pass, from the empty memory; nothing is left behind.
  func beginEmpty(elements: Int)
  /// One access of one element: the squashing of the raw interface vector, and a step of the
  /// memory. `reads` gets R·W values.
  func forward(
    access: Int, element: Int, raw: UnsafePointer<Float>, reads: UnsafeMutablePointer<Float>)
  /// Ends a run in which each element made `accesses(element)` accesses.
  func end(accesses: (_ element: Int) -> Int)
  /// Bytes of the records it has room for.
  var recordedBytes: Int { get }
  /// Releases the memories of a run whose records are not needed any more.
  func release()
  /// Shows the state after an access of the shard's first element.
  func trace(access: Int, _ tracer: Tracer)
  /// Shows what a recorded access computed, mechanism by mechanism, in the order of execution.
  func examine(access: Int, element: Int, _ visit: (Examined.Part) -> Void)

  /// Begins the backward pass; `gradient` is that of the memories left behind, nil: zero.
  func beginBackward(_ gradient: State?)
  /// Back through one access. `dreads` is the gradient of the read vectors; `draw` gets that of the
  /// raw interface vector.
  func backward(
    access: Int, element: Int, dreads: UnsafePointer<Float>, draw: UnsafeMutablePointer<Float>)
  /// Writes the gradient of the memories at the start into those of `gradient`.
  func endBackward(into gradient: State)
}

extension MemoryShard {
  static func complete(
    _ memory: inout State, _ plan: Plan, kernels: UnsafePointer<vk_table>
  ) {}
  func release() {}
}

/// Collects what a memory did to the batch's first element.
protocol MemoryTracer: AnyObject, Sendable {
  /// The tables, under the Python package's keys.
  var trace: [String: Tensor] { get }
  /// What the controller told the memory: gates and read modes, one row for each access.
  var gates: [String: Tensor] { get }
}

/// The CPU engine of networks around a memory.
func makeCPUEngine<M: Memory>(
  for _: M.Type, _ configuration: NetworkConfiguration
) -> any Engine<M> {
  func fast<C: CPUMemory>(_: C.Type) -> AnyObject {
    CPUEngine<C, C.Shard>(configuration, C.plan(configuration))
  }
  func plain<P: PlainMemory>(_: P.Type) -> AnyObject {
    CPUEngine<P, PlainMemoryShard<P>>(configuration, PlainMemoryPlan<P>(configuration))
  }
  let engine: AnyObject
  if let memory = M.self as? any CPUMemory.Type {
    engine = fast(memory)
  } else if let memory = M.self as? any PlainMemory.Type {
    engine = plain(memory)
  } else {
    fatalError("no engine runs the memory \(M.self): it has to conform to PlainMemory")
  }
  return engine as! any Engine<M>
}

extension NetworkConfiguration {
  /// The memory as the CPU engine runs it.
  var memoryPlan: any MemoryPlan {
    func plan<C: MemoryConfiguration>(_: C) -> any MemoryPlan {
      func fast<F: CPUMemory>(_: F.Type) -> any MemoryPlan { F.plan(self) }
      func plain<P: PlainMemory>(_: P.Type) -> any MemoryPlan { PlainMemoryPlan<P>(self) }
      if let memory = C.Memory.self as? any CPUMemory.Type { return fast(memory) }
      if let memory = C.Memory.self as? any PlainMemory.Type { return plain(memory) }
      fatalError("no engine runs the memory \(C.Memory.self): it has to conform to PlainMemory")
    }
    return plan(memory)
  }
}

extension NetworkPlan {
  init(_ configuration: NetworkConfiguration) {
    self.init(configuration, interface: configuration.memoryPlan.interface)
  }
}
