import MemoryTasks
import MemoryTraining
import NeuralMemory
import TestSupport
import Testing

@testable import MemoryInspection

/// The doctor names the place where a value that is not finite first appears.
@Suite struct DoctorTests {
  private func configuration(
    _ type: MemoryType, rnn: RNNType = .lstm, layers: Int = 1
  ) -> NetworkConfiguration {
    var c = NetworkConfiguration(inputSize: 6, hiddenSize: 8, memoryType: type)
    (c.rnnType, c.numLayers, c.numHiddenLayers) = (rnn, layers, 2)
    if type != .none { (c.nrCells, c.readHeads, c.cellSize) = (8, 2, 4) }
    return c
  }

  private func batch(_ length: Int = 4, count: Int = 3) throws -> (CopyTask, TaskBatch) {
    let task = try CopyTask()
    var random = RandomNumbers(seed: 2)
    return (task, task.makeBatch(count: count, length: length, using: &random))
  }

  private func examine(_ network: some AnyNetwork, length: Int = 4) throws -> Diagnosis {
    let (task, batch) = try batch(length)
    return Doctor.examine(
      network, task: task, batch: batch, dropoutSeed: nil, clip: 50, iteration: 9)
  }

  @Test(arguments: [MemoryType.dnc, .sam, .sdnc])
  func healthyNetworksAreFinite(type: MemoryType) throws {
    let network = configuration(type, layers: 2).makeNetwork(seed: 1)
    let diagnosis = try examine(network)
    #expect(diagnosis.nonFinite == nil)
    // the same loss and gradient as training sees
    let (task, batch) = try batch()
    var gradient = network.parameters
    let loss = network.lossAndGradient(
      batch.input, lengths: batch.lengths, dropoutSeed: nil, workers: 1, into: &gradient
    ) { elements, output, gradient in
      task.lossAndGradient(of: output, elements: elements, in: batch, gradient: &gradient)
    }
    #expect(abs(diagnosis.loss! - loss) < 1e-5)
    #expect(abs(diagnosis.gradientNorm! / Double(gradient.globalNorm) - 1) < 1e-3)
    #expect(diagnosis.description.contains("every value is finite, forward and backward"))
  }

  /// Records that a training would compute again are kept for the examination, which sees the same.
  @Test func recomputedStepsAreSeenToo() throws {
    var c = configuration(.dnc, layers: 2)
    let plain = DNC(configuration: c, seed: 1)
    c.recomputeEvery = 3
    let sparing = DNC(configuration: c, parameters: plain.parameters)
    #expect(try examine(sparing) == examine(plain))
  }

  @Test func parametersAreLookedAtFirst() throws {
    var network = DNC(configuration: configuration(.dnc), seed: 1)
    let entry = try #require(network.parameters.layout["output.weight"])
    network.parameters.values[entry.offset + 5] = .nan
    let found = try #require(try examine(network).nonFinite)
    #expect(found.pass == .parameters && found.tensor == "output.weight")
    #expect(found.indices == [0, 5] && found.value == "nan")
  }

  /// A plain recurrent cell with relu doubles what it holds until it overflows: the step can be
  /// told beforehand.
  @Test func overflowsAreFoundAtTheirStep() throws {
    var c = configuration(.dnc, rnn: .rnn)
    (c.nonlinearity, c.clip, c.numHiddenLayers) = (.relu, 0, 1)
    var network = DNC(configuration: c, seed: 1)
    for name in network.parameters.layout.entries.map(\.name) where name.hasPrefix("rnn_layer_0") {
      network.parameters[name] = Tensor(shape: network.parameters[name].shape)
    }
    // h(t) = 1e9 h(t − 1) + 1: above the largest float, 3.4e38, after the fifth multiplication
    var recurrent = Tensor(shape: [8, 8])
    recurrent[3, 3] = 1e9
    network.parameters["rnn_layer_0.weight_hh_l0"] = recurrent
    var bias = Tensor(shape: [8])
    bias[3] = 1
    network.parameters["rnn_layer_0.bias_ih_l0"] = bias
    // what the memory and the output make of large numbers is not the question here
    for name in network.parameters.layout.entries.map(\.name)
    where name.hasSuffix("interface_weights.weight") || name == "output.weight" {
      network.parameters[name] = Tensor(shape: network.parameters[name].shape)
    }
    let found = try #require(try examine(network).nonFinite)
    #expect(found.pass == .forward && found.step == 5 && found.layer == 0 && found.item == 0)
    #expect(found.mechanism == "controller, hidden layer 0" && found.indices == [3])
    #expect(found.value == "inf")
  }

