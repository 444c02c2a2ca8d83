import Foundation
import NeuralMemory
import TestSupport
import Testing

@Suite struct SparseGoldenTests {
  static let sam = ["sam", "sam-2layer-shared", "sam-gru-independent", "sam-rnn-relu-recycled"]
  static let sdnc = ["sdnc", "sdnc-2layer-own-memory", "sdnc-2layer-shared-independent"]

  @Test(arguments: sam, [1, 2])
  func outputAndGradientsOfSAM(name: String, workers: Int) throws {
    try check(GoldenSparse<SparseMemory>(name), workers: workers)
  }

  @Test(arguments: sdnc, [1, 2])
  func outputAndGradientsOfSDNC(name: String, workers: Int) throws {
    try check(GoldenSparse<LinkedSparseMemory>(name), workers: workers)
  }

  @Test(arguments: sam)
  func stepsAndTracesOfSAM(name: String) throws {
    try checkSteps(GoldenSparse<SparseMemory>(name))
    try checkTraces(GoldenSparse<SparseMemory>(name, debug: true))
  }

  @Test(arguments: sdnc)
  func stepsAndTracesOfSDNC(name: String) throws {
    try checkSteps(GoldenSparse<LinkedSparseMemory>(name))
    try checkTraces(GoldenSparse<LinkedSparseMemory>(name, debug: true))
  }

  private func check<M: Memory>(
    _ test: GoldenSparse<M>, workers: Int
  ) throws {
    let golden = test.golden
    let (output, pullback) = test.model.callWithPullback(golden.input, workers: workers)
    expectClose(output.output, golden.output, relative: 1e-5, "output")
    #expect(test.model(golden.input, workers: workers).output == output.output)
    let gradients = pullback(golden.cotangent)
    expectClose(gradients.input, golden.inputGradient, relative: 1e-4, "gradient of the input")
    for (parameter, expected) in golden.gradients {
      expectClose(gradients.parameters[parameter], expected, relative: 1e-4, parameter)
    }
  }

  /// Step by step gives the very bits of the sequence call.
  private func checkSteps<M: Memory>(_ test: GoldenSparse<M>) throws {
    let whole = test.model(test.golden.input)
    var state = test.model.initialState(batch: test.golden.input.shape[0])
    for step in 0..<test.golden.input.shape[1] {
      let output = test.model.step(test.golden.input.select(axis: 1, step), state: &state)
      #expect(output == whole.output.select(axis: 1, step))
    }
    #expect(state == whole.state)
  }

  private func checkTraces<M: Memory>(_ test: GoldenSparse<M>) throws {
    let trace = try #require(test.model(test.golden.input).trace)
    for (theirs, ours) in [
      "memory": "memory", "read": "read_weights", "write": "write_weights",
      "last_access": "usage", "precedence": "precedence",
    ] {
      guard let expected = test.golden.traces[theirs] else {
        #expect(theirs == "precedence" && M.Configuration.kind == .sam)
        continue
      }
      let table = try #require(trace[ours])
      expectClose(
        table, expected.reshaped([expected.shape[0], -1]), relative: 1e-5, "trace \(ours)")
    }
  }
}

/// A sparse network with a golden file's configuration and parameters.
struct GoldenSparse<M: Memory> {
  let golden: GoldenFile
  let model: Network<M>

  init(_ name: String, debug: Bool = false) throws {
    let url = try #require(
      Bundle.module.url(
        forResource: name, withExtension: "safetensors", subdirectory: "Fixtures"))
    golden = try GoldenFile(url)
    var configuration = try JSONDecoder().decode(
      NetworkConfiguration.self, from: golden.configJSON)
    configuration.debug = debug
    var model = Network<M>(configuration: configuration)
    #expect(
      Set(model.parameters.layout.entries.map(\.name)) == Set(golden.parameters.keys),
      "names of the parameters")
    for (name, tensor) in golden.parameters { model.parameters[name] = tensor }
    self.model = model
  }
}
