import Foundation
import NeuralMemory
import TestSupport
import Testing

/// Models to files and back.
@Suite struct CheckpointTests {
  @Test(arguments: 0..<30)
  func roundTripIsExact(number: Int) throws {
    let folder = try TemporaryFolder()
    let url = folder.file("model.safetensors")
    var test = RandomCase(seed: UInt64(400_000 + number))
    test.change {
      $0.dropout = 0.1 * Float(number % 4)
      $0.clip = 0.1 * Float(number)
      $0.debug = number % 3 == 0
      $0.batchFirst = number % 4 != 0
    }
    var model = test.model
    // numbers that only an exact copy keeps
    model.parameters.values[0] = -0.0
    model.parameters.values[1 % model.parameters.values.count] = .leastNonzeroMagnitude
    try model.write(to: url, metadata: ["note": "ü \"quoted\""])
    let read = try DNC(contentsOf: url)
    #expect(read.configuration == model.configuration)
    #expect(read.parameters.layout == model.parameters.layout)
    #expect(
      read.parameters.values.map(\.bitPattern) == model.parameters.values.map(\.bitPattern))
    let file = try SafeTensors(contentsOf: url)
    #expect(file.metadata["note"] == "ü \"quoted\"")
    #expect(Set(file.names) == Set(model.parameters.layout.entries.map(\.name)))
    #expect(try folder.names == ["model.safetensors"])
  }

  /// The metadata spell the configuration as the Python package does.
  @Test func configurationIsSpelledAsThePackageDoes() throws {
    let model = DNC(
      inputSize: 3, hiddenSize: 4, rnnType: .gru, nrCells: 6, clip: 0.5, dialect: .pytorchDNC)
    let json = try #require(model.checkpoint().metadata["config"])
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
    #expect(
      Set(object.keys) == [
        "model", "input_size", "hidden_size", "rnn_type", "num_layers", "num_hidden_layers", "bias",
        "batch_first", "dropout", "nr_cells", "read_heads", "cell_size", "nonlinearity",
        "independent_linears", "share_memory", "debug", "clip", "dialect",
      ])
    #expect(object["model"] as? String == "dnc")
    #expect(object["rnn_type"] as? String == "gru")
    #expect(object["nr_cells"] as? Int == 6)
    #expect(object["clip"] as? Double == 0.5)
    #expect(object["dialect"] as? String == "pytorch-dnc")
  }

  /// A file with names and tensors but no configuration, as a converted `state_dict` is one.
  @Test(arguments: ["pytorch-dnc-lstm", "pytorch-dnc-gru-2layer-own"])
  func convertedStateDict(name: String) throws {
    let test = try GoldenDNC(name)
    var converted = SafeTensors()
    for (name, tensor) in test.golden.parameters { converted.set(name, tensor) }
    let folder = try TemporaryFolder()
    let url = folder.file("converted.safetensors")
    try converted.write(to: url)
    let model = try DNC(contentsOf: url, configuration: test.model.configuration)
    let output = model(test.golden.input, state: test.state).output
    expectClose(output, test.golden.output, relative: 1e-5, name)
    #expect(throws: CheckpointError.self) { try DNC(contentsOf: url) }
  }

  /// Other precisions are read as floats.
  @Test func doublesAndHalvesAreRead() throws {
    let model = DNC(inputSize: 2, hiddenSize: 3, nrCells: 2, readHeads: 1, cellSize: 2)
    let name = "output.bias"
    func read(_ dtype: ScalarType, _ bytes: Data) throws -> Tensor {
      var file = SafeTensors()
      let whole = model.checkpoint()
      file.metadata = whole.metadata
      for other in whole.names where other != name { file.set(other, whole[other]!) }
      file.set(name, dtype: dtype, shape: [2], bytes: bytes)
      return try DNC(checkpoint: file, name: "f").parameters[name]
    }
    let doubles: [Double] = [0.5, -3]
    #expect(try read(.f64, doubles.withUnsafeBytes { Data($0) }) == Tensor([0.5, -3]))
    let halves: [UInt16] = [0x3800, 0xc200]
    #expect(try read(.f16, halves.withUnsafeBytes { Data($0) }) == Tensor([0.5, -3]))
    let brains: [UInt16] = [0x3f00, 0xc040]
    #expect(try read(.bf16, brains.withUnsafeBytes { Data($0) }) == Tensor([0.5, -3]))
  }

  /// What training keeps beside the model is not the model's business.
  @Test func trainingTensorsAreIgnored() throws {
    let model = DNC(inputSize: 2, hiddenSize: 3)
    var file = model.checkpoint()
    file.set("training/adam/m/output.bias", Tensor([1, 2, 3]))
    file.set("training/random", dtype: .u64, shape: [1], bytes: Data(repeating: 255, count: 8))
    #expect(try DNC(checkpoint: file, name: "f").parameters == model.parameters)
  }

  @Test(arguments: 0..<12)
  func stateRoundTripIsExact(number: Int) throws {
    let folder = try TemporaryFolder()
    let url = folder.file("state.safetensors")
    let test = RandomCase(seed: UInt64(410_000 + number))
    let state = test.model(test.input, state: test.start).state
    try state.write(to: url)
    let read = try test.model.state(contentsOf: url)
    #expect(read == state)
    // what comes next is the same, bit for bit
    let (a, b) = (test.model(test.input, state: state), test.model(test.input, state: read))
    #expect(a.output == b.output && a.state == b.state)
    let empty = test.model.initialState(batch: 0)
    try empty.write(to: url)
    #expect(try test.model.state(contentsOf: url) == empty)
  }
}
