import TensorCore
import Testing
import VectorKernels

@Suite struct LinkageTests {
  /// The new link matrix [n × np] and both directions [heads × np].
  private static func step(
    _ link: [Double], _ w: [Double], _ p: [Double], _ r: [Double], _ s: Sizes
  ) -> (link: [Double], forward: [Double], backward: [Double]) {
    var new = [Double](repeating: 0, count: s.n * s.np)
    var (forward, backward) = (r.map { _ in 0.0 }, r.map { _ in 0.0 })
    for i in 0..<s.n {
      for j in 0..<s.n where j != i {
        new[i * s.np + j] = (1 - w[i] - w[j]) * link[i * s.np + j] + w[i] * p[j]
      }
    }
    for at in stride(from: 0, to: s.heads * s.np, by: s.np) {
      for i in 0..<s.n {
        for j in 0..<s.n {
          forward[at + i] += new[i * s.np + j] * r[at + j]
          backward[at + j] += new[i * s.np + j] * r[at + i]
        }
      }
    }
    return (new, forward, backward)
  }

  @Test(arguments: levels, 0..<24)
  func link(level: Int, seed: Int) {
    let k = kernels(level)
    var random = RandomNumbers(seed: UInt64(seed), stream: 80)
    let s = Sizes(case: seed, &random)
    let (link, w, p) = (s.link(&random), s.weights(&random), s.weights(&random))
    let r = s.weights(s.heads, &random)
    var (new, forward) = (Canvas(s.n * s.np), Canvas(s.heads * s.np))
    var backward = Canvas(s.heads * s.np)
    k.link(
      &new.floats, link, w, p, r, &forward.floats, &backward.floats, s.heads, s.n, s.np)
    let expected = Self.step(link.doubles, w.doubles, p.doubles, r.doubles, s)
    expectClose(new.values(), expected.link, "link")
    expectClose(forward.values(), expected.forward, "forward")
    expectClose(backward.values(), expected.backward, "backward")
    let values = new.values()
    #expect((0..<s.n).allSatisfy { values[$0 * s.np + $0] == 0 }, "diagonal")
    for array in [values, forward.values(), backward.values()] { expectPadsZero(array, s, "link") }

    var place = Canvas(link)
    var (forward2, backward2) = (Canvas(s.heads * s.np), Canvas(s.heads * s.np))
    place.floats.withUnsafeMutableBufferPointer { at in
      k.link(
        at.baseAddress!, at.baseAddress!, w, p, r, &forward2.floats, &backward2.floats, s.heads,
        s.n, s.np)
    }
    #expect(place.values().bits == values.bits, "in place")
    #expect(forward2.values().bits == forward.values().bits, "forward, in place")
    #expect(backward2.values().bits == backward.values().bits, "backward, in place")
  }

  @Test(arguments: levels, 0..<24)
  func linkBackward(level: Int, seed: Int) {
    let k = kernels(level)
    var random = RandomNumbers(seed: UInt64(seed), stream: 81)
    let s = Sizes(case: seed, limit: 64, &random)
    let (link, w, p) = (s.link(&random), s.weights(&random), s.weights(&random))
    let r = s.weights(s.heads, &random)
    let g = s.rows(s.n, in: -1..<1, &random)
    let (dforward, dbackward) = (
      s.rows(s.heads, in: -1..<1, &random), s.rows(s.heads, in: -1..<1, &random)
    )
    let (startR, startW, startP) = (
      s.rows(s.heads, in: -1..<1, &random), s.rows(1, in: -1..<1, &random),
      s.rows(1, in: -1..<1, &random)
    )
    var (dlink, dr, dw, dp) = (Canvas(g), Canvas(startR), Canvas(startW), Canvas(startP))
    withLinkSteps([(w, p)]) {
      k.link_backward(
        &dlink.floats, link, $0, 1, r, dforward, dbackward, &dr.floats, &dw.floats, &dp.floats,
        s.heads, s.n, s.np)
    }
    expectGradients(
      [
        Gradient(name: "link", at: link, found: dlink.values()),
        Gradient(name: "w", at: w, found: zip(dw.values(), startW).map { $0 - $1 }),
        Gradient(name: "p", at: p, found: zip(dp.values(), startP).map { $0 - $1 }),
        Gradient(name: "r", at: r, found: zip(dr.values(), startR).map { $0 - $1 }),
      ], samples: 16, &random
    ) { point in
      let new = Self.step(point[0], point[1], point[2], point[3], s)
      return dot(new.link, g) + dot(new.forward, dforward) + dot(new.backward, dbackward)
    }
    let values = dlink.values()
    #expect((0..<s.n).allSatisfy { values[$0 * s.np + $0] == 0 }, "diagonal")
    for d in [dlink, dw, dp, dr] { expectPadsZero(d.values(), s, "gradient") }
  }

