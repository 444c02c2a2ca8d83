import Foundation
import NeuralMemory
import Testing

/// The engine flushes tiny numbers to zero while it works; a loss, which is the user's code,
/// computes as everywhere else.
@Suite struct LossArithmeticTests {
  /// Not to be computed beforehand by the compiler.
  @inline(never)
  private static func product(_ a: [Float], _ b: [Float]) -> Float { a[0] * b[0] }

  @Test(arguments: [1, 3])
  func lossesSeeTinyNumbers(workers: Int) {
    let model = DNC(inputSize: 2, hiddenSize: 4, nrCells: 3, readHeads: 1, cellSize: 2)
    let tiny = Float.leastNormalMagnitude
    // values, and the numbers that the gradient's small ones would be multiplied with afterwards
    let (small, quarter) = ([tiny], [Float(0.25)])
    let lock = NSLock()
    nonisolated(unsafe) var products: [Float] = []
    var gradient = ParameterStore(layout: model.parameters.layout)
    _ = model.lossAndGradient(
      Tensor(shape: [40, 3, 2], repeating: 1), lengths: nil, dropoutSeed: nil, workers: workers,
      into: &gradient
    ) { _, output, gradient in
      gradient = output
      let product = Self.product(small, quarter)
      lock.withLock { products.append(product) }
      return 0
    }
    // one for each part of a shard
    #expect(products.count > workers)
    #expect(products.allSatisfy { $0 == tiny / 4 && $0 != 0 }, "\(products)")
    #expect(Self.product(small, quarter) == tiny / 4)
  }
}
