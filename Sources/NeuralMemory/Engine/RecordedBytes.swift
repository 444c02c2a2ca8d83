/// Part of what is kept of one time step, or of one access of a memory, for one batch element.
struct RecordedPart: Sendable {
  let mechanism: String
  let bytes: Int
  /// Whether it belongs to the memory's state, which `recomputeEvery` keeps at the ends of segments too.
  var isState = false
}

/// Bytes that a training pass keeps of a time step for the way back, for one batch element, by mechanism.
///
/// Computed from the very layouts that the engine works with. Parameters, their gradients and the memory that does not grow with the number of steps are not
/// in it.
public struct RecordedBytes: Sendable, Equatable {
  /// What one mechanism keeps.
  public struct Mechanism: Sendable, Equatable {
    public let name: String
    /// Bytes per time step and batch element, all layers together.
    public let bytes: Int
  }

  /// In the order of a time step.
  public let mechanisms: [Mechanism]
  private let controllers: Int
  private let state: Int
  private let record: Int
  private let recomputeEvery: Int

  /// - Throws: `ConfigurationError` if there is no such network.
  public init(_ configuration: NetworkConfiguration) throws {
    try configuration.validate()
    let plan = NetworkPlan(configuration)
    let memory: [RecordedPart] =
      switch configuration.memoryType {
      case .dnc: DensePlan(configuration).recordedParts
      case .sam, .sdnc: SparsePlan(configuration).recordedParts
      case .none: NoMemoryPlan(configuration).recordedParts
      }
    func sum(_ parts: some Sequence<RecordedPart>) -> Int { parts.reduce(0) { $0 + $1.bytes } }
    let own = plan.recordedParts
    controllers = sum(own)
    // every layer makes one access at a time step
    state = plan.layers * sum(memory.filter(\.isState))
    record = plan.layers * sum(memory.filter { !$0.isState })
    recomputeEvery = plan.recomputeEvery
    var mechanisms: [Mechanism] = []
    for (part, times) in own.map({ ($0, 1) }) + memory.map({ ($0, plan.layers) }) {
      let bytes = times * part.bytes
      if let known = mechanisms.firstIndex(where: { $0.name == part.mechanism }) {
        mechanisms[known] = Mechanism(
          name: part.mechanism, bytes: mechanisms[known].bytes + bytes)
      } else if bytes > 0 {
        mechanisms.append(Mechanism(name: part.mechanism, bytes: bytes))
      }
    }
    self.mechanisms = mechanisms
  }

  /// All mechanisms together, per time step and batch element, when every step is kept.
  public var perStep: Int { controllers + state + record }

  /// Bytes of a sequence of so many steps, for one batch element: with `recomputeEvery` k, the controllers' of all steps, the memory's of k steps, and the
  /// memory itself at every k-th.
  public func total(steps: Int) -> Int {
    guard recomputeEvery > 0 else { return steps * perStep }
    let within = min(steps, recomputeEvery)
    let states = min(steps, recomputeEvery - 1) + steps / recomputeEvery
    return steps * controllers + states * state + within * record
  }
}

extension NetworkPlan {
  /// What the controllers, the interface and the output layer keep of one time step.
  var recordedParts: [RecordedPart] {
    let float = MemoryLayout<Float>.stride
    let lstm = rnnType == .lstm ? cells.count * hiddenPadded : 0
    let masked = dropout > 0 ? cells.count { $0.depth > 0 } * hiddenPadded : 0
    return [
      ("controllers: inputs, reads and h", cells.reduce(0) { $0 + $1.width }),
      ("controllers: c", lstm), ("controllers: dropout", masked),
      ("controllers: gates and their gradient", 2 * cells.reduce(0) { $0 + $1.gates }),
      ("output layer and its gradient", 2 * (topWidth + outputPadded)),
      ("interface and its gradient", memories > 0 ? layers * interface.width : 0),
    ].map { RecordedPart(mechanism: $0, bytes: $1 * float) }
  }
}

/// The parts of a layout given by their offsets in ascending order, each up to the next.
func recordedParts(
  _ offsets: [(mechanism: String, offset: Int)], end: Int, element: Int, isState: Bool = false
) -> [RecordedPart] {
  offsets.enumerated().map { index, part in
    // parts of no length stand where the next one does
    let next = offsets[(index + 1)...].first { $0.offset != part.offset }?.offset ?? end
    let isLast = !offsets[(index + 1)...].contains { $0.offset == part.offset }
    return RecordedPart(
      mechanism: part.mechanism, bytes: isLast ? (next - part.offset) * element : 0,
      isState: isState)
  }
}
