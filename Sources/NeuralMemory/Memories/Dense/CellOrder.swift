import VectorKernels

/// Sorts the cells by usage, ascending, equal ones by index (docs/equations/dnc.md, step 2).
///
/// û = ε + (1 − ε) u ascends with u, so u itself is sorted. Small memories count ranks, sixteen
/// cells at a time; large ones merge.
struct CellOrder {
  private let cells: Int
  private let scratch: UnsafeMutableBufferPointer<UInt64>?
  private let owner: AlignedBuffer?

  /// Up to here counting is faster.
  static let countingLimit = 384

  init(cells: Int) {
    self.cells = cells
    guard cells > Self.countingLimit else {
      scratch = nil
      owner = nil
      return
    }
    // two arrays of keys of 8 bytes
    let owner = AlignedBuffer(count: 4 * cells)
    self.owner = owner
    scratch = UnsafeMutableRawBufferPointer(owner.buffer).bindMemory(to: UInt64.self)
  }

  func sort(
    _ usage: UnsafePointer<Float>, into order: UnsafeMutablePointer<Int32>,
    _ kernels: UnsafePointer<vk_table>
  ) {
    guard let scratch else {
      kernels.pointee.order(order, usage, cells)
      return
    }
    var from = scratch.baseAddress!
    var to = from + cells
    for i in 0..<cells {
      let bits = usage[i].bitPattern
      let ascending = bits ^ (bits >> 31 == 1 ? 0xffff_ffff : 0x8000_0000)
      from[i] = UInt64(ascending) << 32 | UInt64(i)
    }
    var run = 1
    while run < cells {
      for start in stride(from: 0, to: cells, by: 2 * run) {
        merge(
          from + start, min(run, cells - start),
          from + min(start + run, cells), max(0, min(run, cells - start - run)), into: to + start)
      }
      swap(&from, &to)
      run *= 2
    }
    for i in 0..<cells { order[i] = Int32(truncatingIfNeeded: from[i] & 0xffff_ffff) }
  }

  private func merge(
    _ a: UnsafePointer<UInt64>, _ countA: Int, _ b: UnsafePointer<UInt64>, _ countB: Int,
    into out: UnsafeMutablePointer<UInt64>
  ) {
    var i = 0
    var j = 0
    var k = 0
    while i < countA && j < countB {
      let first = a[i] <= b[j]
      out[k] = first ? a[i] : b[j]
      i &+= first ? 1 : 0
      j &+= first ? 0 : 1
      k &+= 1
    }
    while i < countA {
      out[k] = a[i]
      i &+= 1
      k &+= 1
    }
    while j < countB {
      out[k] = b[j]
      j &+= 1
      k &+= 1
    }
  }
}
