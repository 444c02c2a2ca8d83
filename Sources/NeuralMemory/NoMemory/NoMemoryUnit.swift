import VectorKernels

/// The memory of a network without one: no interface, no reads, nothing to keep.
///
/// The engine makes none, since a plan of such a network has no memories; the type stands where the engine wants to know what a memory would be.
final class NoMemoryUnit: MemoryUnit {
  init(_ plan: NoMemoryPlan, kernels: vk_table, items: Int, accesses: Int, recording: Bool) {}

  static func empty(_ plan: NoMemoryPlan, batch: Int) -> NoMemoryState {
    NoMemoryState(batch: batch)
  }

  static func check(_ memory: NoMemoryState, _ plan: NoMemoryPlan, batch: Int, _ what: String) {
    require(memory.batch == batch, "\(what): batch \(batch) was expected, not \(memory.batch)")
  }

  static func complete(_ memory: inout NoMemoryState, _ plan: NoMemoryPlan, kernels: vk_table) {}

  static func outgoing(
    _ incoming: inout NoMemoryState?, _ plan: NoMemoryPlan, kernels: vk_table, batch: Int,
    recording: Bool
  ) -> NoMemoryState { NoMemoryState(batch: batch) }

  static func tracer(_ plan: NoMemoryPlan) -> NoMemoryTracer { NoMemoryTracer() }

  func begin(firstItem: Int, items: Int, incoming: NoMemoryState?, outgoing: NoMemoryState) {}
  func beginEmpty(items: Int) {}
  func forward(
    access: Int, item: Int, raw: UnsafePointer<Float>, reads: UnsafeMutablePointer<Float>
  ) {}
  func end(accesses: (_ item: Int) -> Int) {}
  var recordedBytes: Int { 0 }
  func trace(access: Int, _ tracer: NoMemoryTracer) {}
  func beginBackward(_ gradient: NoMemoryState?) {}
  func backward(
    access: Int, item: Int, dreads: UnsafePointer<Float>, draw: UnsafeMutablePointer<Float>
  ) {}
  func endBackward(into gradient: NoMemoryState) {}
}

/// An interface without fields.
struct NoMemoryPlan: MemoryPlan {
  let interface = InterfaceLayout(fields: [])
  let recordedParts: [RecordedPart] = []

  init(_ configuration: NetworkConfiguration) {}
}

/// There is nothing to trace.
final class NoMemoryTracer: MemoryTracer {
  var trace: [String: Tensor] { [:] }
  var gates: [String: Tensor] { [:] }
}
