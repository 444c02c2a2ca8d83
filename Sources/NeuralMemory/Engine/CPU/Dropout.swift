/// Dropout's factors: 0 with the given probability, else 1 / (1 − probability), as in PyTorch.
///
/// They depend on the seed and on the place alone, so that a batch gets the same ones however it is
/// cut into shards.
enum Dropout {
  static func fill(
    _ factors: UnsafeMutablePointer<Float>, count: Int, probability: Float, seed: UInt64,
    element: Int, step: Int, hiddenLayer: Int
  ) {
    // SplitMix64 from a state that mixes the seed with the place
    var words = SplitMix64(state: seed &+ UInt64(hiddenLayer))
    words = SplitMix64(state: words.next() &+ UInt64(step))
    words = SplitMix64(state: words.next() &+ UInt64(element))
    words = SplitMix64(state: words.next())
    // masks of earlier versions began with the second word
    _ = words.next()
    let kept = 1 / (1 - probability)
    for i in 0..<count {
      let uniform = Float(words.next() >> 40) * 0x1p-24
      factors[i] = uniform < probability ? 0 : kept
    }
  }
}
