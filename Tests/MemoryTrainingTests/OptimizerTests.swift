import Foundation
import MemoryTraining
import NeuralMemory
import Testing

/// Values after 1, 2 and 5 updates, from PyTorch 2.13 in double precision.
struct OptimizerTests {
  static let start: [Float] = [0.5, -1.25, 2.0]
  static let gradients: [[Float]] = [
    [0.1, -0.2, 0.3], [0.4, 0.05, -0.6], [-0.02, 0.7, 0.0], [1.5, -0.3, 0.25], [0.0, 0.01, -2.0],
  ]
  static let layout = ParameterLayout([("a", [2]), ("b", [1])])

  struct Case: Sendable {
    let optimizer: any Optimizer
    let moments: [String]
    let expected: [[Double]]
    init(_ optimizer: any Optimizer, _ moments: [String], _ expected: [[Double]]) {
      self.optimizer = optimizer
      self.moments = moments
      self.expected = expected
    }
  }

  static let cases = [
    Case(
      Adam(), ["exp_avg", "exp_avg_sq"],
      [
        [0.499000000, -1.249000000, 1.999000000],
        [0.498115624, -1.248530532, 1.999366104],
        [0.496168638, -1.249353389, 2.000180823],
      ]),
    Case(
      Adam(learningRate: 0.05, beta1: 0.8, beta2: 0.95, epsilon: 1e-3, weightDecay: 0.1),
      ["exp_avg", "exp_avg_sq"],
      [
        [0.450331126, -1.200153374, 1.950099800],
        [0.403681464, -1.160863470, 1.950404596],
        [0.297356221, -1.160818774, 1.936531156],
      ]),
    Case(
      Adamax(), ["exp_avg", "exp_inf"],
      [
        [0.498000000, -1.248000000, 1.998000000],
        [0.496710527, -1.247315105, 1.998578947],
        [0.494653398, -1.248264997, 1.999453619],
      ]),
    Case(
      Adamax(learningRate: 0.05, beta1: 0.8, beta2: 0.95, epsilon: 1e-3, weightDecay: 0.1),
      ["exp_avg", "exp_inf"],
      [
        [0.450331126, -1.200153374, 1.950099800],
        [0.415142339, -1.170553462, 1.950391032],
        [0.355173847, -1.170047904, 1.929956869],
      ]),
    Case(
      RMSprop(), ["square_avg"],
      [
        [0.400000100, -1.150000050, 1.900000033],
        [0.302957327, -1.174368547, 1.989532316],
        [0.211342957, -1.233436742, 2.048576427],
      ]),
    Case(
      RMSprop(learningRate: 0.002, alpha: 0.9, epsilon: 1e-10, weightDecay: 0.1, momentum: 0.9),
      ["momentum_buffer", "square_avg"],
      [
        [0.493675445, -1.243675445, 1.993675445],
        [0.481953890, -1.236500385, 1.992064286],
        [0.440510207, -1.226396174, 1.981258828],
      ]),
    Case(
      SGD(), [],
      [
        [0.499900000, -1.249800000, 1.999700000],
        [0.499500000, -1.249850000, 2.000300000],
        [0.498020000, -1.250260000, 2.002050000],
      ]),
    Case(
      SGD(learningRate: 0.05, momentum: 0.9, weightDecay: 0.1), ["momentum_buffer"],
      [
        [0.492500000, -1.233750000, 1.975000000],
        [0.463287500, -1.215456250, 1.972625000],
        [0.240163436, -1.203463235, 1.988089771],
      ]),
    Case(
      SGD(learningRate: 0.05, momentum: 0.9, dampening: 0.25), ["momentum_buffer"],
      [
        [0.495000000, -1.240000000, 1.985000000],
        [0.475500000, -1.232875000, 1.994000000],
        [0.323097000, -1.265634625, 2.073138500],
      ]),
    Case(
      SGD(learningRate: 0.05, momentum: 0.9, nesterov: true), ["momentum_buffer"],
      [
        [0.490500000, -1.231000000, 1.971500000],
        [0.448450000, -1.227650000, 2.016350000],
        [0.194859050, -1.294046850, 2.208694150],
      ]),
    Case(
      Adagrad(), ["sum"],
      [
        [0.490000000, -1.240000000, 1.990000000],
        [0.480298575, -1.242425356, 1.998944272],
        [0.471141508, -1.248342387, 2.004867143],
      ]),
    Case(
      Adagrad(
        learningRate: 0.1, learningRateDecay: 0.2, weightDecay: 0.1, initialAccumulator: 0.5,
        epsilon: 1e-3), ["sum"],
      [
        [0.479277235, -1.208291578, 1.942331563],
        [0.435433724, -1.200747917, 1.977651079],
        [0.377561623, -1.212499247, 1.984978840],
      ]),
    Case(
      Adadelta(), ["acc_delta", "square_avg"],
      [
        [0.496839302, -1.246838118, 1.996837898],
        [0.492489092, -1.247977504, 2.000878350],
        [0.487042666, -1.249948220, 2.004355551],
      ]),
    Case(
      Adadelta(learningRate: 0.5, rho: 0.8, epsilon: 1e-4, weightDecay: 0.1),
      ["acc_delta", "square_avg"],
      [
        [0.488941853, -1.238846029, 1.988830824],
        [0.473892303, -1.234966437, 1.999375499],
        [0.452571291, -1.232876287, 2.000758696],
      ]),
  ]