  /// Going back from a matrix that is computed again gives the bits of going back from the one that
  /// was kept.
  @Test(arguments: levels, 0..<24)
  func linkBackwardFromEarlierMatrix(level: Int, seed: Int) {
    let k = kernels(level)
    var random = RandomNumbers(seed: UInt64(seed), stream: 83)
    let s = Sizes(case: seed, limit: 64, &random)
    let r = s.weights(s.heads, &random)
    let steps = (0..<4).map { _ in (s.weights(&random), s.weights(&random)) }
    let first = s.link(&random)
    var before = first
    for (w, p) in steps.dropLast() {
      var (f, b) = (Canvas(s.heads * s.np), Canvas(s.heads * s.np))
      before.withUnsafeMutableBufferPointer { at in
        k.link(
          at.baseAddress!, at.baseAddress!, w, p, r, &f.floats, &b.floats, s.heads, s.n, s.np)
      }
    }
    let (g, directions) = (
      s.rows(s.n, in: -1..<1, &random), s.rows(s.heads, in: -1..<1, &random)
    )
    func back(_ link: [Float], _ steps: [([Float], [Float])]) -> [[UInt32]] {
      var (dlink, dr) = (Canvas(g), Canvas(s.heads * s.np))
      var (dw, dp) = (Canvas(s.np), Canvas(s.np))
      withLinkSteps(steps) {
        k.link_backward(
          &dlink.floats, link, $0, steps.count, r, directions, directions, &dr.floats, &dw.floats,
          &dp.floats, s.heads, s.n, s.np)
      }
      return [dlink, dr, dw, dp].map { $0.values().bits }
    }
    #expect(back(first, steps) == back(before, steps.suffix(1)))
  }

  /// `docs/equations/dnc.md#invariants`: rows, and columns with their precedence, sum to at most 1,
  /// in [0, 1], step after step.
  @Test(arguments: levels)
  func linksStayWithinTheirBounds(level: Int) {
    let k = kernels(level)
    var random = RandomNumbers(seed: 82)
    let s = Sizes(case: 6, limit: 64, &random)
    var link = [Float](repeating: 0, count: s.n * s.np)
    var p = [Float](repeating: 0, count: s.np)
    var (f, b) = (Canvas(s.np), Canvas(s.np))
    for step in 0..<50 {
      let w = step % 7 == 0 ? (0..<s.np).map { $0 == step % s.n ? 1 : 0 } : s.weights(&random)
      link.withUnsafeMutableBufferPointer { at in
        k.link(
          at.baseAddress!, at.baseAddress!, w, p, w, &f.floats, &b.floats, 1, s.n, s.np)
      }
      p.withUnsafeMutableBufferPointer { at in
        k.precedence(at.baseAddress!, at.baseAddress!, w, s.np)
      }
      #expect(link.allSatisfy { $0 >= -1e-6 && $0 <= 1 + 1e-6 })
      #expect(p.reduce(0, +) <= 1 + 1e-5)
      for i in 0..<s.n {
        let row = (0..<s.n).reduce(0) { $0 + link[i * s.np + $1] }
        let column = (0..<s.n).reduce(p[i]) { $0 + link[$1 * s.np + i] }
        #expect(row <= 1 + 1e-5 && column <= 1 + 1e-5, "cell \(i), step \(step)")
      }
    }
  }
}
