import Testing
import VectorKernels

/// The instruction sets that this processor runs; the tests of kernels are repeated for each of
/// them.
let levels = (0...2).filter { vk_table_for_level(Int32($0)) != nil }

/// The kernels of a level.
func kernels(_ level: Int) -> vk_table {
  vk_table_for_level(Int32(level))!.pointee
}

let lanes = Int(VK_LANES)

/// The least whole number of vectors, in floats.
func padded(_ count: Int) -> Int {
  (count + lanes - 1) / lanes * lanes
}

/// Space for a kernel's output, with numbers behind it that no kernel may touch.
struct Canvas {
  /// What the kernel gets.
  var floats: [Float]
  private let count: Int
  private static let edge: [Float] = (0..<32).map { 12345 + Float($0) }

  /// Space that is to be overwritten: NaN at first.
  init(_ count: Int) {
    self.init([Float](repeating: .nan, count: count))
  }

  /// Space that a kernel adds to or changes in place.
  init(_ start: [Float]) {
    count = start.count
    floats = start + Canvas.edge
  }

  /// What the kernel has written; records an issue if it went too far.
  func values(sourceLocation: SourceLocation = #_sourceLocation) -> [Float] {
    #expect(
      Array(floats[count...]) == Canvas.edge, "written behind the end",
      sourceLocation: sourceLocation)
    return Array(floats[..<count])
  }
}
