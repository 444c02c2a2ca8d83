import TensorCore
import Testing
import VectorKernels

@Suite struct UsageTests {
  private static func usage(_ u: [Double], _ w: [Double], _ r: [Double], _ f: [Double]) -> [Double]
  {
    u.indices.map { i in
      f.indices.reduce(u[i] + w[i] - u[i] * w[i]) { $0 * (1 - f[$1] * r[$1 * u.count + i]) }
    }
  }

  @Test(arguments: levels, 0..<24)
  func usage(level: Int, seed: Int) {
    let k = kernels(level)
    var random = RandomNumbers(seed: UInt64(seed), stream: 50)
    let s = Sizes(case: seed, &random)
    let u = s.rows(1, in: 0..<1, &random)
    let (w, r) = (s.weights(&random), s.weights(s.heads, &random))
    let f = random.uniforms(s.heads, in: 0..<1)
    var new = Canvas(s.np)
    k.usage(&new.floats, u, w, r, f, s.heads, s.np)
    expectClose(new.values(), Self.usage(u.doubles, w.doubles, r.doubles, f.doubles), "usage")
    expectPadsZero(new.values(), s, "usage")

    let g = s.rows(1, in: -1..<1, &random)
    let start = s.rows(s.heads, in: -1..<1, &random)
    var (du, dw, dr, df) = (Canvas(g), Canvas(s.np), Canvas(start), Canvas(s.heads))
    k.usage_backward(
      &du.floats, &dw.floats, &dr.floats, &df.floats, u, w, r, f, s.heads, s.np)
    let added = zip(dr.values(), start).map { $0 - $1 }
    expectGradients(
      [
        Gradient(name: "u", at: u, found: du.values()),
        Gradient(name: "w", at: w, found: dw.values()),
        Gradient(name: "r", at: r, found: added),
        Gradient(name: "f", at: f, found: df.values()),
      ], &random
    ) { dot(Self.usage($0[0], $0[1], $0[2], $0[3]), g) }
    for d in [du, dw, dr] { expectPadsZero(d.values(), s, "gradient") }
  }

  /// Usage 1, everything freed, everything written: no derivative is lost to a division by zero.
  @Test(arguments: levels)
  func saturatedGates(level: Int) {
    let k = kernels(level)
    let (zeros, ones) = ([Float](repeating: 0, count: 16), [Float](repeating: 1, count: 16))
    var new = Canvas(16)
    k.usage(&new.floats, ones, ones, zeros + zeros, [1, 1], 2, 16)
    #expect(new.values() == ones)
    k.usage(&new.floats, ones, zeros, ones + zeros, [1, 1], 2, 16)
    #expect(new.values() == zeros)
    var (du, dw) = (Canvas(ones), Canvas(16))
    var (dr, df) = (Canvas(zeros + zeros), Canvas(2))
    k.usage_backward(
      &du.floats, &dw.floats, &dr.floats, &df.floats, ones, zeros, ones + zeros, [1, 1], 2, 16)
    #expect(du.values() + dw.values() == zeros + zeros)
    #expect(dr.values() == ones.map { -$0 } + zeros)
    #expect(df.values() == [-16, 0])
  }

  @Test(arguments: levels, 0..<24)
  func orderIsThatOfAStableSort(level: Int, seed: Int) {
    var random = RandomNumbers(seed: UInt64(seed), stream: 51)
    let n = seed < 4 ? [1, 15, 16, 17][seed] : random.integer(in: 1...400)
    // few values for many ties
    let few: [Float] = [0, 0, .leastNonzeroMagnitude, 0.25, 1, 1, -0.5, .infinity, -.infinity]
    let some = (0..<n).map { _ in few[random.integer(in: 0...few.count - 1)] }
    for u in [random.uniforms(n, in: 0..<1), some, [Float](repeating: 0, count: n)] {
      let expected = (0..<n).sorted { u[$0] < u[$1] || (u[$0] == u[$1] && $0 < $1) }
      var order = [Int32](repeating: -1, count: n + 1)
      kernels(level).order(&order, u, n)
      let same = order == expected.map(Int32.init) + [-1]
      #expect(same, "of \(n)")
    }
  }

  /// The order of the bits: zeros by sign, NaN at the ends.
  @Test(arguments: levels)
  func orderIsTotal(level: Int) {
    let u: [Float] = [.nan, 0, .infinity, -0.0, 0, -.infinity, -.nan, -0.0, .nan, -1]
    var order = [Int32](repeating: -1, count: u.count)
    kernels(level).order(&order, u, u.count)
    #expect(order == [6, 5, 9, 3, 7, 1, 4, 2, 0, 8])
  }

