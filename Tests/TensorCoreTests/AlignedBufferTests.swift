import TensorCore
import Testing

@Suite struct AlignedBufferTests {
  @Test(arguments: [0, 1, 15, 16, 17, 1000, 100_003])
  func addressesAreDivisibleBy64(count: Int) {
    let buffers = (0..<8).map { _ in AlignedBuffer(count: count) }
    for buffer in buffers {
      #expect(UInt(bitPattern: buffer.base) % 64 == 0)
      #expect(buffer.count == count && buffer.buffer.count == count)
      #expect(buffer.buffer.allSatisfy { $0 == 0 })
    }
    #expect(Set(buffers.map(\.base)).count == 8)
  }

  @Test func valuesStay() {
    let buffer = AlignedBuffer(count: 100, zeroed: false)
    for i in 0..<100 { buffer.base[i] = Float(i) }
    #expect(buffer.buffer.reduce(0, +) == 4950)
  }

  @Test func everyBufferIsCounted() {
    // Other tests may make buffers at the same time: at least these five are counted.
    let before = AlignedBuffer.allocationCount
    let buffers = (0..<5).map { AlignedBuffer(count: $0) }
    #expect(AlignedBuffer.allocationCount - before >= buffers.count)
  }
}
