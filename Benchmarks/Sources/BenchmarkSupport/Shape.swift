import NeuralMemory

/// One network and batch that is timed; the sizes are those of `docs/performance.md`.
public struct Shape: Sendable {
  public let name: String
  public let batch: Int
  public let steps: Int
  public let runs: Int
  public let configuration: NetworkConfiguration

  public static let all: [Shape] = [
    Shape(
      "copy", batch: 32, steps: 17, runs: 101, input: 6, hidden: 64,
      DenseMemory.Configuration(cells: 32, of: 20)),
    Shape(
      "copy-wide", batch: 1000, steps: 17, runs: 15, input: 6, hidden: 64,
      DenseMemory.Configuration(cells: 32, of: 20)),
    Shape(
      "readme", batch: 10, steps: 20, runs: 31, input: 64, hidden: 128,
      DenseMemory.Configuration(cells: 100, of: 32)
    ) { $0.numLayers = 4 },
    Shape(
      "large", batch: 16, steps: 40, runs: 15, input: 64, hidden: 256,
      DenseMemory.Configuration(cells: 256, of: 64)
    ) { $0.numHiddenLayers = 1 },
    sparse("sam", SparseMemory.Configuration(cells: 5000, of: 32)),
    sparse("sam-2^20", SparseMemory.Configuration(cells: 1 << 20, of: 32)),
    sparse("sdnc", LinkedSparseMemory.Configuration(cells: 5000, of: 32)),
    Shape(
      "lstm", batch: 32, steps: 17, runs: 101, input: 6, hidden: 64, NoMemory.Configuration()),
  ]

  private static func sparse(_ name: String, _ memory: any MemoryConfiguration) -> Shape {
    Shape(name, batch: 8, steps: 50, runs: 51, input: 8, hidden: 100, memory)
  }

  init(
    _ name: String, batch: Int, steps: Int, runs: Int, input: Int, hidden: Int,
    _ memory: any MemoryConfiguration,
    _ configure: (inout ControllerConfiguration) -> Void = { _ in }
  ) {
    var configuration = NetworkConfiguration(
      inputSize: input, hiddenSize: hidden, memory: memory)
    configure(&configuration.controller)
    self.name = name
    self.batch = batch
    self.steps = steps
    self.runs = runs
    self.configuration = configuration
  }
}

extension CellMemoryConfiguration {
  /// A memory of some cells of a size, read by four heads; the rest as by default.
  public init(cells: Int, of size: Int) {
    self.init()
    nrCells = cells
    cellSize = size
    readHeads = 4
  }
}
