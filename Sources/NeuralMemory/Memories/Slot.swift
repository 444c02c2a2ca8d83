/// A typed place within a block: rows of elements, `stride` elements apart.
struct Slot<Element: BitwiseCopyable>: Sendable, Equatable {
  let offset: Int
  let stride: Int
}

/// A block of 4-byte elements whose parts are reached by their slots.
struct Block {
  let base: UnsafeMutablePointer<Float>

  @inline(__always)
  init(_ base: UnsafeMutablePointer<Float>) { self.base = base }

  @inline(__always)
  subscript(slot: Slot<Float>) -> UnsafeMutablePointer<Float> { base + slot.offset }

  @inline(__always)
  subscript(slot: Slot<Float>, row row: Int) -> UnsafeMutablePointer<Float> {
    base + slot.offset + row * slot.stride
  }

  @inline(__always)
  subscript(slot: Slot<Int32>) -> UnsafeMutablePointer<Int32> {
    UnsafeMutableRawPointer(base + slot.offset).assumingMemoryBound(to: Int32.self)
  }

  @inline(__always)
  subscript(slot: Slot<Int32>, row row: Int) -> UnsafeMutablePointer<Int32> {
    self[slot] + row * slot.stride
  }
}
