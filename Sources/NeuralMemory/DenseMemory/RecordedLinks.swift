import VectorKernels

/// Link matrices through time, for a shard of the batch. Of large ones every `interval`-th is kept; those between are computed again on the way back, in registers, from
/// the last one kept: a few operations where reading a matrix from memory takes longer. Each element has one more, for the matrix that is in work.
final class RecordedLinks {
  /// Accesses from one kept matrix to the next.
  let interval: Int
  /// Room for the updates between two kept matrices.
  let steps: UnsafeMutablePointer<vk_link_step>

  private let size: Int
  private let kept: AlignedBuffer
  private let working: AlignedBuffer

  init(_ layout: DenseLayout, items: Int, accesses: Int) {
    size = layout.stateCount - layout.link
    // small ones stay in the cache, where computing again takes longer than reading
    interval = size > 4096 ? 3 : 1
    kept = AlignedBuffer(count: accesses / interval * items * size)
    working = AlignedBuffer(count: items * size)
    steps = .allocate(capacity: interval)
  }

  deinit { steps.deallocate() }

  /// Number of the last access at or before `access` before which the matrix is kept.
  @inline(__always)
  func kept(before access: Int) -> Int { access - access % interval }

  /// Where the matrix before access number `access`, which is not the first, stands or is to be put.
  @inline(__always)
  func matrix(before access: Int, item: Int, items: Int) -> UnsafeMutablePointer<Float> {
    guard access % interval == 0 else { return working.base + item * size }
    return kept.base + ((access / interval - 1) * items + item) * size
  }
}
