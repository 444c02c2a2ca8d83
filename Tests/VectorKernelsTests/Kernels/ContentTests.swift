import Foundation
import TensorCore
import Testing
import VectorKernels

/// Content lookup: cosines, softmax, and back to key, strength and memory. The ε inside the norms
/// is 1e-6 in one dialect and 0 in the other.
@Suite struct ContentTests {
  @Test(arguments: levels, 0..<24)
  func weights(level: Int, seed: Int) {
    var random = RandomNumbers(seed: UInt64(seed), stream: 60)
    let s = Sizes(case: seed, &random)
    let inside: Float = seed % 2 == 0 ? 1e-6 : 0
    let m = s.rows(s.w, in: -1..<1, &random)
    let key = random.normals(s.w)
    let strength = random.uniform(in: 0..<12)
    let found = KernelLookup(kernels(level), m, key, strength: strength, inside: inside, s)
    let cosines = NaiveLookup.cosines(key.doubles, m.doubles, inside: Double(inside), s)
    let pads = [Double](repeating: 0, count: s.np - s.n)
    expectClose(found.cosines.values(), cosines + pads, "cosines")
    expectClose(
      found.weights.values(), NaiveLookup.weights(cosines, Double(strength), s), relative: 2e-5,
      "weights")
    expectPadsZero(found.cosines.values(), s, "cosines")
    expectPadsZero(found.weights.values(), s, "weights")
  }

  @Test(arguments: levels, 0..<12)
  func firstAbove(level: Int, seed: Int) {
    let k = kernels(level)
    var random = RandomNumbers(seed: UInt64(seed), stream: 69)
    let count = random.integer(in: 0...90)
    // few values, so that the limit itself is among them, and now and then NaN
    let x = (0..<count).map { _ in
      seed % 3 == 0 && random.integer(in: 0...5) == 0
        ? Float.nan : Float(random.integer(in: 0...40))
    }
    for limit in [-Float.infinity, 20, 38, 39, 40] {
      for from in 0...count {
        let expected = (from..<count).first { x[$0] > limit } ?? count
        #expect(k.first_above(x, limit, from, count) == expected, "above \(limit) from \(from)")
      }
    }
  }

  /// Any number of cells, each with the bits it has in a lookup of the whole memory.
  @Test(arguments: levels, 0..<24)
  func cosines(level: Int, seed: Int) {
    let k = kernels(level)
    var random = RandomNumbers(seed: UInt64(seed), stream: 68)
    let s = Sizes(case: seed, &random)
    let m = s.rows(s.w, in: -1..<1, &random).map { seed % 3 == 0 ? $0 * 1e25 : $0 }
    let l = KernelLookup(k, m, random.normals(s.w), strength: 1, inside: 1e-6, s)
    var dots = [Float](repeating: 0, count: s.np)
    k.gemm(1, s.np, s.w, l.key.scaled, s.w, 1, m, s.np, &dots, s.np, false)
    for count in [s.n, random.integer(in: 0...s.n)] {
      var found = Canvas(Array(dots[..<count]))
      k.cosines(&found.floats, l.norm.floats, l.inverse.floats, l.key.lookup, count)
      #expect(found.values().bits == Array(l.cosines.values()[..<count]).bits, "\(count) cells")
    }
  }

  @Test(arguments: levels, 0..<24)
  func gradients(level: Int, seed: Int) {
    var random = RandomNumbers(seed: UInt64(seed), stream: 61)
    let s = Sizes(case: seed, limit: 96, &random)
    let inside: Float = seed % 2 == 0 ? 1e-6 : 0
    let m = s.rows(s.w, in: -1..<1, &random)
    let key = random.normals(s.w)
    let strength = random.uniform(in: 1..<8)
    let g = s.rows(1, in: -1..<1, &random)
    let found = KernelLookup(kernels(level), m, key, strength: strength, inside: inside, s)
      .backward(g)
    expectGradients(
      [
        Gradient(name: "key", at: key, found: found.key),
        Gradient(name: "strength", at: [strength], found: [found.strength]),
        Gradient(name: "m", at: m, found: found.m),
      ], samples: 24, &random
    ) { point in
      let cosines = NaiveLookup.cosines(point[0], point[2], inside: Double(inside), s)
      return dot(NaiveLookup.weights(cosines, point[1][0], s), g)
    }
  }

