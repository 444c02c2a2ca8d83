import VectorKernels

/// A memory of a program's own as the engine runs it.
struct PlainMemoryPlan<M: PlainMemory>: MemoryPlan {
  let memory: M
  let interface: InterfaceLayout
  let readSize: Int
  let keys: InterfaceRecord
  let record: BlockLayout

  init(_ configuration: NetworkConfiguration) {
    let own = configuration[M.self]
    memory = M(own)
    readSize = own.readSize
    interface = InterfaceLayout(fields: memory.interface)
    var record = BlockLayout()
    keys = InterfaceRecord(&record, interface)
    self.record = record
  }

  /// The interface alone: what a memory saves besides is its own.
  var recordedParts: [RecordedPart] { record.recordedParts() }
}

/// One memory of a program's own for a shard of the batch.
final class PlainMemoryShard<M: PlainMemory>: MemoryShard, @unchecked Sendable {
  private let plan: PlainMemoryPlan<M>
  private let kernels: UnsafePointer<vk_table>
  private let recording: Bool
  private let records: AlignedBuffer
  let recordedBytes: Int

  private var firstElement = 0
  private var elements = 0
  /// The state of each element as it is now.
  private var states: [[Float]] = []
  private var outgoing: PlainMemoryState?
  /// What each access saved, by element.
  private var saved: [[M.Saved]] = []
  /// The gradient of each element's state, carried back in time.
  private var gradients: [[Float]] = []

  init(
    _ plan: PlainMemoryPlan<M>, kernels: UnsafePointer<vk_table>, elements: Int, accesses: Int,
    recording: Bool
  ) {
    self.plan = plan
    self.kernels = kernels
    self.recording = recording
    records = AlignedBuffer(
      count: (recording ? elements * accesses : 1) * plan.record.count)
    recordedBytes = records.count * MemoryLayout<Float>.stride
  }

  // MARK: Passes

  func forward(
    access: Int, element: Int, raw: UnsafePointer<Float>, reads: UnsafeMutablePointer<Float>
  ) {
    let record = record(access, element)
    let values = record[plan.keys.values]
    plan.interface.squash(raw, into: values, slopes: record[plan.keys.slopes], kernels)
    var result = [Float](repeating: 0, count: plan.readSize)
    let saved = plan.memory.forward(
      interface: fields(values), state: &states[element], reads: &result)
    require(
      result.count == plan.readSize && states[element].count == plan.memory.stateSize,
      "\(M.self) must keep the lengths of its reads, \(plan.readSize), and of its state, "
        + "\(plan.memory.stateSize)")
    reads.update(from: result, count: plan.readSize)
    if recording { self.saved[element].append(saved) }
  }

  func backward(
    access: Int, element: Int, dreads: UnsafePointer<Float>, draw: UnsafeMutablePointer<Float>
  ) {
    var dinterface = [Float](repeating: 0, count: plan.interface.size)
    plan.memory.backward(
      saved: saved[element][access],
      readGradient: Array(UnsafeBufferPointer(start: dreads, count: plan.readSize)),
      stateGradient: &gradients[element], interfaceGradient: &dinterface)
    require(
      dinterface.count == plan.interface.size
        && gradients[element].count == plan.memory.stateSize,
      "\(M.self) must keep the lengths of its gradients")
    draw.update(repeating: 0, count: plan.interface.width)
    var next = 0
    for (index, field) in plan.interface.fields.enumerated() {
      for i in 0..<field.size {
        draw[plan.interface.offsets[index] + i] = dinterface[next]
        next += 1
      }
    }
    let record = record(access, element)
    plan.interface.squashBackward(
      draw, y: record[plan.keys.values], slopes: record[plan.keys.slopes], kernels)
  }

  /// The fields of an interface vector one after the other.
  private func fields(_ values: UnsafePointer<Float>) -> [Float] {
    zip(plan.interface.fields, plan.interface.offsets).flatMap { field, offset in
      UnsafeBufferPointer(start: values + offset, count: field.size)
    }
  }

  private func record(_ access: Int, _ element: Int) -> Block {
    Block(
      records.base + (recording ? (access * elements + element) * plan.record.count : 0))
  }