  @Test(arguments: cases.indices)
  func followsPyTorch(_ index: Int) {
    let test = Self.cases[index]
    var optimizer = test.optimizer
    var parameters = ParameterStore(layout: Self.layout, values: Self.start)
    var found: [[Double]] = []
    for (i, gradient) in Self.gradients.enumerated() {
      optimizer.update(&parameters, ParameterStore(layout: Self.layout, values: gradient))
      if [0, 1, 4].contains(i) { found.append(parameters.values.map(Double.init)) }
    }
    for (found, expected) in zip(found, test.expected) {
      for (a, b) in zip(found, expected) {
        #expect(abs(a - b) < 1e-6 * max(1, abs(b)), "\(test.optimizer)")
      }
    }
    #expect(optimizer.state.stepCount == 5)
    #expect(optimizer.state.moments.keys.sorted() == test.moments)
  }

  /// State taken out of one optimizer and put into a fresh one: the rest of the way is the same.
  @Test(arguments: cases.indices)
  func goesOnFromSavedState(_ index: Int) {
    var whole = Self.cases[index].optimizer
    var first = whole
    var second = whole
    var a = ParameterStore(layout: Self.layout, values: Self.start)
    var b = a
    for (i, values) in Self.gradients.enumerated() {
      let gradient = ParameterStore(layout: Self.layout, values: values)
      whole.update(&a, gradient)
      if i < 3 {
        first.update(&b, gradient)
      } else {
        second.update(&b, gradient)
      }
      if i == 2 { second.state = first.state }
    }
    #expect(a.values == b.values)
    #expect(whole.state == second.state)
  }

  @Test(arguments: BuiltInOptimizer.allCases)
  func makesThePackagesSettings(_ kind: BuiltInOptimizer) throws {
    let optimizer = kind.makeOptimizer(learningRate: 0.5, weightDecay: 0.25)
    let settings = try optimizer.settings()
    #expect(type(of: optimizer).name == kind.rawValue)
    #expect(settings["learning_rate"] == 0.5)
    #expect(settings["weight_decay"] == 0.25)
    switch kind {
    case .adam, .adamax:
      #expect(settings["beta1"] == 0.9)
      #expect(settings["beta2"] == 0.98)
      #expect(settings["epsilon"] == 1e-9)
    case .rmsprop:
      #expect(settings["momentum"] == 0.9)
      #expect(settings["alpha"] == 0.99)
      #expect(settings["epsilon"] == 1e-10)
    case .sgd: #expect(settings["momentum"] == 0.0)
    case .adagrad: #expect(settings["epsilon"] == 1e-10)
    case .adadelta: #expect(settings["epsilon"] == 1e-6)
    default: Issue.record("the settings of \(kind.rawValue) are not checked")
    }
  }

  /// Checkpoints of every version hold these bytes.
  @Test(arguments: [
    ("adam", #"{"beta1":0.9,"beta2":0.98,"epsilon":1e-09,"learning_rate":0.003,"weight_decay":0}"#),
    (
      "adamax",
      #"{"beta1":0.9,"beta2":0.98,"epsilon":1e-09,"learning_rate":0.003,"weight_decay":0}"#
    ),
    (
      "rmsprop",
      #"{"alpha":0.99,"epsilon":1e-10,"learning_rate":0.003,"momentum":0.9,"weight_decay":0}"#
    ),
    (
      "sgd",
      #"{"dampening":0,"learning_rate":0.003,"momentum":0,"nesterov":0,"weight_decay":0}"#
    ),
    (
      "adagrad",
      #"{"epsilon":1e-10,"initial_accumulator":0,"learning_rate":0.003,"learning_rate_decay":0,"#
        + #""weight_decay":0}"#
    ),
    ("adadelta", #"{"epsilon":1e-06,"learning_rate":0.003,"rho":0.9,"weight_decay":0}"#),
  ])
  func settingsAreWrittenAsEver(_ name: String, _ expected: String) throws {
    let kind = try #require(BuiltInOptimizer(rawValue: name))
    let optimizer = kind.makeOptimizer(learningRate: 0.003)
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let direct = String(decoding: try encoder.encode(optimizer), as: UTF8.self)
    let written = String(decoding: try encoder.encode(optimizer.settings()), as: UTF8.self)
    #expect(direct == expected && written == expected)
  }

  @Test func settingsAreReadBack() throws {
    let sgd = SGD(learningRate: 0.25, momentum: 0.5, weightDecay: 0.125, nesterov: true)
    let data = try JSONEncoder().encode(sgd)
    #expect(String(decoding: data, as: UTF8.self).contains(#""nesterov":1"#))
    #expect(try JSONDecoder().decode(SGD.self, from: data) == sgd)
  }

  @Test func anUnknownNameIsRefused() {
    #expect(BuiltInOptimizer(rawValue: "lion") == nil)
    let error = #expect(throws: DecodingError.self) {
      try JSONDecoder().decode([BuiltInOptimizer].self, from: Data(#"["adam", "lion"]"#.utf8))
    }
    #expect(error.map { "\($0)" }?.contains("there are adam, adamax, rmsprop, sgd") == true)
  }

  @Test func namesAreTheFlagsOfThePackage() {
    #expect(
      BuiltInOptimizer.allCases.map(\.rawValue)
        == ["adam", "adamax", "rmsprop", "sgd", "adagrad", "adadelta"])
  }

  /// A huge gradient, then zeros: nothing turns into NaN where PyTorch stays finite.
  @Test(arguments: BuiltInOptimizer.allCases)
  func staysFinite(_ kind: BuiltInOptimizer) {
    var optimizer = kind.makeOptimizer(learningRate: 1e-3)
    var parameters = ParameterStore(layout: Self.layout, values: Self.start)
    for values: [Float] in [[1e15, -1e15, 1e-30], [0, 0, 0], [0, 1e-38, 0]] {
      optimizer.update(&parameters, ParameterStore(layout: Self.layout, values: values))
    }
    #expect(parameters.firstNonFinite() == nil)
  }
}
