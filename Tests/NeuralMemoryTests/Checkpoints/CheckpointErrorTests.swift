import Foundation
import NeuralMemory
import TestSupport
import Testing

/// Well-formed files that are not the checkpoint they should be.
@Suite struct CheckpointErrorTests {
  private let model = DNC(inputSize: 2, hiddenSize: 3, nrCells: 2, readHeads: 1, cellSize: 2)

  private func error(_ file: SafeTensors) -> CheckpointError? {
    #expect(throws: CheckpointError.self) { try DNC(checkpoint: file, name: "f") }
  }

  /// The checkpoint without one tensor, or with it replaced.
  private func file(without name: String, replacement: Tensor? = nil) -> SafeTensors {
    var file = SafeTensors()
    let whole = model.checkpoint()
    file.metadata = whole.metadata
    for other in whole.names where other != name { file.set(other, whole[other]!) }
    if let replacement { file.set(name, replacement) }
    return file
  }

  @Test func missingTensors() {
    for entry in model.parameters.layout.entries {
      #expect(
        error(file(without: entry.name)) == .missingTensors(file: "f", names: [entry.name]))
    }
    var none = SafeTensors()
    none.metadata = model.checkpoint().metadata
    let all = model.parameters.layout.entries.map(\.name)
    let found = error(none)
    #expect(found == .missingTensors(file: "f", names: all))
    #expect("\(found!)".contains("f: missing \"\(all[0])\""))
    #expect("\(found!)".contains("and \(all.count - 5) more"))
  }

  @Test func unknownTensors() {
    var file = model.checkpoint()
    file.set("lstm_layer_7.weight_ih_l0", Tensor([1]))
    let found = error(file)
    #expect(found == .unknownTensors(file: "f", names: ["lstm_layer_7.weight_ih_l0"]))
    #expect("\(found!)".contains("lstm_layer_7.weight_ih_l0"))
  }

  @Test func wrongShapes() {
    for entry in model.parameters.layout.entries {
      for shape in [[entry.count + 1], entry.shape + [1], entry.shape.reversed() + [1], [], [0]] {
        let replaced = file(without: entry.name, replacement: Tensor(shape: shape))
        let found = error(replaced)
        #expect(
          found
            == .wrongShape(file: "f", tensor: entry.name, expected: entry.shape, found: shape))
        #expect("\(found!)".contains("\(shape)") && "\(found!)".contains("\(entry.shape)"))
      }
    }
  }

  @Test(arguments: [ScalarType.i32, .i64, .u8, .bool])
  func wrongDtype(dtype: ScalarType) {
    var file = file(without: "output.bias")
    file.set(
      "output.bias", dtype: dtype, shape: [2], bytes: Data(repeating: 1, count: 2 * dtype.byteCount)
    )
    let found = error(file)
    #expect(found == .wrongDtype(file: "f", tensor: "output.bias", found: dtype))
    #expect("\(found!)".contains(dtype.rawValue))
  }

  @Test func missingConfiguration() {
    var file = model.checkpoint()
    file.metadata["config"] = nil
    guard case .missingMetadata("f", "config", _) = error(file) else {
      Issue.record("the error is another one")
      return
    }
  }

  @Test(arguments: [
    ("", "not JSON"), ("{", "not JSON"), ("[1]", "no JSON object"),
    ("{}", "\"input_size\" is missing"),
    (#"{"input_size":3}"#, "\"hidden_size\" is missing"),
    (#"{"input_size":"3","hidden_size":4}"#, "input_size"),
    (#"{"input_size":3.5,"hidden_size":4}"#, "number"),
    (#"{"input_size":1e300,"hidden_size":4}"#, "number"),
    (#"{"input_size":3,"hidden_size":4,"rnn_type":"qrnn"}"#, "rnn_type"),
    (#"{"input_size":3,"hidden_size":4,"dialect":1}"#, "dialect"),
    (#"{"model":"sam","input_size":3,"hidden_size":4}"#, "\"sam\""),
    (#"{"model":5,"input_size":3,"hidden_size":4}"#, "model"),
  ])
  func configurationsThatCannotBeRead(json: String, part: String) {
    var file = model.checkpoint()
    file.metadata["config"] = json
    let found = error(file)
    guard case .badMetadata("f", "config", let problem) = found else {
      Issue.record("\(json) gave \(String(describing: found))")
      return
    }
    #expect(problem.contains(part), "\(problem)")
  }

  /// Sizes with which no network can be built, and such that would ask for more memory than there
  /// is: refused before anything is taken.
  @Test(arguments: [
    ("input_size", 0), ("input_size", -1), ("hidden_size", 0), ("num_layers", 0),
    ("num_hidden_layers", -5), ("nr_cells", 0), ("read_heads", 0), ("cell_size", 0),
    ("output_size", 0), ("hidden_size", 1 << 30), ("hidden_size", 1 << 40),
    ("hidden_size", Int.max), ("num_layers", 1 << 30), ("num_hidden_layers", Int.max),
    ("nr_cells", 1 << 30), ("cell_size", 1 << 30), ("read_heads", 1 << 40),
    ("input_size", Int.max), ("output_size", 1 << 62),
  ])
  func absurdSizes(key: String, value: Int) throws {
    var fields = ["input_size": 2, "hidden_size": 3]
    fields[key] = value
    let json = fields.map { "\"\($0)\":\($1)" }.joined(separator: ",")
    var file = model.checkpoint()
    file.metadata["config"] = "{\(json)}"
    do {
      _ = try DNC(checkpoint: file, name: "f")
      Issue.record("\(key) \(value) made a network")
    } catch let error as ConfigurationError {
      #expect(error.argument.contains(key) && "\(error)".contains("expected"))
    } catch let error as CheckpointError {
      // a size that could be, but is not this file's
      #expect(value > 0, "\(error)")
    }
  }

  @Test(arguments: [1 << 16, 1 << 18, 1 << 20, 1 << 24])
  func largeSizesAreRefusedByTheFile(size: Int) {
    for key in ["hidden_size", "num_layers", "nr_cells", "cell_size", "read_heads"] {
      var file = model.checkpoint()
      file.metadata["config"] =
        "{\"input_size\":2,\"\(key == "hidden_size" ? "a" : "hidden_size")\":3,\"\(key)\":\(size)}"
      #expect(throws: (any Error).self, "\(key) \(size)") {
        try DNC(checkpoint: file, name: "f")
      }
    }
  }

  @Test(arguments: ["dropout", "clip"], ["-1", "1e30", "2"])
  func absurdNumbers(key: String, value: String) {
    guard (key, value) != ("clip", "2"), (key, value) != ("clip", "1e30") else { return }
    var file = model.checkpoint()
    file.metadata["config"] = "{\"input_size\":2,\"hidden_size\":3,\"\(key)\":\(value)}"
    #expect(throws: ConfigurationError.self) { try DNC(checkpoint: file, name: "f") }
  }

  @Test func filesThatAreNone() throws {
    let folder = try TemporaryFolder()
    #expect(throws: FileError.self) { try DNC(contentsOf: folder.file("none")) }
    try Data("hello".utf8).write(to: folder.file("text"))
    #expect(throws: SafeTensorsError.self) { try DNC(contentsOf: folder.file("text")) }
    #expect(throws: SafeTensorsError.self) { try model.state(contentsOf: folder.file("text")) }
    #expect(throws: FileError.self) { try model.write(to: folder.file("no/such/folder")) }
  }

  @Test func statesOfSomethingElse() throws {
    let folder = try TemporaryFolder()
    let url = folder.file("s")
    // a model's checkpoint is no state
    try model.write(to: url)
    #expect(throws: CheckpointError.self) { try model.state(contentsOf: url) }
    try model.initialState(batch: 2).write(to: url)
    let other = DNC(inputSize: 2, hiddenSize: 3, nrCells: 3, readHeads: 1, cellSize: 2)
    #expect(
      throws: CheckpointError.wrongShape(
        file: "s", tensor: "memories.0.memory", expected: [2, 3, 2], found: [2, 2, 2])
    ) { try other.state(contentsOf: url) }
    let gru = DNC(
      inputSize: 2, hiddenSize: 3, rnnType: .gru, nrCells: 2, readHeads: 1, cellSize: 2)
    #expect(
      throws: CheckpointError.unknownTensors(
        file: "s", names: ["controllers.0.0.c", "controllers.0.1.c"])
    ) { try gru.state(contentsOf: url) }
    // a state without its reads
    let whole = try SafeTensors(contentsOf: url)
    var part = SafeTensors()
    part.metadata = whole.metadata
    for name in whole.names where name != "reads" { part.set(name, whole[name]!) }
    try part.write(to: url)
    #expect(throws: CheckpointError.missingTensors(file: "s", names: ["reads"])) {
      try model.state(contentsOf: url)
    }
    // reads that are a single number, or claim a batch that no file can hold
    for shape in [[], [2], [1 << 60, 0], [2, 3]] {
      var part = part
      part.set("reads", Tensor(shape: shape))
      try part.write(to: url)
      #expect(
        throws: CheckpointError.wrongShape(
          file: "s", tensor: "reads", expected: [shape.first ?? 1, 2], found: shape)
      ) { try model.state(contentsOf: url) }
    }
  }
}
