import ArgumentParser
import Foundation
import MemoryInspection
import NeuralMemory

/// `dnc run`
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run a trained network over sequences from a NumPy file.",
    discussion: """
      The input is an array of [batch, time, input size] (of [time, batch, input size] if the network \
      was made time-first), or of [time, input size] for a single sequence. The output has the same \
      axes; for tasks of bits it holds logits: above 0 means 1.
        dnc run --checkpoint runs/copy-1 --input x.npy --output y.npy
      With a trace of what the memory did in the first sequence, for NumPy and for `dnc plot`:
        dnc run --checkpoint runs/copy-1 --input x.npy --output y.npy --trace t.npz
      """)

  @Option(help: "A checkpoint, or a run folder (its latest checkpoint).")
  var checkpoint: String
  @Option(
    help: """
      The network's configuration, a JSON file with the Python package's argument names, for a \
      checkpoint without one, such as a converted state_dict.
      """)
  var configuration: String?
  @Option(help: "The input, a .npy file.")
  var input: String
  @Option(help: "Where the output goes, a .npy file; it is replaced if it exists.")
  var output: String
  @Option(
    help: "Where the memory's debug tables of the first sequence go, an .npz file; it is replaced.")
  var trace: String?

  /// An input that does not fit the network.
  struct UnsuitableInput: Error, CustomStringConvertible {
    let description: String
  }

  /// - Throws: `UnsuitableInput` if the file is no configuration, `ConfigurationError` if no
  ///   network can be built from it.
  private func readConfiguration(_ path: String) throws -> NetworkConfiguration {
    var data = Data()
    do {
      data = try Data(contentsOf: URL(fileURLWithPath: path))
      let configuration = try JSONDecoder().decode(NetworkConfiguration.self, from: data)
      try configuration.validate()
      return configuration
    } catch let error as DecodingError {
      throw UnsuitableInput(
        description: "\(path) is not a configuration: \(error.explanation(in: data)).")
    } catch let error as CocoaError {
      throw UnsuitableInput(description: "\(path) cannot be read: \(error.localizedDescription)")
    }
  }

  func run() throws {
    let (content, name) = try CheckpointLocation.content(checkpoint)
    try run(
      NetworkConfiguration.network(
        in: content, name: name, configuration: configuration.map(readConfiguration)))
  }

  private func run(_ any: some AnyNetwork) throws {
    let network = any.network
    let given: Tensor
    do { given = try Tensor(npy: URL(fileURLWithPath: input)) } catch let error as NpyError {
      throw UnsuitableInput(description: "\(input): \(error)")
    }
    let size = network.inputSize
    guard (2...3).contains(given.rank), given.shape.last == size else {
      throw UnsuitableInput(
        description: "\(input) holds an array of shape \(given.shape); the network takes "
          + "[batch, time, \(size)] or [time, \(size)].")
    }
    guard given.allFinite else {
      throw UnsuitableInput(
        description: "\(input) holds infinite values or NaN; the network takes finite numbers.")
    }
    let batchAxis = network.configuration.batchFirst ? 0 : 1
    var shape = given.shape
    if given.rank == 2 { shape.insert(1, at: batchAxis) }
    if trace != nil, shape[batchAxis] == 0 {
      throw UnsuitableInput(description: "\(input) holds no sequence that could be traced.")
    }
    let answer = (trace == nil ? network : network.tracing)(given.reshaped(shape))
    let snapshot = try trace.map { _ in try MemorySnapshot(answer, network) }
    var result = answer.output
    if given.rank == 2 { result = result.select(axis: batchAxis, 0) }
    try result.write(npy: URL(fileURLWithPath: output))
    Console().print("Wrote \(output): \(result.shape).")
    if let trace, let snapshot {
      try snapshot.write(to: URL(fileURLWithPath: trace))
      Console().print(
        "Wrote \(trace): \(snapshot.tables.count) tables of \(snapshot.rows) accesses. "
          + "Draw them: \(programName) plot \(trace.quotedForShell) -o trace.svg")
    }
  }
}
