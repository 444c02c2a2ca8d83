import TensorCore
import Testing

/// The expected texts are what NumPy 2.4 prints for the same arrays.
@Suite struct TensorDescriptionTests {
  @Test(arguments: [
    (Tensor(shape: [], values: [2.5]), "2.5"),
    (Tensor([1, 2, 3]), "[1. 2. 3.]"),
    (Tensor([0, -0.0]), "[ 0. -0.]"),
    (Tensor([0.1, 1 / 3, 100]), "[  0.1          0.33333334 100.        ]"),
    (Tensor([0.00123456789, 0.5]), "[0.00123457 0.5       ]"),
    (Tensor([1e-5, 1, -2e10]), "[ 1.e-05  1.e+00 -2.e+10]"),
    (Tensor([3.4028235e38, .leastNonzeroMagnitude]), "[3.4028235e+38 1.4012985e-45]"),
    (Tensor([999_999, 1000]), "[999999.   1000.]"),
    (Tensor([1_000_000, 1000]), "[1.e+06 1.e+03]"),
    (Tensor([.nan, 1, -.infinity, .infinity]), "[ nan   1. -inf  inf]"),
    (Tensor([.nan, .nan]), "[nan nan]"),
    (Tensor([.infinity, 1e10]), "[   inf 1.e+10]"),
  ])
  func numbers(tensor: Tensor, text: String) {
    #expect(tensor.description == text)
  }

  @Test func matricesLineUp() {
    #expect(
      "\(Tensor(rows: [[1, 2.5], [-3, 0.25]]))" == """
        [[ 1.    2.5 ]
         [-3.    0.25]]
        """)
  }

  @Test func higherRanksAreSeparatedByEmptyLines() {
    #expect(
      "\(Tensor(shape: [2, 2, 2], values: [1, 2, 3, 4, 5, 6, 7, 8]))" == """
        [[[1. 2.]
          [3. 4.]]

         [[5. 6.]
          [7. 8.]]]
        """)
  }

  @Test func longLinesAreBroken() {
    #expect(
      "\(Tensor((0..<30).map { Float($0) / 4 }))" == """
        [0.   0.25 0.5  0.75 1.   1.25 1.5  1.75 2.   2.25 2.5  2.75 3.   3.25
         3.5  3.75 4.   4.25 4.5  4.75 5.   5.25 5.5  5.75 6.   6.25 6.5  6.75
         7.   7.25]
        """)
  }

  @Test func largeTensorsAreSummarised() {
    #expect("\(Tensor(shape: [1001]))" == "[0. 0. 0. ... 0. 0. 0.]")
    #expect(!"\(Tensor(shape: [1000]))".contains("..."))
    #expect(
      "\(Tensor(shape: [2, 1000], values: (0..<2000).map { Float($0) }))" == """
        [[0.000e+00 1.000e+00 2.000e+00 ... 9.970e+02 9.980e+02 9.990e+02]
         [1.000e+03 1.001e+03 1.002e+03 ... 1.997e+03 1.998e+03 1.999e+03]]
        """)
    #expect(
      "\(Tensor(shape: [300, 4], repeating: 1))" == """
        [[1. 1. 1. 1.]
         [1. 1. 1. 1.]
         [1. 1. 1. 1.]
         ...
         [1. 1. 1. 1.]
         [1. 1. 1. 1.]
         [1. 1. 1. 1.]]
        """)
  }

  @Test func emptyTensorsShowTheirShape() {
    #expect("\(Tensor(shape: [0, 3]))" == "[] of shape [0, 3]")
    #expect("\(Tensor([]))" == "[] of shape [0]")
  }
}
