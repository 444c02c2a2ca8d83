import VectorKernels

extension NoMemory: CPUMemory {
  typealias Shard = NoMemoryShard

  static func plan(_ configuration: NetworkConfiguration) -> NoMemoryPlan { NoMemoryPlan() }
}

/// An interface without fields.
struct NoMemoryPlan: MemoryPlan {
  let interface = InterfaceLayout(fields: [])
  let recordedParts: [RecordedPart] = []
}

/// There is nothing to trace.
final class NoMemoryTracer: MemoryTracer {
  var trace: [String: Tensor] { [:] }
  var gates: [String: Tensor] { [:] }
}

/// The engine makes none, since a plan of a network without memories has none; the type is there
/// where the engine wants to know what a memory would be.
final class NoMemoryShard: MemoryShard {
  let recordedBytes = 0

  init(
    _ plan: NoMemoryPlan, kernels: UnsafePointer<vk_table>, elements: Int, accesses: Int,
    recording: Bool
  ) {}

  static func empty(_ plan: NoMemoryPlan, batch: Int) -> NoMemory.State {
    NoMemory.State(batch: batch)
  }

  static func check(_ memory: NoMemory.State, _ plan: NoMemoryPlan, batch: Int, _ what: String) {
    require(memory.batch == batch, "\(what): batch \(batch) was expected, not \(memory.batch)")
  }

  static func outgoing(
    _ incoming: inout NoMemory.State?, _ plan: NoMemoryPlan, kernels: UnsafePointer<vk_table>,
    batch: Int, recording: Bool
  ) -> NoMemory.State { NoMemory.State(batch: batch) }

  static func tracer(_ plan: NoMemoryPlan) -> NoMemoryTracer { NoMemoryTracer() }

  func begin(
    firstElement: Int, elements: Int, incoming: NoMemory.State?, outgoing: NoMemory.State
  ) {}
  func beginEmpty(elements: Int) {}
  func forward(
    access: Int, element: Int, raw: UnsafePointer<Float>, reads: UnsafeMutablePointer<Float>
  ) {}
  func end(accesses: (_ element: Int) -> Int) {}
  func trace(access: Int, _ tracer: NoMemoryTracer) {}
  func examine(access: Int, element: Int, _ visit: (Examined.Part) -> Void) {}
  func beginBackward(_ gradient: NoMemory.State?) {}
  func backward(
    access: Int, element: Int, dreads: UnsafePointer<Float>, draw: UnsafeMutablePointer<Float>
  ) {}
  func endBackward(into gradient: NoMemory.State) {}
}
