import TensorCore
import Testing
import VectorKernels

@testable import NeuralMemory

@Suite struct CellOrderTests {
  private func order(_ usage: [Float]) -> [Int] {
    var order = [Int32](repeating: -1, count: usage.count)
    let sorter = CellOrder(cells: usage.count)
    order.withUnsafeMutableBufferPointer { order in
      usage.withUnsafeBufferPointer { usage in
        sorter.sort(usage.baseAddress!, into: order.baseAddress!, vk_active())
      }
    }
    return order.map(Int.init)
  }

  /// Counting and merging, at sizes around whole vectors, around the limit between both, and around
  /// powers of two.
  @Test(arguments: [
    1, 2, 15, 16, 17, 31, 33, 100, 383, 384, 385, 511, 512, 513, 1000, 1025,
  ])
  func sortsByUsageThenIndex(cells: Int) {
    var random = RandomNumbers(seed: UInt64(cells))
    for levels in [1, 3, 1_000_000] {
      let usage = (0..<cells).map { _ in
        Float(random.integer(in: 0...levels)) / Float(levels) - 0.001
      }
      let expected = usage.indices.sorted { (usage[$0], $0) < (usage[$1], $1) }
      #expect(order(usage) == expected, "\(cells) cells, \(levels) levels")
    }
  }

  /// Every cell has a place, whatever the usages: the order is what later steps index by.
  @Test(arguments: [5, 40, 500])
  func isAlwaysAPermutation(cells: Int) {
    var random = RandomNumbers(seed: 1)
    for _ in 0..<20 {
      let usage = (0..<cells).map { _ in
        random.pick([Float.nan, -.nan, .infinity, -.infinity, 0, -0.0, 1, 0.5])
      }
      #expect(order(usage).sorted() == Array(0..<cells))
    }
  }
}
