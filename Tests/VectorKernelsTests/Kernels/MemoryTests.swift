import Foundation
import TensorCore
import Testing
import VectorKernels

@Suite struct MemoryTests {
  /// The memory [W × np] after a write.
  private static func written(
    _ m: [Double], _ w: [Double], _ erase: [Double], _ v: [Double], _ s: Sizes
  ) -> [Double] {
    var new = m
    for i in 0..<s.w {
      for j in 0..<s.n {
        new[i * s.np + j] = m[i * s.np + j] * (1 - w[j] * erase[i]) + w[j] * v[i]
      }
    }
    return new
  }

  private static func norms(_ m: [Float], _ inside: Double, _ s: Sizes) -> [Double] {
    (0..<s.np).map { j in
      sqrt((0..<s.w).reduce(inside) { $0 + pow(Double(m[$1 * s.np + j]), 2) })
    }
  }

  @Test(arguments: levels, 0..<24)
  func write(level: Int, seed: Int) {
    let k = kernels(level)
    var random = RandomNumbers(seed: UInt64(seed), stream: 70)
    let s = Sizes(case: seed, &random)
    let inside: Float = seed % 2 == 0 ? 1e-6 : 0
    let (m, w) = (s.rows(s.w, in: -1..<1, &random), s.weights(&random))
    let (erase, v) = (random.uniforms(s.w, in: 0..<1), random.normals(s.w))
    var (new, norm, inverse) = (Canvas(s.w * s.np), Canvas(s.np), Canvas(s.np))
    k.memory_write(
      &new.floats, &norm.floats, &inverse.floats, m, w, erase, v, inside, s.w, s.np)
    let expected = Self.written(m.doubles, w.doubles, erase.doubles, v.doubles, s)
    expectClose(new.values(), expected, "m")
    expectPadsZero(new.values(), s, "m")
    expectClose(norm.values(), Self.norms(new.values(), Double(inside), s), "norm")
    #expect(inverse.values().allSatisfy { $0 == 1 })

    var place = Canvas(m)
    var (norm2, inverse2) = (Canvas(s.np), Canvas(s.np))
    place.floats.withUnsafeMutableBufferPointer { at in
      k.memory_write(
        at.baseAddress!, &norm2.floats, &inverse2.floats, at.baseAddress!, w, erase, v, inside,
        s.w, s.np)
    }
    #expect(place.values().bits == new.values().bits, "in place")
    #expect(norm2.values().bits == norm.values().bits, "norm, in place")
    k.memory_norms(&norm2.floats, &inverse2.floats, new.floats, inside, s.w, s.np)
    #expect(norm2.values().bits == norm.values().bits, "memory_norms")
    #expect(inverse2.values().bits == inverse.values().bits, "memory_norms")
  }

