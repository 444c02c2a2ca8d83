import BenchmarkSupport
import Foundation
import MemoryTraining
import NeuralMemory

/// What is measured at one point of a curve: always in a process of its own.
struct Point: Codable, Equatable {
  var model: MemoryType
  /// Memory cells, N.
  var cells: Int
  /// Time steps, T.
  var steps: Int
  var batch: Int

  /// The network of the paper's speed comparison: W 32, 4 heads, K 4, K_L 4, an LSTM of 100, here
  /// with 8 inputs.
  func configuration(cells: Int) -> NetworkConfiguration {
    let memory: any MemoryConfiguration =
      switch model {
      case .dnc: DenseMemory.Configuration(cells: cells, of: 32)
      case .sam: SparseMemory.Configuration(cells: cells, of: 32)
      default: LinkedSparseMemory.Configuration(cells: cells, of: 32)
      }
    var c = NetworkConfiguration(inputSize: 8, hiddenSize: 100, memory: memory)
    c.controller.numHiddenLayers = 1
    return c
  }
}

/// Time and memory at a point.
struct Result: Codable {
  let point: Point
  /// Forward and backward of the whole batch, the fastest of several passes, divided by the number
  /// of time steps.
  let msPerStep: Double
  /// Growth of the peak resident memory by the first pass of the network: memories, records,
  /// working storage.
  let bytes: Int
  let instructionSet: String
  let linearAlgebra: String
  let workers: Int

  /// Bytes per time step of the batch.
  var bytesPerStep: Double { Double(bytes) / Double(point.steps) }

  init(measuring point: Point) {
    self.init(point, point.configuration(cells: point.cells).networkType)
  }

  private init<Network: AnyNetwork>(_ point: Point, _ network: Network.Type) {
    // A tiny memory first: libraries, threads and the code itself are then resident and not
    // counted.
    var first = TrainingStep(
      network, point.configuration(cells: 16), batch: point.batch, steps: 1)
    first.differentiate()
    var step = TrainingStep(
      network, point.configuration(cells: point.cells), batch: point.batch, steps: point.steps)
    let before = ProcessMeasures.peak
    let start = ProcessMeasures.milliseconds { step.differentiate() }
    bytes = ProcessMeasures.peak - before

    // A pass of many seconds needs no second one to be known to a few per cent.
    var times = start > 10_000 ? [start] : []
    while times.isEmpty || (times.count < 101 && times.reduce(0, +) < 2000) {
      times.append(ProcessMeasures.milliseconds { step.differentiate() })
    }
    self.point = point
    msPerStep = (times.min() ?? start) / Double(point.steps)
    instructionSet = Processor.instructionSet
    linearAlgebra = Processor.linearAlgebra
    workers = Processor.workers
  }
}
