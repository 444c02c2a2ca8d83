import TensorCore

/// Numbers of one kind by cell, for the cells touched so far; what is added starts at a given value.
///
/// The storage grows by doubling, so an episode pays for the cells it touches, whatever their number in all.
struct GrowingArray<Element: BitwiseCopyable> {
  private(set) var base: UnsafeMutablePointer<Element>
  private(set) var capacity: Int
  /// Elements per cell.
  let stride: Int
  private let initial: Element

  init(stride: Int, initial: Element, capacity: Int = 0) {
    self.stride = stride
    self.initial = initial
    self.capacity = capacity
    base = GrowingArray.allocate(capacity * stride)
    base.initialize(repeating: initial, count: capacity * stride)
  }

  /// Bytes it holds.
  var bytes: Int { capacity * stride * MemoryLayout<Element>.stride }

  /// Makes room for `cells` cells.
  mutating func grow(to cells: Int) {
    guard cells > capacity else { return }
    let larger = max(cells, 2 * capacity, 16)
    let fresh = GrowingArray.allocate(larger * stride)
    fresh.update(from: base, count: capacity * stride)
    (fresh + capacity * stride).initialize(
      repeating: initial, count: (larger - capacity) * stride)
    GrowingArray.deallocate(base)
    base = fresh
    capacity = larger
  }

  /// Another array with the first `cells` cells of this one.
  func copy(cells: Int) -> GrowingArray {
    let other = GrowingArray(stride: stride, initial: initial, capacity: cells)
    other.base.update(from: base, count: cells * stride)
    return other
  }

  func release() { GrowingArray.deallocate(base) }

  private static func allocate(_ count: Int) -> UnsafeMutablePointer<Element> {
    UnsafeMutableRawPointer.allocate(
      byteCount: max(count, 1) * MemoryLayout<Element>.stride, alignment: 64
    ).bindMemory(to: Element.self, capacity: max(count, 1))
  }

  private static func deallocate(_ pointer: UnsafeMutablePointer<Element>) {
    UnsafeMutableRawPointer(pointer).deallocate()
  }
}
