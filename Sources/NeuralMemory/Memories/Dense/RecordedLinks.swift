import VectorKernels

/// Link matrices through time, for a shard of the batch.
///
/// Of large matrices every `interval`-th is kept; those between are computed again in the backward
/// pass, in registers, from the last one kept: a few operations where reading a matrix from memory
/// takes longer. Each element has one more, for the matrix in use. Those at the ends of segments
/// (`DensePlan.segment`) are kept for good, those within for one segment at a time.
final class RecordedLinks {
  /// A kept link matrix and the updates that lead from it to a later one.
  struct Updates {
    let from: UnsafeMutablePointer<Float>
    let steps: UnsafeMutablePointer<vk_link_step>
    let count: Int
  }

  /// Accesses from one kept matrix to the next.
  let interval: Int
  /// Room for the updates between two kept matrices.
  let steps: UnsafeMutablePointer<vk_link_step>

  private let size: Int
  private let segment: Int
  private let kept: AlignedBuffer
  private let ends: AlignedBuffer
  private let working: AlignedBuffer

  /// Accesses from one kept matrix to the next. Small ones stay in the cache, where computing them
  /// again takes longer than reading.
  static func interval(_ layout: DenseStateLayout) -> Int { layout.linkCount > 4096 ? 3 : 1 }

  init(_ layout: DenseStateLayout, elements: Int, accesses: Int, segment: Int) {
    size = layout.linkCount
    interval = RecordedLinks.interval(layout)
    self.segment = segment
    kept = AlignedBuffer(count: min(accesses, segment - 1) / interval * elements * size)
    ends = AlignedBuffer(count: accesses / segment * elements * size)
    working = AlignedBuffer(count: elements * size)
    steps = .allocate(capacity: interval)
  }

  deinit { steps.deallocate() }

  /// Number of the last access at or before `access` before which the matrix is kept.
  @inline(__always)
  func kept(before access: Int) -> Int { access - access % segment % interval }

  /// Values that it holds, without the matrices in use.
  var count: Int { kept.count + ends.count }

  /// Where the matrix before access number `access`, which is not the first, is or is to be put.
  @inline(__always)
  func matrix(
    before access: Int, element: Int, elements: Int
  ) -> UnsafeMutablePointer<Float> {
    let (segment, place) = access.quotientAndRemainder(dividingBy: segment)
    if place == 0 { return ends.base + ((segment - 1) * elements + element) * size }
    guard place % interval == 0 else { return working.base + element * size }
    return kept.base + ((place / interval - 1) * elements + element) * size
  }
}
