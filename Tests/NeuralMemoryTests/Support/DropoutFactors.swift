@testable import NeuralMemory

/// The factors that dropout draws for the output of hidden layer number `hiddenLayer`.
func dropoutFactors(
  _ configuration: NetworkConfiguration, seed: UInt64, element: Int, step: Int, hiddenLayer: Int
) -> [Double] {
  var factors = [Float](repeating: -1, count: configuration.hiddenSize)
  factors.withUnsafeMutableBufferPointer {
    Dropout.fill(
      $0.baseAddress!, count: $0.count, probability: configuration.dropout, seed: seed,
      element: element, step: step, hiddenLayer: hiddenLayer)
  }
  return factors.map(Double.init)
}
