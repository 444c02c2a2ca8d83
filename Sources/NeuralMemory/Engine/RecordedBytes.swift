/// What a training pass records of a sequence for the backward pass, for one batch element, by
/// mechanism: bytes.
///
/// Computed from the very layouts that the engine works with. Parameters, their gradients and what
/// does not grow with the number of steps are not in it.
public struct RecordedBytes: Sendable, Equatable {
  /// What one mechanism keeps.
  public struct Mechanism: Sendable, Equatable {
    /// The mechanism, in words.
    public let name: String
    /// All layers and steps together.
    public let bytes: Int
  }

  /// In the order of a time step.
  public let mechanisms: [Mechanism]

  /// All mechanisms together.
  public var total: Int { mechanisms.reduce(0) { saturatingSum($0, $1.bytes) } }

  /// For a sequence of `steps` time steps, at least 0. What is more than `Int` can hold counts as
  /// `Int.max`.
  ///
  /// - Throws: `ConfigurationError` if there is no such network.
  public init(_ configuration: NetworkConfiguration, steps: Int) throws {
    try configuration.validate()
    require(steps >= 0, "a sequence cannot have \(steps) time steps")
    let memory = configuration.memoryPlan
    let plan = NetworkPlan(configuration, interface: memory.interface)
    // each layer makes one access at a time step, of the memory that all share or of its own
    let accesses = saturatingProduct(steps, plan.accessesPerStep)
    var mechanisms: [Mechanism] = []
    func add(_ part: RecordedPart, times: Int) {
      let bytes = saturatingProduct(times, part.bytes)
      if let known = mechanisms.firstIndex(where: { $0.name == part.mechanism }) {
        mechanisms[known] = Mechanism(
          name: part.mechanism, bytes: saturatingSum(mechanisms[known].bytes, bytes))
      } else if bytes > 0 {
        mechanisms.append(Mechanism(name: part.mechanism, bytes: bytes))
      }
    }
    for part in plan.recordedParts { add(part, times: steps) }
    for part in memory.recordedParts {
      add(part, times: saturatingProduct(plan.memories, part.kept(accesses)))
    }
    self.mechanisms = mechanisms
  }
}

/// Of numbers that are not negative; `Int.max` where that is too small.
private func saturatingSum(_ a: Int, _ b: Int) -> Int {
  let (sum, overflow) = a.addingReportingOverflow(b)
  return overflow ? .max : sum
}

private func saturatingProduct(_ a: Int, _ b: Int) -> Int {
  let (product, overflow) = a.multipliedReportingOverflow(by: b)
  return overflow ? .max : product
}

/// Part of what is kept of one time step, or of one access of a memory, for one batch element.
struct RecordedPart: Sendable {
  let mechanism: String
  let bytes: Int
  /// How many of them are kept of a number of accesses.
  var kept: @Sendable (_ accesses: Int) -> Int = { $0 }
}

extension NetworkPlan {
  /// What the controllers, the interface and the output layer keep of one time step.
  var recordedParts: [RecordedPart] {
    let float = MemoryLayout<Float>.stride
    let count = hiddenLayers.count
    let gates = (controller as? any GatedController)?.gateBlocks ?? 0
    let masked = dropout > 0 ? hiddenLayers.count { $0.depth > 0 } * unitsPadded : 0
    return [
      ("controllers: inputs, reads and h", hiddenLayers.reduce(0) { $0 + $1.width }),
      ("controllers: c", hasCellState ? count * unitsPadded : 0),
      ("controllers: dropout", masked),
      ("controllers: gates and their gradient", 2 * count * gates * unitsPadded),
      ("output layer and its gradient", 2 * (topWidth + outputPadded)),
      ("interface and its gradient", memories > 0 ? layers * interface.width : 0),
    ].map { RecordedPart(mechanism: $0, bytes: $1 * float) }
  }
}
