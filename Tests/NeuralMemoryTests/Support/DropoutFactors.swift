@testable import NeuralMemory

/// The factors that dropout draws for the output of cell number `cell`.
func dropoutFactors(
  _ configuration: NetworkConfiguration, seed: UInt64, item: Int, step: Int, cell: Int
) -> [Double] {
  var factors = [Float](repeating: -1, count: configuration.hiddenSize)
  factors.withUnsafeMutableBufferPointer {
    Dropout.fill(
      $0.baseAddress!, count: $0.count, probability: configuration.dropout, seed: seed,
      item: item, step: step, cell: cell)
  }
  return factors.map(Double.init)
}
