import MemoryTasks
import MemoryTraining
import NeuralMemory
import Testing

struct DigitCrossEntropyTests {
  @Test func isTheSumOverTheDigitsOfAnAnswer() throws {
    let loss = DigitCrossEntropy(radix: 4)
    let output = Tensor(shape: [2, 3, 8])
    let target = Tensor(shape: [2, 3, 2], repeating: 1)
    let mask = Tensor(shape: [2, 3], values: [0, 1, 1, 0, 0, 1])
    let (value, gradient) = loss.valueAndGradient(output, target: target, mask: mask)
    // Two digits of four, equally likely.
    #expect(abs(value - 2 * 1.3862943611198906) < 1e-9)
    #expect(abs(gradient[0, 1, 1] - (0.25 - 1) / 3) < 1e-6)
    #expect(abs(gradient[0, 1, 7] - 0.25 / 3) < 1e-6)
    #expect(gradient.slice(axis: 1, 0..<1) == Tensor(shape: [2, 1, 8]))
    #expect(loss.weight(ofOutput: [2, 3, 8], mask: mask) == 3)
    let all = loss.value(output, target: target, mask: mask, normalizer: .fixed(1))
    #expect(abs(all - 3 * value) < 1e-9)
  }
}
