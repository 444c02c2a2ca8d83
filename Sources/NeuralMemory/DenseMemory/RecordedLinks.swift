import VectorKernels

/// Link matrices through time, for a shard of the batch. Of large ones every `interval`-th is kept; those between are computed again on the way back, in registers, from
/// the last one kept: a few operations where reading a matrix from memory takes longer. Each element has one more, for the matrix that is in work.
///
/// Those at the ends of segments (`DensePlan.segment`) are kept for good, those within for one segment at a time.
final class RecordedLinks {
  /// Accesses from one kept matrix to the next.
  let interval: Int
  /// Room for the updates between two kept matrices.
  let steps: UnsafeMutablePointer<vk_link_step>

  private let size: Int
  private let segment: Int
  private let kept: AlignedBuffer
  private let ends: AlignedBuffer
  private let working: AlignedBuffer

  /// Accesses from one kept matrix to the next. Small ones stay in the cache, where computing again takes longer than reading.
  static func interval(_ layout: DenseLayout) -> Int {
    layout.stateCount - layout.link > 4096 ? 3 : 1
  }

  init(_ layout: DenseLayout, items: Int, accesses: Int, segment: Int) {
    size = layout.stateCount - layout.link
    interval = RecordedLinks.interval(layout)
    self.segment = segment
    kept = AlignedBuffer(count: min(accesses, segment - 1) / interval * items * size)
    ends = AlignedBuffer(count: accesses / segment * items * size)
    working = AlignedBuffer(count: items * size)
    steps = .allocate(capacity: interval)
  }

  deinit { steps.deallocate() }

  /// Number of the last access at or before `access` before which the matrix is kept.
  @inline(__always)
  func kept(before access: Int) -> Int { access - access % segment % interval }

  /// Numbers that it holds, but for the matrices in work.
  var count: Int { kept.count + ends.count }

  /// Where the matrix before access number `access`, which is not the first, stands or is to be put.
  @inline(__always)
  func matrix(before access: Int, item: Int, items: Int) -> UnsafeMutablePointer<Float> {
    let (segment, place) = access.quotientAndRemainder(dividingBy: segment)
    if place == 0 { return ends.base + ((segment - 1) * items + item) * size }
    guard place % interval == 0 else { return working.base + item * size }
    return kept.base + ((place / interval - 1) * items + item) * size
  }
}
