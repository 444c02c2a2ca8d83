import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Memory for floats at an address divisible by 64, so that no vector load crosses a cache line.
///
/// The owner sees to it that no two threads write the same part at once.
package final class AlignedBuffer: @unchecked Sendable {
  /// The first element.
  package let base: UnsafeMutablePointer<Float>
  /// The number of elements.
  package let count: Int

  /// Takes memory for `count` floats; without `zeroed` their values are whatever was there.
  package init(count: Int, zeroed: Bool = true) {
    require(count >= 0, "a buffer cannot hold \(count) numbers")
    self.count = count
    let byteCount = Swift.max(count, 1) * MemoryLayout<Float>.stride
    let raw = UnsafeMutableRawPointer.allocate(
      byteCount: byteCount,
      alignment: byteCount >= AlignedBuffer.hugePage ? AlignedBuffer.hugePage : 64)
    #if canImport(Glibc) || canImport(Musl)
      // Records of many megabytes are walked once forward and once backward: with small pages, much
      // of that time goes into looking them up. Only a wish; where the system does not grant it,
      // nothing is lost.
      if byteCount >= AlignedBuffer.hugePage { madvise(raw, byteCount, MADV_HUGEPAGE) }
    #endif
    base = raw.bindMemory(to: Float.self, capacity: Swift.max(count, 1))
    if zeroed { base.initialize(repeating: 0, count: count) }
    AlignedBuffer.lock.lock()
    AlignedBuffer.allocations += 1
    AlignedBuffer.lock.unlock()
  }

  deinit {
    UnsafeMutableRawPointer(base).deallocate()
  }

  /// The elements.
  package var buffer: UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(start: base, count: count)
  }

  /// How many buffers the process has made so far: a loop that makes none leaves it as it is.
  package static var allocationCount: Int {
    lock.lock()
    defer { lock.unlock() }
    return allocations
  }

  private static let hugePage = 2 << 20

  private static let lock = NSLock()
  // Guarded by the lock.
  nonisolated(unsafe) private static var allocations = 0
}
