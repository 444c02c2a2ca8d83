import Foundation
import TensorCore
import Testing
import VectorKernels

@Suite struct ElementwiseTests {
  /// An array of every length from 0 to 70, then some longer ones.
  private static let lengths = Array(0...70) + [127, 128, 129, 333]

  @Test(arguments: levels)
  func anElementHasTheSameBitsInArraysOfAnyLength(level: Int) {
    let k = kernels(level)
    var random = RandomNumbers(seed: 30)
    let x = random.normals(400, scale: 4)
    let kernels: [(String, (UnsafeMutablePointer<Float>, UnsafePointer<Float>, Int) -> Void)] = [
      ("exp", k.exp), ("sigmoid", k.sigmoid), ("tanh", k.tanh), ("relu", k.relu),
      ("clip", { k.clip($0, $1, 2, $2) }),
      (
        "softplus",
        { y, x, n in
          var slope = Canvas(n)
          k.softplus(y, &slope.floats, x, n)
        }
      ),
    ]
    for (name, kernel) in kernels {
      var whole = Canvas(x.count)
      kernel(&whole.floats, x, x.count)
      for n in Self.lengths {
        var part = Canvas(n)
        kernel(&part.floats, x, n)
        #expect(part.values().bits == Array(whole.floats[..<n]).bits, "\(name) of \(n)")
      }
    }
  }

  @Test(arguments: levels, lengths)
  func clip(level: Int, n: Int) {
    var random = RandomNumbers(seed: UInt64(n), stream: 31)
    var x = random.normals(n, scale: 3)
    if n > 6 { x.replaceSubrange(0..<6, with: [2, -2, 2.5, -2.5, .infinity, -.infinity]) }
    var y = Canvas(n)
    kernels(level).clip(&y.floats, x, 2, n)
    #expect(y.values() == x.map { max(-2, min(2, $0)) })

    let start = random.normals(n)
    var d = Canvas(start)
    kernels(level).clip_backward(&d.floats, x, 2, n)
    #expect(d.values() == zip(start, x).map { abs($1) > 2 ? 0 : $0 })
  }

  @Test(arguments: levels, lengths)
  func relu(level: Int, n: Int) {
    var random = RandomNumbers(seed: UInt64(n), stream: 32)
    var x = random.normals(n)
    if n > 4 { x.replaceSubrange(0..<4, with: [0, -0.0, .infinity, -.infinity]) }
    var y = Canvas(n)
    kernels(level).relu(&y.floats, x, n)
    #expect(y.values() == x.map { max($0, 0) })

    let start = random.normals(n)
    var d = Canvas(start)
    kernels(level).relu_backward(&d.floats, y.floats, n)
    #expect(d.values() == zip(start, x).map { $1 > 0 ? $0 : 0 })
  }

  @Test(arguments: levels, lengths)
  func sumsAndMultiples(level: Int, n: Int) {
    var random = RandomNumbers(seed: UInt64(n), stream: 33)
    let (x, start) = (random.normals(n), random.normals(n))
    var y = Canvas(start)
    kernels(level).axpy(&y.floats, -0.75, x, n)
    expectClose(y.values(), zip(start, x).map { Double($0) - 0.75 * Double($1) }, "axpy")
    let squares = kernels(level).sum_of_squares(x, n)
    expectClose([squares], [x.doubles.reduce(0) { $0 + $1 * $1 }], "sum of squares")
  }

  @Test(arguments: levels, lengths)
  func adam(level: Int, n: Int) {
    var random = RandomNumbers(seed: UInt64(n), stream: 35)
    let (p, g, m) = (random.normals(n), random.normals(n), random.normals(n))
    let v = random.uniforms(n, in: 0..<2)
    let a = vk_adam(
      step: 0.01, root: 0.25, mix1: 0.125, keep2: 0.875, mix2: 0.125, epsilon: 1e-4,
      decay: n % 2 == 0 ? 0.0625 : 0)
    var (newP, newM, newV) = (Canvas(p), Canvas(m), Canvas(v))
    kernels(level).adam(&newP.floats, g, &newM.floats, &newV.floats, a, n)
    var expected: (p: [Double], m: [Double], v: [Double]) = ([], [], [])
    for i in 0..<n {
      let s = Double(g[i]) + Double(a.decay) * Double(p[i])
      let first = Double(m[i]) + Double(a.mix1) * (s - Double(m[i]))
      let second = Double(a.keep2) * Double(v[i]) + Double(a.mix2) * s * s
      let length =
        Double(a.step) * first / (second.squareRoot() / Double(a.root) + Double(a.epsilon))
      expected.p.append(Double(p[i]) - length)
      expected.m.append(first)
      expected.v.append(second)
    }
    expectClose(newP.values(), expected.p, "p")
    expectClose(newM.values(), expected.m, "m")
    expectClose(newV.values(), expected.v, "v")
  }

  @Test(arguments: levels, [1, 7, 16, 45])
  func derivativesOfSigmoidAndTanh(level: Int, n: Int) {
    let k = kernels(level)
    var random = RandomNumbers(seed: UInt64(n), stream: 34)
    let (x, start) = (random.normals(n, scale: 2), random.normals(n))
    var y = [Float](repeating: 0, count: n)
    var d = Canvas(start)
    k.sigmoid(&y, x, n)
    k.sigmoid_backward(&d.floats, y, n)
    expectGradients([Gradient(name: "x", at: x, found: d.values())], &random) { point in
      dot(point[0].map { 1 / (1 + exp(-$0)) }, start)
    }
    d = Canvas(start)
    k.tanh(&y, x, n)
    k.tanh_backward(&d.floats, y, n)
    expectGradients([Gradient(name: "x", at: x, found: d.values())], &random) { point in
      dot(point[0].map { tanh($0) }, start)
    }
    var slope = Canvas(n)
    k.softplus(&y, &slope.floats, x, n)
    expectGradients([Gradient(name: "x", at: x, found: slope.values())], &random) { point in
      point[0].reduce(0) { $0 + log1p(exp($1)) }
    }
  }
}
