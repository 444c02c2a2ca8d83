import TestSupport
import Testing

@testable import TensorCore

@Suite struct TensorTests {
  @Test func constructors() {
    let a = Tensor(shape: [2, 3], values: [1, 2, 3, 4, 5, 6])
    #expect(a.shape == [2, 3] && a.rank == 2 && a.count == 6)
    #expect(a.values == [1, 2, 3, 4, 5, 6])
    #expect(a == Tensor(rows: [[1, 2, 3], [4, 5, 6]]))
    #expect(Tensor([7, 8]).shape == [2])
    #expect(Tensor(shape: [2, 2]).values == [0, 0, 0, 0])
    #expect(Tensor(shape: [3], repeating: 1.5).values == [1.5, 1.5, 1.5])
    #expect(Tensor(shape: [], values: [4]).rank == 0)
    #expect(Tensor(shape: []).count == 1)
    #expect(Tensor(rows: []).shape == [0, 0])
    #expect(Tensor(rows: [[], []]).shape == [2, 0])
    #expect(Tensor(shape: [2, 0, 3]).count == 0)
  }

  @Test func equalityNeedsEqualShapes() {
    #expect(Tensor(shape: [2, 3]) != Tensor(shape: [3, 2]))
    #expect(Tensor(shape: [0, 3]) != Tensor(shape: [3, 0]))
    #expect(Tensor([1]) != Tensor([2]))
  }

  @Test func copiesAreIndependent() {
    let a = Tensor([1, 2])
    var b = a
    b[0] = 9
    b.values[1] = 8
    #expect(a.values == [1, 2])
    #expect(b.values == [9, 8])
  }

  @Test func elementCountOfForeignShapes() {
    #expect(Tensor.checkedElementCount(of: []) == 1)
    #expect(Tensor.checkedElementCount(of: [2, 3]) == 6)
    #expect(Tensor.checkedElementCount(of: [5, 0]) == 0)
    #expect(Tensor.checkedElementCount(of: [2, -3]) == nil)
    #expect(Tensor.checkedElementCount(of: [1 << 32, 1 << 31]) == nil)
    #expect(Tensor.checkedElementCount(of: [0, 1 << 32, 1 << 31]) == nil)
    #expect(Tensor.checkedElementCount(of: [1 << 32, 1 << 31, 0]) == nil)
    #expect(Tensor.checkedElementCount(of: [Int.max, 1]) == Int.max)
  }

  @Test func buffersReachTheElements() {
    var a = Tensor([1, 2, 3])
    a.withUnsafeMutableBuffer { $0[1] = 5 }
    #expect(a.withUnsafeBuffer { Array($0) } == [1, 5, 3])
  }
}

@Suite struct TensorIndexingTests {
  @Test func elementsReadAndWrite() {
    var random = RandomNumbers(seed: 1)
    for _ in 0..<50 {
      let tensor = randomTensor(&random, smallest: 1)
      for index in allIndices(tensor.shape) {
        #expect(tensor.values[tensor.offset(of: index)] == naiveElement(tensor, index))
        #expect(Tensor.indices(of: tensor.offset(of: index), in: tensor.shape) == index)
      }
    }
    var a = Tensor(shape: [2, 3])
    a[1, 2] = 4
    #expect(a[1, 2] == 4 && a.values == [0, 0, 0, 0, 0, 4])
    #expect(Tensor(shape: [], values: [3]).values[Tensor(shape: []).offset(of: [])] == 3)
  }