  /// A free gate times a read weight can exceed 1 by rounding: the factor is negative then.
  @Test(arguments: levels)
  func usageIsNeverNegativeZero(level: Int) {
    var u = Canvas(16)
    let (zeros, more) = (
      [Float](repeating: 0, count: 16), [Float](repeating: 1.0000001, count: 16)
    )
    kernels(level).usage(&u.floats, zeros, zeros, more, [1], 1, 16)
    #expect(u.values().bits == zeros.bits)
  }

  @Test(arguments: levels, 0..<24)
  func orderIsAPermutationWhateverTheNumbers(level: Int, seed: Int) {
    var random = RandomNumbers(seed: UInt64(seed), stream: 52)
    let n = random.integer(in: 1...200)
    let u = (0..<n).map { _ in
      switch random.integer(in: 0...3) {
      case 0: Float.nan
      case 1: Float(bitPattern: 0xffc0_0001)
      case 2: Float(bitPattern: UInt32(truncatingIfNeeded: random.next()))
      default: random.normal()
      }
    }
    var order = [Int32](repeating: -1, count: n)
    kernels(level).order(&order, u, n)
    #expect(order.sorted() == (0..<Int32(n)).map { $0 })
  }

  private static func allocation(_ u: [Double], _ order: [Int32], _ epsilon: Double) -> [Double] {
    var a = [Double](repeating: 0, count: u.count)
    var free = 1.0
    for cell in order.map(Int.init) {
      let used = epsilon + (1 - epsilon) * u[cell]
      a[cell] = (1 - used) * free
      free *= used
    }
    return a
  }

  @Test(arguments: levels, 0..<24)
  func allocation(level: Int, seed: Int) {
    let k = kernels(level)
    var random = RandomNumbers(seed: UInt64(seed), stream: 53)
    let s = Sizes(case: seed, &random)
    // mostly used memories, or the product along the free list ends at once
    let low: Float = seed % 2 == 0 ? 0 : 0.9
    let u = s.rows(1, in: low..<1, &random)
    let epsilon: Float = seed % 3 == 0 ? 0.125 : 1e-6
    var order = [Int32](repeating: 0, count: s.n)
    k.order(&order, u, s.n)
    var a = Canvas(s.np)
    k.allocation(&a.floats, u, order, epsilon, s.n, s.np)
    expectClose(
      a.values(), Self.allocation(u.doubles, order, Double(epsilon)), relative: 1e-5, "a")
    expectPadsZero(a.values(), s, "a")

    let (g, start) = (s.rows(1, in: -1..<1, &random), s.rows(1, in: -1..<1, &random))
    var (du, scratch) = (Canvas(start), Canvas(s.n))
    k.allocation_backward(&du.floats, g, u, order, epsilon, &scratch.floats, s.n)
    _ = scratch.values()
    let added = zip(du.values(), start).map { $0 - $1 }
    expectGradients([Gradient(name: "u", at: u, found: added)], &random) { point in
      dot(Self.allocation(point[0], order, Double(epsilon)), g)
    }
    expectPadsZero(du.values(), s, "du")
  }

  @Test(arguments: levels, [Float(0), 1])
  func allocationOfAnEmptyAndOfAFullMemory(level: Int, usage: Float) {
    let k = kernels(level)
    let u = [Float](repeating: usage, count: 32)
    let order = (0..<Int32(32)).map { $0 }
    var a = Canvas(32)
    k.allocation(&a.floats, u, order, 1e-6, 32, 32)
    #expect(a.values()[0] == (usage == 0 ? 1 - 1e-6 : 0))
    #expect(a.values()[1...].allSatisfy { $0 >= 0 && $0 <= 1e-6 })
    var (du, scratch) = (Canvas([Float](repeating: 0, count: 32)), Canvas(32))
    let g = (0..<32).map { Float($0) }
    k.allocation_backward(&du.floats, g, u, order, 1e-6, &scratch.floats, 32)
    expectClose(
      du.values(),
      usage == 0
        ? [1] + [Double](repeating: 0, count: 31)
        // a full memory: more room at a cell goes to that cell alone
        : g.map { -Double($0) },
      relative: 1e-4, "du")
  }

  private static func writeWeights(_ a: [Double], _ c: [Double], _ gates: [Double]) -> [Double] {
    zip(a, c).map { gates[1] * (gates[0] * $0 + (1 - gates[0]) * $1) }
  }

