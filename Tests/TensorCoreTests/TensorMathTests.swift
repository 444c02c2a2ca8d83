import Testing

@testable import TensorCore

@Suite struct TensorMathTests {
  let a = Tensor(rows: [[1, -2], [3, 4]])
  let b = Tensor(rows: [[1, 5], [-3, 2]])

  @Test func elementwise() {
    #expect(a.map { $0 * 2 } == Tensor(rows: [[2, -4], [6, 8]]))
    #expect(a.combining(b, -) == Tensor(rows: [[0, -7], [6, 2]]))
  }

  @Test func comparisons() {
    #expect((a .== b) == Tensor(rows: [[1, 0], [0, 0]]))
    #expect((a .!= b) == Tensor(rows: [[0, 1], [1, 1]]))
    #expect((a .< b) == Tensor(rows: [[0, 1], [0, 0]]))
    #expect((a .<= b) == Tensor(rows: [[1, 1], [0, 0]]))
    #expect((a .> b) == Tensor(rows: [[0, 0], [1, 1]]))
    #expect((a .>= b) == Tensor(rows: [[1, 0], [1, 1]]))
    #expect((a .== 3) == Tensor(rows: [[0, 0], [1, 0]]))
    #expect((a .!= 3) == Tensor(rows: [[1, 1], [0, 1]]))
    #expect((a .< 3) == Tensor(rows: [[1, 1], [0, 0]]))
    #expect((a .<= 3) == Tensor(rows: [[1, 1], [1, 0]]))
    #expect((a .> 3) == Tensor(rows: [[0, 0], [0, 1]]))
    #expect((a .>= 3) == Tensor(rows: [[0, 0], [1, 1]]))
  }

  @Test func reductions() {
    #expect(a.sum == 6 && a.mean == 1.5 && a.min == -2 && a.max == 4)
    let none = Tensor([])
    #expect(none.sum == 0 && none.mean.isNaN && none.min == nil && none.max == nil)
    #expect(Tensor([1, .nan, 2]).max?.isNaN == true)
    #expect(Tensor([.nan, 2]).min?.isNaN == true)
    #expect(Tensor([-.infinity, .infinity]).min == -.infinity)
  }

  @Test func sumsAreAddedInDoublePrecision() {
    // In single precision the ones would vanish beside 2^24.
    #expect(Tensor([0x1p24] + [Float](repeating: 1, count: 100)).sum == 0x1p24 + 100)
  }

  @Test func finiteness() {
    for count in [1, 15, 16, 17, 33, 64, 100] {
      for position in 0..<count {
        for bad in [Float.nan, .infinity, -.infinity] {
          var values = [Float](repeating: .greatestFiniteMagnitude, count: count)
          values[position] = bad
          #expect(values.withUnsafeBufferPointer { firstNonFiniteIndex(in: $0) } == position)
        }
      }
      #expect(Tensor(shape: [count], repeating: -.greatestFiniteMagnitude).allFinite)
    }
    #expect(Tensor([]).allFinite)
    #expect(!Tensor([1, .nan]).allFinite)
  }

  @Test func closeness() {
    #expect(a.isClose(to: a, relative: 0, absolute: 0))
    #expect(Tensor([1.01]).isClose(to: Tensor([1]), relative: 0.02, absolute: 0))
    #expect(!Tensor([1.01]).isClose(to: Tensor([1]), relative: 0.005, absolute: 0))
    #expect(Tensor([0.01]).isClose(to: Tensor([0]), relative: 0, absolute: 0.02))
    #expect(!Tensor([0.01]).isClose(to: Tensor([0]), relative: 1, absolute: 0.005))
    #expect(!Tensor([1, 1]).isClose(to: Tensor(rows: [[1, 1]]), relative: 1, absolute: 1))
    #expect(Tensor([.infinity]).isClose(to: Tensor([.infinity])))
    #expect(!Tensor([.infinity]).isClose(to: Tensor([1]), relative: 1, absolute: 1))
    #expect(!Tensor([1]).isClose(to: Tensor([.infinity]), relative: 1, absolute: 1))
    #expect(!Tensor([.nan]).isClose(to: Tensor([.nan]), relative: 1, absolute: 1))
  }

  @Test func largestDifference() {
    #expect(a.maxAbsDifference(to: b) == 7)
    #expect(Tensor([]).maxAbsDifference(to: Tensor([])) == 0)
    #expect(Tensor([.infinity, 1]).maxAbsDifference(to: Tensor([.infinity, 2])) == 1)
    #expect(Tensor([.infinity]).maxAbsDifference(to: Tensor([1])) == .infinity)
    #expect(Tensor([3, .nan, 1]).maxAbsDifference(to: Tensor([1, 1, 1])).isNaN)
  }

  @Test func squaresAreSummedWithoutLosingAny() {
    for count in 0..<40 {
      let values = (0..<count).map { Float($0 + 1) }
      let expected = (0..<count).reduce(0) { $0 + ($1 + 1) * ($1 + 1) }
      #expect(values.withUnsafeBufferPointer { sumOfSquares($0) } == Double(expected))
    }
    let huge: [Float] = [1.5e38, 2e38]
    #expect(huge.withUnsafeBufferPointer { abs(sumOfSquares($0).squareRoot() / 2.5e38 - 1) < 1e-6 })
  }
}
