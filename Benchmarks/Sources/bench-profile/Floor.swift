import BenchmarkSupport
import NeuralMemory

/// What a dense network's training step needs at the least, counted from its equations.
struct Floor {
  /// Multiply-adds of a mechanism per element and time step; an exponential counts as ten.
  let multiplyAdds: (Mechanism, Direction) -> Double

  init(_ c: NetworkConfiguration) {
    let (memory, controller) = (c[DenseMemory.self], c.controller)
    let (n, w, r) = (
      Double(memory.nrCells), Double(memory.cellSize), Double(memory.readHeads)
    )
    let (hidden, input) = (Double(controller.hiddenSize), Double(c.inputSize))
    let layers = Double(controller.numLayers)
    let depth = Double(controller.numHiddenLayers)
    let reads = r * w
    let interface = w * r + 3 * w + 5 * r + 3
    // every layer reads [below | reads] and its own h; the first one the input, the others h of the
    // one below
    let firstCells =
      4 * hidden * (input + reads + hidden) + (layers - 1) * 4 * hidden * (2 * hidden + reads)
    let deeperCells = layers * (depth - 1) * 4 * hidden * 2 * hidden
    let output = (hidden + reads) * Double(c.outputs)
    let forward = firstCells + deeperCells + layers * hidden * interface + output
    let toTheInput = 4 * hidden * input
    let units = layers * depth * hidden
    let exponential = 10.0
    multiplyAdds = { mechanism, direction in
      switch (mechanism, direction) {
      case (.products, .forward): forward
      case (.products, .backward): forward - toTheInput
      case (.weightGradients, .forward): 0
      case (.weightGradients, .backward): forward
      case (.gates, .forward): units * (5 * exponential + 4)
      case (.gates, .backward): units * 14
      case (.link, .forward): layers * n * n * (2 + 2 * r)
      case (.link, .backward): layers * n * n * (6 + 4 * r)
      case (.memory, .forward): layers * (n * w * (2 * r + 1 + 4) + n * (r + 1) * exponential)
      case (.memory, .backward): layers * (n * w * (4 * r + 2 + 5) + n * (r + 1) * 6)
      case (.weighting, .forward): layers * n * (4 * r + 10)
      case (.weighting, .backward): layers * n * (8 * r + 14)
      case (.rest, _): 0
      }
    }
  }
}