  @Test(arguments: levels, 0..<24)
  func writeWeights(level: Int, seed: Int) {
    let k = kernels(level)
    var random = RandomNumbers(seed: UInt64(seed), stream: 54)
    let s = Sizes(case: seed, &random)
    let (a, c) = (s.weights(&random), s.weights(&random))
    let gates = random.uniforms(2, in: 0..<1)
    var w = Canvas(s.np)
    k.write_weights(&w.floats, a, c, gates[0], gates[1], s.np)
    expectClose(w.values(), Self.writeWeights(a.doubles, c.doubles, gates.doubles), "w")
    expectPadsZero(w.values(), s, "w")

    let g = s.rows(1, in: -1..<1, &random)
    var (da, dc, dgates) = (Canvas(s.np), Canvas(s.np), Canvas(2))
    k.write_weights_backward(
      &da.floats, &dc.floats, &dgates.floats, g, a, c, gates[0], gates[1], s.np)
    expectGradients(
      [
        Gradient(name: "a", at: a, found: da.values()),
        Gradient(name: "c", at: c, found: dc.values()),
        Gradient(name: "gates", at: gates, found: dgates.values()),
      ], &random
    ) { dot(Self.writeWeights($0[0], $0[1], $0[2]), g) }
    for d in [da, dc] { expectPadsZero(d.values(), s, "gradient") }
  }

  private static func precedence(_ p: [Double], _ w: [Double]) -> [Double] {
    let kept = 1 - w.reduce(0, +)
    return zip(p, w).map { kept * $0 + $1 }
  }

  @Test(arguments: levels, 0..<24)
  func precedence(level: Int, seed: Int) {
    let k = kernels(level)
    var random = RandomNumbers(seed: UInt64(seed), stream: 55)
    let s = Sizes(case: seed, &random)
    let (p, w) = (s.weights(&random), s.weights(&random))
    var new = Canvas(s.np)
    k.precedence(&new.floats, p, w, s.np)
    expectClose(new.values(), Self.precedence(p.doubles, w.doubles), "p")
    expectPadsZero(new.values(), s, "p")

    let (g, start) = (s.rows(1, in: -1..<1, &random), s.rows(1, in: -1..<1, &random))
    var (dp, dw) = (Canvas(g), Canvas(start))
    k.precedence_backward(&dp.floats, &dw.floats, p, w, s.np)
    // The sum runs over the padding as well, so its weights have a gradient: no one reads it.
    let added = zip(dw.values(), start).map { $0 - $1 }[..<s.n]
    expectGradients(
      [
        Gradient(name: "p", at: p, found: dp.values()),
        Gradient(name: "w", at: Array(w[..<s.n]), found: Array(added)),
      ], &random
    ) { point in
      dot(Self.precedence(Array(point[0][..<s.n]), point[1]), g)
    }
    expectPadsZero(dp.values(), s, "dp")
  }

  private static func readWeights(
    _ backward: [Double], _ forward: [Double], _ content: [Double], _ modes: [Double]
  ) -> [Double] {
    backward.indices.map {
      modes[0] * backward[$0] + modes[1] * forward[$0] + modes[2] * content[$0]
    }
  }

  @Test(arguments: levels, 0..<24)
  func readWeights(level: Int, seed: Int) {
    let k = kernels(level)
    var random = RandomNumbers(seed: UInt64(seed), stream: 56)
    let s = Sizes(case: seed, &random)
    let (b, f, c) = (s.weights(&random), s.weights(&random), s.weights(&random))
    let modes = random.uniforms(3, in: 0..<1)
    var r = Canvas(s.np)
    k.read_weights(&r.floats, b, f, c, modes, s.np)
    expectClose(
      r.values(), Self.readWeights(b.doubles, f.doubles, c.doubles, modes.doubles), "r")
    expectPadsZero(r.values(), s, "r")

    let g = s.rows(1, in: -1..<1, &random)
    var (db, df, dc, dmodes) = (Canvas(s.np), Canvas(s.np), Canvas(s.np), Canvas(3))
    k.read_weights_backward(
      &db.floats, &df.floats, &dc.floats, &dmodes.floats, g, b, f, c, modes, s.np)
    expectGradients(
      [
        Gradient(name: "backward", at: b, found: db.values()),
        Gradient(name: "forward", at: f, found: df.values()),
        Gradient(name: "content", at: c, found: dc.values()),
        Gradient(name: "modes", at: modes, found: dmodes.values()),
      ], &random
    ) { dot(Self.readWeights($0[0], $0[1], $0[2], $0[3]), g) }
    for d in [db, df, dc] { expectPadsZero(d.values(), s, "gradient") }
  }
}
