import NeuralMemory

/// What an optimizer remembers between updates: saved with a checkpoint and restored exactly.
public struct OptimizerState: Sendable, Equatable {
  /// Updates made so far.
  public var stepCount: Int
  /// Running averages and the like, under PyTorch's names (`exp_avg`, `square_avg`, …), each a vector
  /// with the layout of the parameters. Empty before the first update.
  public var moments: [String: ParameterStore]

  public init(stepCount: Int = 0, moments: [String: ParameterStore] = [:]) {
    self.stepCount = stepCount
    self.moments = moments
  }
}

/// A rule that moves parameters against their gradient, with PyTorch's formulas and defaults.
///
/// Weight decay is PyTorch's: `weightDecay` times the parameter is added to its gradient. One update
/// is one loop over the flat parameter vector, without allocation after the first.
public protocol Optimizer: Sendable {
  /// The step size; may be changed between updates.
  var learningRate: Double { get set }
  /// The factor of the parameters that is added to their gradient.
  var weightDecay: Double { get set }
  /// The state after the updates made so far.
  var state: OptimizerState { get set }
  /// The names of the moments this optimizer keeps with its settings.
  var momentNames: [String] { get }
  /// All settings by name, as they are written beside a checkpoint.
  var hyperparameters: [String: Double] { get }

  /// Moves `parameters` one step. `gradient` has the same layout, and so have the moments once they
  /// exist.
  ///
  /// Complexity: O(parameters).
  mutating func update(_ parameters: inout ParameterStore, gradient: ParameterStore)
}

extension Optimizer {
  /// Checks the layouts, makes missing moments and counts the step; says the step's number, from 1.
  mutating func beginStep(
    _ parameters: ParameterStore, _ gradient: ParameterStore, initial: Float = 0
  ) -> Int {
    require(
      parameters.layout == gradient.layout,
      "The gradient's layout (\(gradient.layout.count) values) is not that of the parameters "
        + "(\(parameters.layout.count))")
    for name in momentNames {
      if let moment = state.moments[name] {
        require(
          moment.layout == parameters.layout,
          "The moment \(name) has the layout of other parameters")
      } else {
        state.moments[name] = ParameterStore(
          layout: parameters.layout,
          values: initial == 0 ? nil : Array(repeating: initial, count: parameters.layout.count))
      }
    }
    state.stepCount += 1
    return state.stepCount
  }
}

extension OptimizerState {
  typealias Values = UnsafeMutableBufferPointer<Float>

  /// Calls `body` with the parameters, the gradient, and one moment, all of one length.
  mutating func withMoment(
    _ name: String, _ parameters: inout ParameterStore, _ gradient: ParameterStore,
    _ body: (_ p: Values, _ g: UnsafeBufferPointer<Float>, _ a: Values) -> Void
  ) {
    moments[name]!.withUnsafeMutableValues { a in
      parameters.withUnsafeMutableValues { p in
        gradient.withUnsafeValues { g in body(p, g, a) }
      }
    }
  }

  /// The same with two moments.
  mutating func withMoments(
    _ first: String, _ second: String, _ parameters: inout ParameterStore,
    _ gradient: ParameterStore,
    _ body: (_ p: Values, _ g: UnsafeBufferPointer<Float>, _ a: Values, _ b: Values) -> Void
  ) {
    // Taken out and put back: two values of one dictionary cannot be changed in place together, and a
    // copy left behind would make each mutation duplicate the vector.
    var moment = moments.removeValue(forKey: second)!
    moment.withUnsafeMutableValues { b in
      withMoment(first, &parameters, gradient) { p, g, a in body(p, g, a, b) }
    }
    moments[second] = moment
  }
}