  @Test func mechanismsAreNamed() throws {
    // interface weights that overflow a key: the fields of the interface are the first to show it
    var network = DNC(configuration: configuration(.dnc), seed: 1)
    let name = "rnn_layer_memory_shared.interface_weights.bias"
    var bias = network.parameters[name]
    // whatever the sign of what the controller says, one of the two goes beyond the largest float
    (bias[2], bias[3]) = (3.4e38, 3.4e38)
    network.parameters[name] = bias
    var weights = network.parameters["rnn_layer_memory_shared.interface_weights.weight"]
    for column in 0..<8 { (weights[2, column], weights[3, column]) = (3.4e38, -3.4e38) }
    network.parameters["rnn_layer_memory_shared.interface_weights.weight"] = weights
    let diagnosis = try examine(network)
    let found = try #require(diagnosis.nonFinite)
    #expect(found.pass == .forward && found.mechanism == "interface")
    #expect(found.tensor == "read keys" && [[2], [3]].contains(found.indices))
    #expect(diagnosis.description.contains("mechanism  interface"))
  }

  @Test func theWayBackIsWatchedToo() throws {
    // finite outputs, but the output layer's weights carry the gradient beyond the largest float
    var network = DNC(configuration: configuration(.dnc), seed: 1)
    var c = network.configuration
    c.clip = 0
    network = DNC(configuration: c, parameters: network.parameters)
    var interface = network.parameters["rnn_layer_memory_shared.interface_weights.weight"]
    for row in 0..<interface.shape[0] { for column in 0..<8 { interface[row, column] = 0 } }
    network.parameters["rnn_layer_memory_shared.interface_weights.weight"] = interface
    for name in network.parameters.layout.entries.map(\.name) where name.contains("lstm_layer") {
      network.parameters[name] = Tensor(shape: network.parameters[name].shape)
    }
    // from the upper hidden layer down, the gradient grows beyond the largest float; what is
    // multiplied in the forward pass is zero
    var below = network.parameters["lstm_layer_0.weight_ih_l1"]
    for i in below.values.indices { below.values[i] = 1e6 }
    network.parameters["lstm_layer_0.weight_ih_l1"] = below
    // h is zero, so weights of any size leave the output at the bias
    var output = network.parameters["output.weight"]
    for row in 0..<6 { for column in 0..<8 { output[row, column] = 3e38 } }
    network.parameters["output.weight"] = output
    let diagnosis = try examine(network)
    let found = try #require(diagnosis.nonFinite)
    // 4 vectors and the marker come before the answer; its last step is the first one backward
    #expect(found.pass == .backward && found.step == 8 && found.layer == 0)
    #expect(found.mechanism == "controller, hidden layer 0")
    #expect(found.tensor == "gradient of the gates" && diagnosis.loss != nil)
  }