  // MARK: Runs

  func begin(
    firstElement: Int, elements: Int, incoming: PlainMemoryState?, outgoing: PlainMemoryState
  ) {
    // without records the outgoing state is the incoming one
    let start = recording ? incoming : outgoing
    begin(firstElement: firstElement, elements: elements, outgoing) { element in
      start.map { Array($0.element(firstElement + element)) }
    }
  }

  func beginEmpty(elements: Int) {
    begin(firstElement: 0, elements: elements, nil) { _ in nil }
  }

  private func begin(
    firstElement: Int, elements: Int, _ outgoing: PlainMemoryState?,
    _ start: (Int) -> [Float]?
  ) {
    (self.firstElement, self.elements, self.outgoing) = (firstElement, elements, outgoing)
    let empty = [Float](repeating: 0, count: plan.memory.stateSize)
    states = (0..<elements).map { start($0) ?? empty }
    saved = Array(repeating: [], count: elements)
  }

  func end(accesses: (_ element: Int) -> Int) {
    defer { outgoing = nil }
    guard let outgoing else { return }
    for element in 0..<elements {
      _ = outgoing.element(firstElement + element).update(from: states[element])
    }
  }

  func release() { saved = [] }

  func beginBackward(_ gradient: PlainMemoryState?) {
    let zero = [Float](repeating: 0, count: plan.memory.stateSize)
    gradients = (0..<elements).map { element in
      gradient.map { Array($0.element(firstElement + element)) } ?? zero
    }
  }

  func endBackward(into gradient: PlainMemoryState) {
    for element in 0..<elements {
      _ = gradient.element(firstElement + element).update(from: gradients[element])
    }
  }

  // MARK: Looking inside

  func trace(access: Int, _ tracer: PlainMemoryTracer) {
    tracer.record(states[0], fields(record(access, 0)[plan.keys.values]))
  }

  func examine(access: Int, element: Int, _ visit: (Examined.Part) -> Void) {
    plan.interface.examine(Block(record(access, element)[plan.keys.values]), visit)
  }
}

extension PlainMemoryShard {
  static func empty(_ plan: PlainMemoryPlan<M>, batch: Int) -> PlainMemoryState {
    PlainMemoryState(batch: batch, size: plan.memory.stateSize)
  }

  static func check(
    _ memory: PlainMemoryState, _ plan: PlainMemoryPlan<M>, batch: Int, _ what: String
  ) {
    require(
      memory.batch == batch && memory.size == plan.memory.stateSize,
      "\(what): a memory for batch \(batch) with \(plan.memory.stateSize) values was expected, not "
        + "for batch \(memory.batch) with \(memory.size)")
  }

  static func outgoing(
    _ incoming: inout PlainMemoryState?, _ plan: PlainMemoryPlan<M>,
    kernels: UnsafePointer<vk_table>, batch: Int, recording: Bool
  ) -> PlainMemoryState {
    guard !recording, var memory = incoming else { return empty(plan, batch: batch) }
    incoming = nil
    memory.makeUnique()
    return memory
  }

  static func tracer(_ plan: PlainMemoryPlan<M>) -> PlainMemoryTracer {
    PlainMemoryTracer(plan.interface.fields.map { ($0.name, $0.size) })
  }
}

/// Collects the states of a memory of a program's own, and its interface.
final class PlainMemoryTracer: MemoryTracer, @unchecked Sendable {
  private let fields: [(name: String, size: Int)]
  private var states: [[Float]] = []
  private var interfaces: [[Float]] = []

  init(_ fields: [(String, Int)]) { self.fields = fields.map { (name: $0.0, size: $0.1) } }

  func record(_ state: [Float], _ interface: [Float]) {
    states.append(state)
    interfaces.append(interface)
  }

  /// The state after each access, under the key `state`.
  var trace: [String: Tensor] { ["state": Tensor(rows: states)] }

  /// The squashed values of every field, under its name.
  var gates: [String: Tensor] {
    var tables: [String: Tensor] = [:]
    var first = 0
    for field in fields {
      tables[field.name] = Tensor(
        rows: interfaces.map { Array($0[first..<first + field.size]) })
      first += field.size
    }
    return tables
  }
}
