import TensorCore
import Testing
import VectorKernels

/// One access of a memory and its way back, on every level with the same numbers.
///
/// Each kernel is compared with double precision elsewhere; this shows that nothing adds up in a
/// chain of them.
@Suite struct LevelAgreementTests {
  private struct Inputs {
    let s: Sizes
    let m, usage, precedence, write, link, read: [Float]
    let gates: [Float]
    let keys: [Float]
    let erase, v, freeGates, modes: [Float]
    let dreads: [Float]

    init(seed: UInt64) {
      var random = RandomNumbers(seed: seed, stream: 90)
      s = Sizes(case: 5, limit: 128, &random)
      m = s.rows(s.w, in: -1..<1, &random)
      usage = s.rows(1, in: 0..<1, &random)
      (precedence, write) = (s.weights(&random), s.weights(&random))
      link = s.link(&random)
      read = s.weights(s.heads, &random)
      gates = random.normals(2)
      keys = random.normals((s.heads + 1) * s.w)
      erase = random.normals(s.w)
      v = random.normals(s.w)
      freeGates = random.uniforms(s.heads, in: 0..<1)
      modes = random.uniforms(3, in: 0..<0.4)
      dreads = random.normals(s.heads * s.w)
    }
  }

  /// What a level makes of the inputs, by name.
  private func results(_ k: vk_table, _ x: Inputs) -> [(name: String, values: [Float])] {
    let s = x.s
    let row = [Float](repeating: 0, count: s.np)
    let rows = [Float](repeating: 0, count: s.heads * s.np)
    var (gates, erase, v) = (x.gates, x.erase, x.v)
    k.sigmoid(&gates, x.gates, 2)
    k.sigmoid(&erase, x.erase, s.w)
    k.tanh(&v, x.v, s.w)

    var (usage, allocation, order) = (row, row, [Int32](repeating: 0, count: s.n))
    k.usage(&usage, x.usage, x.write, x.read, x.freeGates, s.heads, s.np)
    k.order(&order, usage, s.n)
    k.allocation(&allocation, usage, order, 1e-6, s.n, s.np)
    let writeKey = Array(x.keys[(s.heads * s.w)...])
    let content = KernelLookup(k, x.m, writeKey, strength: 3, inside: 1e-6, s).weights.values()
    var write = row
    k.write_weights(&write, allocation, content, gates[0], gates[1], s.np)
    var (link, forward, backward) = (x.link, rows, rows)
    k.link(&link, x.link, write, x.precedence, x.read, &forward, &backward, s.heads, s.n, s.np)
    var (m, norm, inverse, precedence) = (x.m, row, row, row)
    k.memory_write(&m, &norm, &inverse, x.m, write, erase, v, 1e-6, s.w, s.np)
    k.precedence(&precedence, x.precedence, write, s.np)
    var read: [Float] = []
    for head in 0..<s.heads {
      let key = Array(x.keys[(head * s.w)..<((head + 1) * s.w)])
      let content = KernelLookup(k, m, key, strength: 2, inside: 1e-6, s).weights.values()
      let cells = (head * s.np)..<((head + 1) * s.np)
      var weights = row
      k.read_weights(
        &weights, Array(backward[cells]), Array(forward[cells]), content, x.modes, s.np)
      read += weights
    }
    var reads = [Float](repeating: 0, count: s.heads * s.w)
    k.dots(s.heads, s.w, s.np, read, s.np, m, s.np, &reads, s.w, false)

    var dread = rows
    k.gemm(s.heads, s.np, s.w, x.dreads, s.w, 1, m, s.np, &dread, s.np, false)
    var (dm, dkeys) = (x.m, [Float](repeating: 0, count: s.heads * s.w))
    var (dwrite, derase, dv) = (row, erase, v)
    k.memory_backward(
      &dm, m, x.m, x.dreads, read, x.keys, dread, norm, write, erase, v, &dkeys, &dwrite, &derase,
      &dv, s.heads, s.w, s.np)
    var (dlink, dr, dp) = (x.link, dread, precedence)
    withLinkSteps([(write, x.precedence)]) {
      k.link_backward(
        &dlink, x.link, $0, 1, x.read, dread, dread, &dr, &dwrite, &dp, s.heads, s.n, s.np)
    }
    return [
      ("usage", usage), ("order", order.map(Float.init)), ("allocation", allocation),
      ("write", write), ("link", link), ("m", m), ("norm", norm), ("precedence", precedence),
      ("read", read), ("reads", reads), ("dm", dm), ("dkeys", dkeys), ("dwrite", dwrite),
      ("derase", derase), ("dv", dv), ("dlink", dlink), ("dr", dr), ("dp", dp),
    ]
  }

  @Test(arguments: levels.dropFirst(), 0..<6)
  func aStepIsTheSameOnEveryLevel(level: Int, seed: Int) {
    let inputs = Inputs(seed: UInt64(seed))
    let found = results(kernels(level), inputs)
    for ((name, values), (_, expected)) in zip(found, results(kernels(0), inputs)) {
      expectClose(values, expected.doubles, relative: 1e-5, name)
    }
  }
}