  @Test func slicesAgreeWithLoops() {
    var random = RandomNumbers(seed: 2)
    for _ in 0..<200 {
      let tensor = randomTensor(&random)
      let axis = random.integer(in: 0...(tensor.rank - 1))
      let low = random.integer(in: 0...tensor.shape[axis])
      let high = random.integer(in: low...tensor.shape[axis])
      let slice = tensor.slice(axis: axis, low..<high)
      var shape = tensor.shape
      shape[axis] = high - low
      #expect(slice.shape == shape)
      let expected = allIndices(shape).map { index in
        var index = index
        index[axis] += low
        return naiveElement(tensor, index)
      }
      #expect(slice.values == expected)

      let parts = [0..<low, low..<high, high..<tensor.shape[axis]]
      #expect(
        Tensor.concatenated(parts.map { tensor.slice(axis: axis, $0) }, axis: axis) == tensor)
    }
  }

  @Test func selectionDropsTheAxis() {
    var random = RandomNumbers(seed: 3)
    for _ in 0..<100 {
      let tensor = randomTensor(&random, smallest: 1)
      let axis = random.integer(in: 0...(tensor.rank - 1))
      let parts = (0..<tensor.shape[axis]).map { tensor.select(axis: axis, $0) }
      var shape = tensor.shape
      shape.remove(at: axis)
      #expect(parts.allSatisfy { $0.shape == shape })
      #expect(Tensor.stacked(parts, axis: axis) == tensor)
    }
  }

  @Test func stackingMakesANewAxis() {
    let (a, b) = (Tensor([1, 2]), Tensor([3, 4]))
    #expect(Tensor.stacked([a, b]) == Tensor(rows: [[1, 2], [3, 4]]))
    #expect(Tensor.stacked([a, b], axis: 1) == Tensor(rows: [[1, 3], [2, 4]]))
    #expect(Tensor.concatenated([a, Tensor([]), b]) == Tensor([1, 2, 3, 4]))
  }
}

@Suite struct TensorShapeTests {
  @Test func reshapingKeepsTheOrder() {
    let a = Tensor(shape: [2, 6], values: (0..<12).map { Float($0) })
    #expect(a.reshaped([3, 4]) == Tensor(shape: [3, 4], values: a.values))
    #expect(a.reshaped([3, -1]).shape == [3, 4])
    #expect(a.reshaped([-1]).shape == [12])
    #expect(a.reshaped([2, 1, -1, 3]).shape == [2, 1, 2, 3])
    #expect(Tensor(shape: [1]).reshaped([]).rank == 0)
    #expect(Tensor(shape: [0, 3]).reshaped([3, -1]).shape == [3, 0])
    #expect(Tensor(shape: [0, 3]).reshaped([5, 0]).shape == [5, 0])
  }

  @Test func transpositionsAgreeWithLoops() {
    var random = RandomNumbers(seed: 4)
    for _ in 0..<200 {
      let tensor = randomTensor(&random)
      var order = Array(0..<tensor.rank)
      order.shuffle(using: &random)
      let result = tensor.transposed(order)
      #expect(result.shape == order.map { tensor.shape[$0] })
      let expected = allIndices(result.shape).map { index in
        var source = index
        for (axis, from) in order.enumerated() { source[from] = index[axis] }
        return naiveElement(tensor, source)
      }
      #expect(result.values == expected)
    }
  }

  @Test func transpositionWithoutArgumentReversesTheAxes() {
    #expect(
      Tensor(rows: [[1, 2, 3], [4, 5, 6]]).transposed()
        == Tensor(rows: [[1, 4], [2, 5], [3, 6]]))
    #expect(Tensor(shape: [2, 3, 4]).transposed().shape == [4, 3, 2])
    #expect(Tensor(shape: []).transposed() == Tensor(shape: []))
  }
}

#if compiler(>=6.2)
  /// A programmer's slip must stop the program rather than read or write elsewhere.
  @Suite struct TensorPreconditionTests {
    @Test func wrongCount() async {
      await #expect(processExitsWith: .failure) { _ = Tensor(shape: [2], values: [1]) }
    }

    @Test func countChangedLater() async {
      await #expect(processExitsWith: .failure) {
        var tensor = Tensor([1])
        tensor.values.append(2)
      }
    }

    @Test func indexWithinTheStorageButNotTheAxis() async {
      await #expect(processExitsWith: .failure) { _ = Tensor(shape: [2, 3])[0, 3] }
    }

    @Test func sliceBeyondTheAxis() async {
      await #expect(processExitsWith: .failure) {
        _ = Tensor(shape: [2, 3]).slice(axis: 1, 1..<4)
      }
    }

    @Test func reshapingToAnotherCount() async {
      await #expect(processExitsWith: .failure) { _ = Tensor(shape: [2, 3]).reshaped([4, -1]) }
    }

    @Test func anAxisTwice() async {
      await #expect(processExitsWith: .failure) {
        _ = Tensor(shape: [2, 3]).transposed([0, 0])
      }
    }
  }
#endif
