import Foundation
import NeuralMemory
import TestSupport
import Testing

/// A DNC with a golden file's configuration, parameters and starting state.
struct GoldenDNC {
  let golden: GoldenFile
  let model: DNC
  let state: DNCState?

  static let names = [
    "dnc", "dnc-2layer-own-memory", "dnc-3layer-shared", "dnc-gru-2hidden", "dnc-rnn-independent",
    "dnc-tight-clip-nobias", "pytorch-dnc-gru-2layer-own", "pytorch-dnc-lstm",
  ]

  init(_ name: String, debug: Bool = false) throws {
    let url = try #require(
      Bundle.module.url(
        forResource: name, withExtension: "safetensors", subdirectory: "Fixtures"))
    let golden = try GoldenFile(url)
    self.golden = golden
    var configuration = try JSONDecoder().decode(NetworkConfiguration.self, from: golden.configJSON)
    configuration.debug = debug
    var model = DNC(configuration: configuration)
    #expect(
      Set(model.parameters.layout.entries.map(\.name)) == Set(golden.parameters.keys),
      "names of the parameters")
    for (name, tensor) in golden.parameters { model.parameters[name] = tensor }
    self.model = model
    state = golden.state.isEmpty ? nil : try GoldenDNC.state(golden, model)
  }

  private static func state(_ golden: GoldenFile, _ model: DNC) throws -> DNCState {
    var start = model.initialState(batch: golden.input.shape[0])
    for memory in start.memories.indices {
      func part(_ name: String) throws -> Tensor {
        try #require(golden.state[name]).select(axis: 0, memory)
      }
      start.memories[memory].memory = try part("memory")
      start.memories[memory].usage = try part("usage")
      start.memories[memory].precedence = try part("precedence")
      start.memories[memory].link = try part("link")
      start.memories[memory].readWeights = try part("read")
      start.memories[memory].writeWeights = try part("write")
    }
    start.reads = try #require(golden.state["read_vectors"])
    return start
  }
}
