import Foundation

/// Elements by memory cell, for the cells touched so far; what is added starts at a given value.
///
/// The storage grows by doubling, so an episode pays for the cells it touches, whatever their
/// number in all.
struct GrowingArray<Element: BitwiseCopyable> {
  private(set) var base: UnsafeMutablePointer<Element>
  /// What was allocated, of which `base` is the first address divisible by 64.
  private var block: UnsafeMutableRawPointer
  private(set) var capacity: Int
  /// Elements per cell.
  let stride: Int
  private let initial: Element

  init(stride: Int, initial: Element, capacity: Int = 0) {
    self.stride = stride
    self.initial = initial
    self.capacity = capacity
    (block, base) = GrowingArray.allocate(capacity * stride, initial: initial, from: 0)
  }

  /// Bytes it holds.
  var bytes: Int { capacity * stride * MemoryLayout<Element>.stride }

  /// Makes room for `cells` cells.
  mutating func grow(to cells: Int) {
    guard cells > capacity else { return }
    let larger = max(cells, 2 * capacity, 16)
    let (fresh, start) = GrowingArray.allocate(
      larger * stride, initial: initial, from: capacity * stride)
    start.update(from: base, count: capacity * stride)
    free(block)
    (block, base, capacity) = (fresh, start, larger)
  }

  /// Sets the first `cells` cells to what new ones start with.
  func clear(cells: Int) { base.update(repeating: initial, count: cells * stride) }

  /// Another array with the first `cells` cells of this one.
  func copy(cells: Int) -> GrowingArray {
    let other = GrowingArray(stride: stride, initial: initial, capacity: cells)
    other.base.update(from: base, count: cells * stride)
    return other
  }

  func release() { free(block) }

  /// Space for `count` elements, of which those from `first` on have their initial value.
  ///
  /// Zeros are left to the system: of a large array it gives pages only where something is written.
  private static func allocate(
    _ count: Int, initial: Element, from first: Int
  ) -> (block: UnsafeMutableRawPointer, base: UnsafeMutablePointer<Element>) {
    let bytes = max(count, 1) * MemoryLayout<Element>.stride + 63
    let isZero = withUnsafeBytes(of: initial) { $0.allSatisfy { $0 == 0 } }
    guard let block = isZero ? calloc(1, bytes) : malloc(bytes) else {
      fatalError("there are no \(bytes) bytes left for a sparse memory")
    }
    let base = block.alignedUp(toMultipleOf: 64).bindMemory(to: Element.self, capacity: count)
    if !isZero { (base + first).initialize(repeating: initial, count: count - first) }
    return (block, base)
  }
}