  /// Gradients of one lookup are added to what earlier ones left in `shrink` and `dm`.
  @Test(arguments: levels)
  func gradientsAreAddedUp(level: Int) {
    let k = kernels(level)
    var random = RandomNumbers(seed: 1, stream: 62)
    let s = Sizes(case: 5, &random)
    let m = s.rows(s.w, in: -1..<1, &random)
    let l = KernelLookup(k, m, random.normals(s.w), strength: 2, inside: 1e-6, s)
    let g = s.rows(1, in: -1..<1, &random)
    let (start, other) = (s.rows(1, in: -1..<1, &random), s.rows(s.w, in: -1..<1, &random))
    var shrinks: [[Float]] = []
    for before in [[Float](repeating: 0, count: s.np), start] {
      var (dc, shrink) = (Canvas(g), Canvas(before))
      var (dbeta, dnorm): (Float, Float) = (0, 0)
      k.content_backward(
        &dc.floats, &shrink.floats, &dbeta, &dnorm, l.weights.floats, l.cosines.floats,
        l.norm.floats, l.inverse.floats, l.key.lookup, s.np)
      shrinks.append(shrink.values())
      var (dm, dkey) = (Canvas(other), Canvas(s.w))
      k.lookup_backward(
        &dm.floats, m, l.key.scaled, dc.floats, shrink.floats, &dkey.floats, s.w, s.np)
      let expected = other.indices.map { at in
        let (i, j) = (at / s.np, at % s.np)
        let share = Double(l.key.scaled[i]) * Double(dc.floats[j])
        return Double(other[at]) + share + Double(shrink.floats[j]) * Double(m[at])
      }
      expectClose(dm.values(), expected, "dm")
    }
    expectClose(shrinks[1], zip(shrinks[0], start).map { Double($0) + Double($1) }, "shrink")
  }

  /// Cells of every magnitude side by side, and huge keys: the squares of some overflow, the
  /// cosines are as exact as ever.
  @Test(arguments: levels, [Float(1), 1e30, 3e38])
  func hugeCellsAndKeys(level: Int, keyScale: Float) {
    var random = RandomNumbers(seed: 63)
    let s = Sizes(case: 1, limit: 48, &random)
    var m = s.rows(s.w, in: -1..<1, &random)
    let scales: [Float] = [1, 1e30, 0, 1e18, 3e38, 1e-3, 1e19, 1e25]
    for at in m.indices { m[at] *= scales[at % s.np % scales.count] }
    let key = random.uniforms(s.w, in: -1..<1).map { $0 * keyScale }
    let found = KernelLookup(kernels(level), m, key, strength: 3, inside: 1e-6, s)
    let cosines = NaiveLookup.cosines(key.doubles, m.doubles, inside: 1e-6, s)
    expectClose(found.cosines.values(), cosines, "cosines")
    expectClose(
      found.weights.values(), NaiveLookup.weights(cosines, 3, s), relative: 2e-5, "weights")

    let g = s.rows(1, in: -1..<1, &random)
    let gradients = found.backward(g)
    #expect((gradients.m + gradients.key + [gradients.strength]).allSatisfy { $0.isFinite })
    let c = NaiveLookup.weights(cosines, 3, s)
    let mean = dot(c, g)
    let dstrength = (0..<s.n).reduce(0) { $0 + c[$1] * (Double(g[$1]) - mean) * cosines[$1] }
    expectClose([gradients.strength], [dstrength], relative: 1e-4, "strength")
    // With D = |k||m| + ε and dx the gradient of the cosine x = k·m / D:
    // dk = Σ dx (m - x |m| k / |k|) / D and dm = dx (k - x |k| m / |m|) / D.
    let keyNorm = sqrt(key.doubles.reduce(1e-6) { $0 + $1 * $1 })
    var dkey = [Double](repeating: 0, count: s.w)
    var dm = [Double](repeating: 0, count: s.w * s.np)
    for j in 0..<s.n {
      let norm = sqrt((0..<s.w).reduce(1e-6) { $0 + pow(Double(m[$1 * s.np + j]), 2) })
      let dx = 3 * c[j] * (Double(g[j]) - mean) / (keyNorm * norm + 1e-6)
      for i in 0..<s.w {
        let (k, cell) = (Double(key[i]), Double(m[i * s.np + j]))
        dkey[i] += dx * (cell - cosines[j] * norm * k / keyNorm)
        dm[i * s.np + j] = dx * (k - cosines[j] * keyNorm * cell / norm)
      }
    }
    expectClose(gradients.m, dm, relative: 1e-4, "m")
    // below the normal range (a key of 3e38) there are few digits left
    expectClose(gradients.key, dkey, relative: keyScale > 1e37 ? 0.5 : 1e-4, "key")
  }

