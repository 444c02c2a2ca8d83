import Foundation
import Testing
import VectorKernels

/// exp, sigmoid, tanh and softplus against double precision.
///
/// The bounds are those of a sweep over every seventh float, rounded up; the tests take every
/// 199th.
@Suite struct FunctionsTests {
  /// Floats between two magnitudes, evenly among all floats, with both signs.
  private static let sweep: [Float] = stride(
    from: Float(1e-12).bitPattern, through: Float(100).bitPattern, by: 199
  ).flatMap { [Float(bitPattern: $0), -Float(bitPattern: $0)] }

  /// The largest error in ulp where neither the argument nor the result leaves the normal range.
  private func worst(
    _ found: [Float], _ exact: (Double) -> Double, _ range: ClosedRange<Float>
  ) -> Double {
    var worst = 0.0
    for (x, y) in zip(Self.sweep, found) where range.contains(x) {
      let expected = exact(Double(x))
      if abs(expected) >= Double(Float.leastNormalMagnitude) {
        worst = max(worst, ulps(y, expected))
      }
    }
    return worst
  }

  private func apply(
    _ kernel: (UnsafeMutablePointer<Float>, UnsafePointer<Float>, Int) -> Void, _ x: [Float]
  ) -> [Float] {
    var y = Canvas(x.count)
    kernel(&y.floats, x, x.count)
    return y.values()
  }

  private let everything = -Float.infinity...Float.infinity

  @Test(arguments: levels)
  func expIsWithinOneAndAnEighthUlp(level: Int) {
    let y = apply(kernels(level).exp, Self.sweep)
    #expect(worst(y, exp, -87.33654...88.72283) <= 1.125)
  }

  @Test(arguments: levels)
  func sigmoidIsWithinTwoAndAHalfUlp(level: Int) {
    let y = apply(kernels(level).sigmoid, Self.sweep)
    #expect(worst(y, { 1 / (1 + exp(-$0)) }, everything) <= 2.5)
  }

  @Test(arguments: levels)
  func tanhIsWithinOneAndAHalfUlp(level: Int) {
    let y = apply(kernels(level).tanh, Self.sweep)
    #expect(worst(y, tanh, everything) <= 1.5)
  }

  @Test(arguments: levels)
  func softplusIsWithinThreeUlp(level: Int) {
    let x = Self.sweep
    var y = Canvas(x.count)
    var slope = Canvas(x.count)
    kernels(level).softplus(&y.floats, &slope.floats, x, x.count)
    #expect(worst(y.values(), { log1p(exp($0)) }, everything) <= 3)
    #expect(slope.values().bits == apply(kernels(level).sigmoid, x).bits)
  }

  @Test(arguments: levels)
  func limits(level: Int) {
    let k = kernels(level)
    let tiny = Float.leastNormalMagnitude / 128
    let x: [Float] = [0, -0.0, tiny, -tiny, 89, 1e30, .infinity, -88, -1e30, -.infinity]
    let smallest = Float.leastNormalMagnitude * 1.0001

    let y = apply(k.exp, x)
    #expect(y[..<4] == [1, 1, 1, 1])
    #expect(y[4..<7].allSatisfy { $0 == .infinity })
    // below the range the result stays at the smallest normal number
    #expect(y[7...].allSatisfy { $0 > 0 && $0 <= smallest })

    let s = apply(k.sigmoid, x)
    #expect(s[..<7] == [0.5, 0.5, 0.5, 0.5, 1, 1, 1])
    #expect(s[7] >= 0 && s[7] <= smallest)
    #expect(s[8...] == [0, 0])

    let t = apply(k.tanh, x)
    #expect(t[..<2] == [0, 0])
    #expect(abs(t[2]) <= 2 * tiny && abs(t[3]) <= 2 * tiny)
    #expect(t[4...] == [1, 1, 1, -1, -1, -1])

    var p = Canvas(x.count)
    var slope = Canvas(x.count)
    k.softplus(&p.floats, &slope.floats, x, x.count)
    let q = p.values()
    #expect(q[..<4].allSatisfy { abs($0 - Float(log(2.0))) <= 1.2e-7 })
    #expect(q[4..<7] == [89, 1e30, .infinity])
    #expect(q[7...].allSatisfy { $0 > 0 && $0 <= smallest })
    #expect(slope.values().bits == s.bits)
  }

  /// At every place of a vector, and in the part of one at the end.
  @Test(arguments: levels)
  func notANumberStays(level: Int) {
    let k = kernels(level)
    let count = 21
    for place in 0..<count {
      for bad in [Float.nan, -Float.nan] {
        var x = [Float](repeating: 0.25, count: count)
        x[place] = bad
        var softplus = Canvas(count)
        var slope = Canvas(count)
        k.softplus(&softplus.floats, &slope.floats, x, count)
        var clipped = Canvas(count)
        k.clip(&clipped.floats, x, 20, count)
        let results = [
          apply(k.exp, x), apply(k.sigmoid, x), apply(k.tanh, x), apply(k.relu, x),
          softplus.values(), slope.values(), clipped.values(),
        ]
        for (number, y) in results.enumerated() {
          #expect(
            y.indices.filter { y[$0].isNaN } == [place], "function \(number), place \(place)")
        }
      }
    }
  }

  @Test(arguments: levels)
  func tanhIsOddAndBoundedAndSigmoidIsBounded(level: Int) {
    let k = kernels(level)
    let y = apply(k.tanh, Self.sweep)
    let mirrored = apply(k.tanh, Self.sweep.map { -$0 })
    #expect(y == mirrored.map { -$0 })
    #expect(y.allSatisfy { abs($0) <= 1 })
    #expect(apply(k.sigmoid, Self.sweep).allSatisfy { $0 >= 0 && $0 <= 1 })
  }
}
