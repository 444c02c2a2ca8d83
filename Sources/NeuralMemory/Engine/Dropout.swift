/// Dropout's factors: 0 with the given probability, else 1 / (1 − probability), as in PyTorch.
///
/// They depend on the seed and on the place alone, so that a batch gets the same ones however it is cut into shards.
enum Dropout {
  static func fill(
    _ factors: UnsafeMutablePointer<Float>, count: Int, probability: Float, seed: UInt64,
    item: Int, step: Int, cell: Int
  ) {
    // SplitMix64 from a state that mixes the seed with the place
    var state = seed
    state = mix(mix(mix(state &+ UInt64(cell)) &+ UInt64(step)) &+ UInt64(item))
    let kept = 1 / (1 - probability)
    for i in 0..<count {
      state = state &+ 0x9e37_79b9_7f4a_7c15
      let uniform = Float(mix(state) >> 40) * 0x1p-24
      factors[i] = uniform < probability ? 0 : kept
    }
  }

  @inline(__always)
  private static func mix(_ state: UInt64) -> UInt64 {
    var z = state &+ 0x9e37_79b9_7f4a_7c15
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
