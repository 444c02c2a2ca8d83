/// The memory of a whole batch in the form of the engine that works on it.
///
/// An abstract class, because only a class reference can be asked whether it is the only one. Each
/// engine has a subclass; `DenseMemoryState` sees tensors alone.
class DenseMemoryStorage: @unchecked Sendable {
  /// A part's values: [batch, …], as the part's shape says.
  func tensor(_ part: DenseStateLayout.Part) -> Tensor { fatalError("not overridden") }

  /// Replaces a part by a tensor of its shape. Nothing else holds the storage.
  func set(_ part: DenseStateLayout.Part, to tensor: Tensor) { fatalError("not overridden") }

  /// An independent copy.
  func copy() -> DenseMemoryStorage { fatalError("not overridden") }

  /// Itself, if it has the CPU engine's form. (A cast takes longer than a call, and a step makes
  /// several.)
  var blocks: DenseBlocks? { nil }
}

/// The CPU engine's form: one block for each batch element, laid out as `DenseStateLayout` says.
final class DenseBlocks: DenseMemoryStorage, @unchecked Sendable {
  let layout: DenseStateLayout
  let batch: Int
  let buffer: AlignedBuffer
  /// The dialect whose norms of the cells are in the blocks, if they are.
  var normsOf: Dialect?

  init(batch: Int, layout: DenseStateLayout, zeroed: Bool = true) {
    self.batch = batch
    self.layout = layout
    buffer = AlignedBuffer(count: batch * layout.count, zeroed: zeroed)
  }

  /// The block of a batch element.
  @inline(__always)
  func block(_ element: Int) -> Block { Block(buffer.base + element * layout.count) }

  override var blocks: DenseBlocks? { self }

  override func tensor(_ part: DenseStateLayout.Part) -> Tensor {
    var values: [Float] = []
    values.reserveCapacity(batch * part.count)
    for element in 0..<batch { part.append(block(element)[part.slot], to: &values) }
    return Tensor(shape: [batch] + part.shape, values: values)
  }

  override func set(_ part: DenseStateLayout.Part, to tensor: Tensor) {
    tensor.withUnsafeBuffer { values in
      for element in 0..<batch {
        part.assign(values.baseAddress! + element * part.count, to: block(element)[part.slot])
      }
    }
    if part.name == "memory" { normsOf = nil }
  }

  override func copy() -> DenseMemoryStorage {
    let other = DenseBlocks(batch: batch, layout: layout, zeroed: false)
    other.buffer.base.update(from: buffer.base, count: buffer.count)
    other.normsOf = normsOf
    return other
  }
}