  @Test func remarksAreInWords() throws {
    var network = DNC(configuration: configuration(.dnc), seed: 1)
    let name = "rnn_layer_memory_shared.interface_weights.bias"
    var bias = network.parameters[name]
    // the last fields: free gates (2), allocation gate, write gate, read modes (6)
    let writeGate = bias.count - 7
    bias[writeGate] = -30
    network.parameters[name] = bias
    let remarks = try examine(network).remarks.joined(separator: "\n")
    #expect(remarks.contains("the write gate is shut"))
    #expect(remarks.contains("nothing is written"))

    var loud = DNC(configuration: configuration(.dnc), seed: 1)
    var weights = loud.parameters["output.weight"]
    for i in weights.values.indices { weights.values[i] *= 1e6 }
    loud.parameters["output.weight"] = weights
    #expect(try examine(loud).remarks.contains { $0.hasPrefix("Large gradient") })
  }

  /// A run that stops at an overflow is replayed from its checkpoint to that iteration.
  @Test func stoppedRunsAreReplayed() throws {
    let temporary = try TemporaryFolder()
    var configuration = RunConfiguration(
      task: try CopyTask(), model: NetworkConfiguration(inputSize: 6, hiddenSize: 8),
      training: TrainingConfiguration())
    (configuration.model.rnnType, configuration.model.nonlinearity) = (.rnn, .relu)
    configuration.training.learningRate = LearningRate(1e30)
    configuration.training.gradientClip = 0
    configuration.training.optimizer = .sgd
    configuration.training.batchSize = 2
    configuration.training.iterations = 20
    configuration.training.checkpointEvery = 1
    let folder = try RunFolder.create(at: temporary.url, configuration: configuration)
    let trainer = try Trainer(
      network: DNC(configuration: configuration.model, seed: 1), task: configuration.task,
      configuration: configuration.training)
    var run = TrainingRun(trainer: trainer, folder: folder)
    var stopped: NonFiniteValue?
    do { _ = try run.run() } catch let error as NonFiniteValue { stopped = error }
    let error = try #require(stopped)
    let latest = try #require(RunFolder.latestCheckpoint(at: temporary.url))
    let opened = try FinishedRun(at: temporary.url)
    let diagnosis = try Doctor.examine(
      opened, checkpoint: SafeTensors(contentsOf: latest), iterations: nil, seed: nil)
    #expect(diagnosis.nonFinite != nil)
    #expect(diagnosis.iteration == error.iteration || diagnosis.iteration == error.iteration + 1)
    let fresh = try Doctor.examine(
      opened, checkpoint: SafeTensors(contentsOf: latest), iterations: nil, seed: 3)
    #expect(fresh.iteration == nil)
  }

  /// A gradient may be finite and its square not: then all that an iteration computes is finite,
  /// and a moment is not.
  @Test func overflowsOfMomentsAreFound() throws {
    let temporary = try TemporaryFolder()
    var configuration = RunConfiguration(
      task: try CopyTask(), model: NetworkConfiguration(inputSize: 6, hiddenSize: 8),
      training: TrainingConfiguration())
    (configuration.training.optimizer, configuration.training.gradientClip) = (.adam, 0)
    (configuration.training.batchSize, configuration.training.iterations) = (2, 2)
    let folder = try RunFolder.create(at: temporary.url, configuration: configuration)
    var run = TrainingRun(
      trainer: try Trainer(
        network: DNC(configuration: configuration.model, seed: 1), task: configuration.task,
        configuration: configuration.training), folder: folder)
    _ = try run.run()
    var checkpoint = try SafeTensors(
      contentsOf: try #require(RunFolder.latestCheckpoint(at: temporary.url)))
    var weight = try #require(checkpoint["output.weight"])
    for i in weight.values.indices { weight.values[i] *= 1e24 }
    checkpoint.set("output.weight", weight)
    let diagnosis = try Doctor.examine(
      try FinishedRun(at: temporary.url), checkpoint: checkpoint, iterations: 5, seed: nil)
    let found = try #require(diagnosis.nonFinite)
    #expect(found.pass == .moments && found.tensor.hasPrefix("exp_avg_sq/") && found.value == "inf")
    #expect(diagnosis.iteration == 3 && diagnosis.gradientNorm?.isFinite == true)
    #expect(diagnosis.description.contains("among the optimizer's moments"))
  }
}
