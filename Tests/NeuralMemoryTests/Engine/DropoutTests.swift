import Testing

@testable import NeuralMemory

/// Runs resume bit for bit: the masks of a seed stay those that earlier versions drew.
@Suite struct DropoutTests {
  @Test func masksOfASeed() {
    var factors = [Float](repeating: -1, count: 64)
    factors.withUnsafeMutableBufferPointer {
      Dropout.fill(
        $0.baseAddress!, count: $0.count, probability: 0.5, seed: 42, element: 3, step: 7,
        hiddenLayer: 1)
    }
    #expect(factors.allSatisfy { $0 == 0 || $0 == 2 })
    // one bit for each factor that is zero, the first lowest
    var dropped: UInt64 = 0
    for (place, factor) in factors.enumerated() where factor == 0 { dropped |= 1 << UInt64(place) }
    #expect(dropped == 3_056_879_727_272_227_768)
  }
}
