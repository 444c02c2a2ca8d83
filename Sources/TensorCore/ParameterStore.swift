import Foundation

/// One flat vector of values with named, shaped views.
///
/// Parameters, gradients and the optimizer's moments are all stores with one layout, so that
/// clipping, the optimizer, averaging and the checkpoint are one loop each. Value semantics; copies
/// share their storage until one of them is changed. Two stores are equal if layout and values are.
public struct ParameterStore: Sendable, Equatable {
  /// The names, shapes and positions of the tensors.
  public let layout: ParameterLayout

  /// All tensors as one flat vector, `layout.count` long.
  ///
  /// May be replaced or changed in place; its length must stay the same.
  public var values: [Float] {
    get { storage }
    // An observer would copy the vector at each change from another module.
    _modify {
      defer { finishChange() }
      yield &storage
    }
    set {
      storage = newValue
      finishChange()
    }
  }

  private var storage: [Float]

  /// Identifies the content: no two changes anywhere in the process give the same number, and a
  /// copy keeps the number of its original. Caches of derived values compare it.
  package private(set) var version: UInt64

  /// Makes a store from a flat vector, or of zeros.
  ///
  /// - Precondition: `values`, if given, has `layout.count` elements.
  public init(layout: ParameterLayout, values: [Float]? = nil) {
    let values = values ?? [Float](repeating: 0, count: layout.count)
    require(
      values.count == layout.count,
      "the layout holds \(layout.count) values, it was given \(values.count)")
    self.layout = layout
    self.storage = values
    self.version = ContentVersion.next()
  }

  private mutating func finishChange() {
    require(
      storage.count == layout.count,
      "the layout holds \(layout.count) values, it was given \(storage.count)")
    version = ContentVersion.next()
  }

  /// The tensor of a name: a copy to read, or one to be stored.
  ///
  /// - Precondition: The name is in the layout; a tensor to be stored has the shape the layout
  ///   says.
  /// - Complexity: O(*n*), *n* being the number of elements of the tensor.
  public subscript(name: String) -> Tensor {
    get {
      guard let tensor = tensor(named: name) else {
        fatalError("there is no parameter \"\(name)\"")
      }
      return tensor
    }
    set {
      guard let entry = layout[name] else {
        fatalError("there is no parameter \"\(name)\"")
      }
      require(
        newValue.shape == entry.shape,
        "parameter \"\(name)\" has shape \(entry.shape), not \(newValue.shape)")
      withUnsafeMutableValues { target in
        newValue.withUnsafeBuffer { source in
          for i in 0..<entry.count { target[entry.offset + i] = source[i] }
        }
      }
    }
  }

  /// The tensor of a name, or nil if the layout has none.
  public func tensor(named name: String) -> Tensor? {
    layout[name].map { Tensor(shape: $0.shape, values: Array(values[$0.range])) }
  }

  /// The Euclidean norm of all values together, added in double precision in a fixed order.
  public var globalNorm: Double {
    withUnsafeValues { sumOfSquares($0).squareRoot() }
  }

  /// The first value that is infinite or NaN: its tensor's name, its index per axis and the value.
  ///
  /// - Returns: nil if all values are finite.
  /// - Complexity: O(`layout.count`).
  public func firstNonFinite() -> (name: String, indices: [Int], value: Float)? {
    guard
      let position = withUnsafeValues({ firstNonFiniteIndex(in: $0) }),
      let entry = layout.entry(containing: position)
    else { return nil }
    return (entry.name, entry.indices(of: position), values[position])
  }

  /// Calls `body` with the flat vector, valid during the call only.
  package func withUnsafeValues<R>(
    _ body: (UnsafeBufferPointer<Float>) throws -> R
  ) rethrows -> R {
    try values.withUnsafeBufferPointer(body)
  }

  /// Calls `body` with the flat vector to be changed, valid during the call only.
  package mutating func withUnsafeMutableValues<R>(
    _ body: (UnsafeMutableBufferPointer<Float>) throws -> R
  ) rethrows -> R {
    try values.withUnsafeMutableBufferPointer { try body($0) }
  }

  /// Whether two stores hold the same names, shapes and values.
  public static func == (a: ParameterStore, b: ParameterStore) -> Bool {
    a.layout == b.layout && (a.version == b.version || a.values == b.values)
  }
}

/// The source of the versions of all stores.
private enum ContentVersion {
  private static let lock = NSLock()
  // Guarded by the lock.
  nonisolated(unsafe) private static var last: UInt64 = 0

  static func next() -> UInt64 {
    lock.lock()
    defer { lock.unlock() }
    last += 1
    return last
  }
}