  @Test(arguments: levels)
  func strengthZeroIsUniformAndAHugeOneChooses(level: Int) {
    var random = RandomNumbers(seed: 64)
    for number in 0..<8 {
      let s = Sizes(case: number, &random)
      let m = s.rows(s.w, in: -1..<1, &random)
      let key = random.normals(s.w)
      func lookup(_ strength: Float) -> KernelLookup {
        KernelLookup(kernels(level), m, key, strength: strength, inside: 0, s)
      }
      let uniform = (0..<s.np).map { $0 < s.n ? 1 / Double(s.n) : 0 }
      expectClose(lookup(0).weights.values(), uniform, "strength 0")
      for strength in [Float(1e30), .greatestFiniteMagnitude] {
        let found = lookup(strength)
        let cosines = found.cosines.values()[..<s.n]
        let chosen = cosines.indices.filter { cosines[$0] == cosines.max() }
        let expected = (0..<s.np).map { chosen.contains($0) ? 1 / Double(chosen.count) : 0 }
        expectClose(found.weights.values(), expected, "strength \(strength)")
        let gradients = found.backward(s.rows(1, in: -1..<1, &random))
        #expect(gradients.strength.isFinite)
      }
    }
  }

  /// An empty memory, where the derivative of the norm counts as zero: that of the cosine is k / ε.
  @Test(arguments: levels)
  func zeroCells(level: Int) {
    var random = RandomNumbers(seed: 65)
    let s = Sizes(case: 4, limit: 64, &random)
    let m = [Float](repeating: 0, count: s.w * s.np)
    let key = random.normals(s.w)
    let found = KernelLookup(kernels(level), m, key, strength: 2, inside: 0, s)
    expectClose(
      found.weights.values(), (0..<s.np).map { $0 < s.n ? 1 / Double(s.n) : 0 }, "weights")
    let g = s.rows(1, in: -1..<1, &random)
    let gradients = found.backward(g)
    let mean = g.doubles.reduce(0, +) / Double(s.n)
    let expected = m.indices.map { at in
      let (i, j) = (at / s.np, at % s.np)
      return j < s.n ? 2 / Double(s.n) * (Double(g[j]) - mean) * Double(key[i]) / 1e-6 : 0
    }
    expectClose(gradients.m, expected, relative: 1e-4, "dm")
    #expect(gradients.key.allSatisfy { $0 == 0 })
    #expect(gradients.strength == 0)
  }

  /// A key of zero: all weights alike; the derivative of the cosine is m / ε.
  @Test(arguments: levels)
  func zeroKey(level: Int) {
    var random = RandomNumbers(seed: 66)
    let s = Sizes(case: 6, limit: 64, &random)
    let m = s.rows(s.w, in: -1..<1, &random)
    let key = [Float](repeating: 0, count: s.w)
    let found = KernelLookup(kernels(level), m, key, strength: 2, inside: 0, s)
    let g = s.rows(1, in: -1..<1, &random)
    let gradients = found.backward(g)
    let mean = g.doubles.reduce(0, +) / Double(s.n)
    let expected = (0..<s.w).map { i in
      (0..<s.n).reduce(0) {
        $0 + 2 / Double(s.n) * (Double(g[$1]) - mean) * Double(m[i * s.np + $1]) / 1e-6
      }
    }
    expectClose(gradients.key, expected, relative: 1e-4, "dkey")
    #expect(gradients.m.allSatisfy { $0 == 0 })
  }

  /// A cell that is not a number spoils the whole lookup: nothing hides it.
  @Test(arguments: levels)
  func notANumberIsSeen(level: Int) {
    var random = RandomNumbers(seed: 67)
    let s = Sizes(case: 5, limit: 64, &random)
    var m = s.rows(s.w, in: -1..<1, &random)
    m[s.n - 1] = .nan
    let found = KernelLookup(
      kernels(level), m, random.normals(s.w), strength: 2, inside: 1e-6, s)
    #expect(found.weights.values()[..<s.n].allSatisfy { $0.isNaN })
  }
}
