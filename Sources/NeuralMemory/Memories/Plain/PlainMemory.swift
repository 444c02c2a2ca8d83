/// A memory of your own, over plain arrays: one batch element at one time step.
///
/// Its state is one flat vector, which starts at zero. The engine does the rest: the interface's
/// linear maps and squashing, batches, sequences of different lengths, several layers on a shared
/// memory or on one each, states and checkpoints. It is slower than the library's memories, whose
/// records lie in memory that is used again.
///
/// `docs/extending.md` adds a key–value memory and checks its gradient by finite differences.
public protocol PlainMemory: Memory where State == PlainMemoryState {
  /// What `backward` needs of a time step.
  associatedtype Saved: Sendable

  /// A memory with these settings, which have been validated.
  init(_ configuration: Configuration)

  /// What a controller tells the memory at each time step.
  var interface: [InterfaceField] { get }
  /// Length of the state vector.
  var stateSize: Int { get }

  /// One time step.
  ///
  /// - Parameters:
  ///   - interface: the squashed values of all fields, one after the other.
  ///   - state: the old state in, the new one out.
  ///   - reads: gets the read vectors: `configuration.readSize` values, zero at the start.
  func forward(interface: [Float], state: inout [Float], reads: inout [Float]) -> Saved

  /// The backward pass of one time step.
  ///
  /// - Parameters:
  ///   - saved: what `forward` returned.
  ///   - readGradient: the gradient of the read vectors.
  ///   - stateGradient: the gradient of the new state in, that of the old state out.
  ///   - interfaceGradient: gets the gradient of the interface's squashed values, zero at the
  ///     start.
  func backward(
    saved: Saved, readGradient: [Float], stateGradient: inout [Float],
    interfaceGradient: inout [Float])
}

/// The state of a `PlainMemory`: one vector for each batch element.
///
/// A value: copies are independent, and share their storage until one is changed.
public struct PlainMemoryState: MemoryState {
  public let batch: Int
  /// Length of a vector.
  public let size: Int
  private var storage: AlignedBuffer

  /// An empty memory: all zero.
  public init(batch: Int, size: Int) {
    self.batch = batch
    self.size = size
    storage = AlignedBuffer(count: batch * size)
  }

  public mutating func reset() { self = PlainMemoryState(batch: batch, size: size) }

  /// The vectors: [batch, size].
  public var values: Tensor {
    get { Tensor(shape: [batch, size], values: Array(storage.buffer)) }
    set {
      require(
        newValue.isMatrix(batch, size),
        "the memory's state has shape \([batch, size]), not \(newValue.shape)")
      makeUnique()
      newValue.withUnsafeBuffer { values in
        for i in 0..<batch * size { storage.base[i] = values[i] }
      }
    }
  }

  public static func == (a: PlainMemoryState, b: PlainMemoryState) -> Bool {
    a.batch == b.batch && a.size == b.size
      && (a.storage === b.storage || a.storage.buffer.elementsEqual(b.storage.buffer))
  }

  /// The vector of a batch element.
  func element(_ element: Int) -> UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(start: storage.base + element * size, count: size)
  }

  /// After this no other value shares the storage.
  mutating func makeUnique() {
    guard !isKnownUniquelyReferenced(&storage) else { return }
    let copy = AlignedBuffer(count: storage.count, zeroed: false)
    copy.base.update(from: storage.base, count: storage.count)
    storage = copy
  }
}
