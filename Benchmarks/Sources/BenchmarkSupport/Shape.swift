import NeuralMemory

/// One network and batch that is timed; the numbers are those of `docs/performance.md`.
public struct Shape: Sendable {
  public let name: String
  public let batch: Int
  public let steps: Int
  public let runs: Int
  public let configuration: NetworkConfiguration

  public static let all: [Shape] = [
    Shape("copy", batch: 32, steps: 17, runs: 101, input: 6, hidden: 64) {
      $0.nrCells = 32
      $0.cellSize = 20
      $0.readHeads = 4
    },
    Shape("copy-wide", batch: 1000, steps: 17, runs: 15, input: 6, hidden: 64) {
      $0.nrCells = 32
      $0.cellSize = 20
      $0.readHeads = 4
    },
    Shape("readme", batch: 10, steps: 20, runs: 31, input: 64, hidden: 128) {
      $0.numLayers = 4
      $0.nrCells = 100
      $0.cellSize = 32
      $0.readHeads = 4
    },
    Shape("large", batch: 16, steps: 40, runs: 15, input: 64, hidden: 256) {
      $0.numHiddenLayers = 1
      $0.nrCells = 256
      $0.cellSize = 64
      $0.readHeads = 4
    },
    sparse("sam", .sam, cells: 5000),
    sparse("sam-2^20", .sam, cells: 1 << 20),
    sparse("sdnc", .sdnc, cells: 5000),
    Shape("lstm", batch: 32, steps: 17, runs: 101, input: 6, hidden: 64, .none) { _ in },
  ]

  private static func sparse(_ name: String, _ type: MemoryType, cells: Int) -> Shape {
    Shape(name, batch: 8, steps: 50, runs: 51, input: 8, hidden: 100, type) {
      $0.nrCells = cells
      $0.cellSize = 32
      $0.readHeads = 4
      $0.sparseReads = 4
      if type == .sdnc { $0.temporalReads = 4 }
    }
  }

  init(
    _ name: String, batch: Int, steps: Int, runs: Int, input: Int, hidden: Int,
    _ memoryType: MemoryType = .dnc, _ configure: (inout NetworkConfiguration) -> Void
  ) {
    var configuration = NetworkConfiguration(
      inputSize: input, hiddenSize: hidden, memoryType: memoryType)
    configure(&configuration)
    self.name = name
    self.batch = batch
    self.steps = steps
    self.runs = runs
    self.configuration = configuration
  }
}