  /// Cells whose squares overflow get a scale; the others keep theirs.
  @Test(arguments: levels, [Float(1e18), 1e25, 3e38])
  func hugeValues(level: Int, scale: Float) {
    let k = kernels(level)
    var random = RandomNumbers(seed: 71)
    let s = Sizes(case: 1, limit: 48, &random)
    var m = s.rows(s.w, in: -1..<1, &random)
    for at in m.indices where at % s.np % 5 == 0 { m[at] *= scale }
    let w = s.weights(&random)
    let (erase, v) = (
      random.uniforms(s.w, in: 0..<1), random.uniforms(s.w, in: -1..<1).map { $0 * scale / 4 }
    )
    for write in [false, true] {
      var (new, norm, inverse) = (Canvas(m), Canvas(s.np), Canvas(s.np))
      if write {
        k.memory_write(
          &new.floats, &norm.floats, &inverse.floats, m, w, erase, v, 1e-6, s.w, s.np)
        let expected = Self.written(m.doubles, w.doubles, erase.doubles, v.doubles, s)
        expectClose(new.values(), expected, "m")
      } else {
        k.memory_norms(&norm.floats, &inverse.floats, m, 1e-6, s.w, s.np)
      }
      let exact = Self.norms(new.values(), 1e-6, s)
      for j in 0..<s.np {
        let (n, i) = (norm.values()[j], inverse.values()[j])
        #expect(n.isFinite && i > 0 && i.significand == 1, "cell \(j)")
        #expect(abs(Double(n) / Double(i) / exact[j] - 1) < 1e-6, "cell \(j)")
        if !write && j % 5 != 0 { #expect(i == 1) }
      }
    }
  }

  /// A cell in a row: the same norm and scale as in a memory of columns, up to the order of the
  /// sum.
  @Test(arguments: levels, [Float(0), 1e-3, 1, 1e18, 1e25, 3e38])
  func normsOfRows(level: Int, scale: Float) {
    let k = kernels(level)
    var random = RandomNumbers(seed: 73)
    for np in stride(from: 16, through: 80, by: 16) {
      for inside in [Float(0), 1e-6] {
        let row = random.uniforms(np, in: -1..<1).map { $0 * scale }
        var (norm, inverse): (Float, Float) = (.nan, .nan)
        k.memory_norms_of_row(&norm, &inverse, row, inside, np)
        let exact = sqrt(row.doubles.reduce(Double(inside)) { $0 + $1 * $1 })
        expectClose([norm], [exact * Double(inverse)], "row of \(np)")
        let m = row.flatMap { [$0] + [Float](repeating: 0, count: 15) }
        var (norms, inverses) = (Canvas(16), Canvas(16))
        k.memory_norms(&norms.floats, &inverses.floats, m, inside, np, 16)
        #expect(inverse == inverses.values()[0])
        expectClose([norm], [Double(norms.values()[0])], "column of \(np)")
      }
    }
    var (norm, inverse): (Float, Float) = (0, 0)
    k.memory_norms_of_row(&norm, &inverse, [.nan] + [Float](repeating: scale, count: 15), 0, 16)
    #expect(norm.isNaN)
  }

  @Test(arguments: levels)
  func normsAtTheEdges(level: Int) {
    let k = kernels(level)
    var m = [Float](repeating: 0, count: 32)
    (m[1], m[2], m[3]) = (.greatestFiniteMagnitude, .nan, 1e-30)
    m[17] = .greatestFiniteMagnitude
    var (norm, inverse) = (Canvas(16), Canvas(16))
    k.memory_norms(&norm.floats, &inverse.floats, m, 0, 2, 16)
    #expect(norm.values()[0] == 0)
    #expect(norm.values()[1].isFinite && inverse.values()[1] > 0)
    #expect(norm.values()[2].isNaN)
    #expect(norm.values()[3] <= 1e-29)
    #expect(norm.values()[4...].allSatisfy { $0 == 0 })
  }

  /// The sum of everything that `memory_backward` goes back through, as a function of its
  /// arguments: the new memory, read vectors, dot products with the keys, and half the squares of
  /// the cells times `shrink`.
  private struct Loss {
    let s: Sizes
    let dm: [Float]
    let dreads: [Float]
    let ddots: [Float]
    let shrink: [Float]
    let r: [Float]

    func callAsFunction(_ point: [[Double]]) -> Double {
      let (m, w, erase, v, keys) = (point[0], point[1], point[2], point[3], point[4])
      let new = written(m, w, erase, v, s)
      var sum = dot(new, dm)
      for i in 0..<s.w {
        for h in 0..<s.heads {
          let (dread, key) = (Double(dreads[h * s.w + i]), keys[h * s.w + i])
          for j in 0..<s.n {
            let share = dread * Double(r[h * s.np + j]) + key * Double(ddots[h * s.np + j])
            sum += share * new[i * s.np + j]
          }
        }
        for j in 0..<s.n { sum += Double(shrink[j]) * new[i * s.np + j] * new[i * s.np + j] / 2 }
      }
      return sum
    }
  }

  @Test(arguments: levels, 0..<24)
  func backward(level: Int, seed: Int) {
    let k = kernels(level)
    var random = RandomNumbers(seed: UInt64(seed), stream: 72)
    let s = Sizes(case: seed, limit: 96, &random)
    let (m, w) = (s.rows(s.w, in: -1..<1, &random), s.weights(&random))
    let (erase, v) = (random.uniforms(s.w, in: 0..<1), random.normals(s.w))
    var (new, norm, inverse) = (Canvas(s.w * s.np), Canvas(s.np), Canvas(s.np))
    k.memory_write(&new.floats, &norm.floats, &inverse.floats, m, w, erase, v, 0, s.w, s.np)
    let keys = random.normals(s.heads * s.w)
    let loss = Loss(
      s: s, dm: s.rows(s.w, in: -1..<1, &random), dreads: random.normals(s.heads * s.w),
      ddots: s.rows(s.heads, in: -1..<1, &random), shrink: s.rows(1, in: -1..<1, &random),
      r: s.weights(s.heads, &random))

    let start = s.rows(1, in: -1..<1, &random)
    var (dm, dw, dkeys) = (Canvas(loss.dm), Canvas(start), Canvas(s.heads * s.w))
    var (derase, dv) = (Canvas(s.w), Canvas(s.w))
    k.memory_backward(
      &dm.floats, new.floats, m, loss.dreads, loss.r, keys, loss.ddots, loss.shrink, w, erase, v,
      &dkeys.floats, &dw.floats, &derase.floats, &dv.floats, s.heads, s.w, s.np)
    let added = zip(dw.values(), start).map { $0 - $1 }
    expectGradients(
      [
        Gradient(name: "m", at: m, found: dm.values()),
        Gradient(name: "w", at: w, found: added),
        Gradient(name: "erase", at: erase, found: derase.values()),
        Gradient(name: "v", at: v, found: dv.values()),
        Gradient(name: "keys", at: keys, found: dkeys.values()),
      ], samples: 16, &random
    ) { loss($0) }
    expectPadsZero(dm.values(), s, "dm")
    expectPadsZero(dw.values(), s, "dw")
  }
}
