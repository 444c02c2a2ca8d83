import Testing
import VectorKernels

@Suite struct DenormalsTests {
  @Test func flushingLastsFromBeginToEnd() {
    #if arch(x86_64) || arch(arm64)
      let small: [Float] = [.leastNormalMagnitude]
      let scale = Float(0.25)
      func halved() -> Float {
        var y: [Float] = [0]
        kernels(0).axpy(&y, scale, small, 1)
        return y[0]
      }
      let outer = vk_flush_denormals_begin()
      let inner = vk_flush_denormals_begin()
      let flushed = halved()
      vk_flush_denormals_end(inner)
      let stillFlushed = halved()
      let flushing = vk_flush_denormals_pause()
      let kept = halved()
      vk_flush_denormals_end(flushing)
      let flushedAgain = halved()
      vk_flush_denormals_end(outer)
      #expect(flushed == 0)
      #expect(stillFlushed == 0)
      #expect(kept == .leastNormalMagnitude * scale)
      #expect(flushedAgain == 0)
      #expect(halved() == .leastNormalMagnitude * scale)
    #endif
  }
}
