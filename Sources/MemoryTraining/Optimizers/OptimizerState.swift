import NeuralMemory

/// What an optimizer remembers between updates: saved with a checkpoint and restored exactly.
public struct OptimizerState: Sendable, Equatable {
  /// Updates made so far.
  public var stepCount: Int

  /// Running averages and the like, under PyTorch's names (`exp_avg`, `square_avg`, …), each with
  /// the layout of the parameters. Those of an optimizer appear with its first update.
  public var moments: [String: ParameterStore]

  /// A state, by default that before the first update.
  public init(stepCount: Int = 0, moments: [String: ParameterStore] = [:]) {
    self.stepCount = stepCount
    self.moments = moments
  }

  /// Counts an update.
  ///
  /// - Returns: its number, from 1.
  @discardableResult
  public mutating func countStep() -> Int {
    stepCount += 1
    return stepCount
  }
}

extension OptimizerState {
  /// Moves every parameter by its gradient alone.
  ///
  /// - Parameters:
  ///   - parameters: are changed in place.
  ///   - gradients: of the same layout.
  ///   - weightDecay: times the parameter is added to its gradient, as PyTorch does it.
  ///   - rule: moves one parameter `p` by its gradient `g`.
  /// - Complexity: O(values).
  @inlinable
  public func move(
    _ parameters: inout ParameterStore, _ gradients: ParameterStore, weightDecay: Float = 0,
    rule: (_ p: inout Float, _ g: Float) -> Void
  ) {
    checkGradients(gradients, parameters)
    parameters.values.withUnsafeMutableBufferPointer { p in
      gradients.values.withUnsafeBufferPointer { g in
        let count = p.count
        for i in 0..<count { rule(&p[i], g[i] + weightDecay * p[i]) }
      }
    }
  }

  /// Moves every parameter by its gradient and by one moment.
  ///
  /// Allocates nothing once the moment exists.
  ///
  /// - Parameters:
  ///   - parameters: are changed in place.
  ///   - gradients: of the same layout.
  ///   - weightDecay: times the parameter is added to its gradient, as PyTorch does it.
  ///   - name: the moment's name.
  ///   - initial: what the moment starts from.
  ///   - rule: moves one parameter `p` by its gradient `g`, and changes its moment `m`.
  /// - Complexity: O(values).
  @inlinable
  public mutating func move(
    _ parameters: inout ParameterStore, _ gradients: ParameterStore, weightDecay: Float = 0,
    moments name: String, initial: Float = 0,
    rule: (_ p: inout Float, _ g: Float, _ m: inout Float) -> Void
  ) {
    withMoment(name, &parameters, gradients, initial: initial) { p, g, m in
      let count = p.count
      for i in 0..<count { rule(&p[i], g[i] + weightDecay * p[i], &m[i]) }
    }
  }

  /// Moves every parameter by its gradient and by two moments, which start from zero.
  ///
  /// Allocates nothing once the moments exist.
  ///
  /// - Parameters:
  ///   - parameters: are changed in place.
  ///   - gradients: of the same layout.
  ///   - weightDecay: times the parameter is added to its gradient, as PyTorch does it.
  ///   - first: the name of one moment.
  ///   - second: the name of the other.
  ///   - rule: moves one parameter `p` by its gradient `g`, and changes its moments `m` and `v`.
  /// - Complexity: O(values).
  @inlinable
  public mutating func move(
    _ parameters: inout ParameterStore, _ gradients: ParameterStore, weightDecay: Float = 0,
    moments first: String, _ second: String,
    rule: (_ p: inout Float, _ g: Float, _ m: inout Float, _ v: inout Float) -> Void
  ) {
    withMoments(first, second, &parameters, gradients) { p, g, m, v in
      let count = p.count
      for i in 0..<count { rule(&p[i], g[i] + weightDecay * p[i], &m[i], &v[i]) }
    }
  }
}

extension OptimizerState {
  @usableFromInline typealias Values = UnsafeMutableBufferPointer<Float>
  @usableFromInline typealias Gradients = UnsafeBufferPointer<Float>

  /// Stops the program if gradients do not have the layout of the parameters.
  @usableFromInline
  func checkGradients(_ gradients: ParameterStore, _ parameters: ParameterStore) {
    require(
      parameters.layout == gradients.layout,
      "the gradients' layout (\(gradients.layout.count) values) is not that of the parameters "
        + "(\(parameters.layout.count))")
  }

  /// Takes a moment out, or makes it. Put back after the change: a copy left behind in the
  /// dictionary would make each mutation duplicate the vector.
  @usableFromInline
  mutating func take(_ name: String, _ layout: ParameterLayout, initial: Float) -> ParameterStore {
    guard let moment = moments.removeValue(forKey: name) else {
      return ParameterStore(
        layout: layout,
        values: initial == 0 ? nil : Array(repeating: initial, count: layout.count))
    }
    require(moment.layout == layout, "the moment \"\(name)\" has the layout of other parameters")
    return moment
  }

  /// Calls `body` with the parameters, the gradients, and one moment, all of one length.
  @inlinable
  mutating func withMoment(
    _ name: String, _ parameters: inout ParameterStore, _ gradients: ParameterStore,
    initial: Float = 0, _ body: (_ p: Values, _ g: Gradients, _ m: Values) -> Void
  ) {
    checkGradients(gradients, parameters)
    var moment = take(name, parameters.layout, initial: initial)
    parameters.values.withUnsafeMutableBufferPointer { p in
      gradients.values.withUnsafeBufferPointer { g in
        moment.values.withUnsafeMutableBufferPointer { m in body(p, g, m) }
      }
    }
    moments[name] = moment
  }

  /// The same with two moments.
  @inlinable
  mutating func withMoments(
    _ first: String, _ second: String, _ parameters: inout ParameterStore,
    _ gradients: ParameterStore,
    _ body: (_ p: Values, _ g: Gradients, _ m: Values, _ v: Values) -> Void
  ) {
    var moment = take(second, parameters.layout, initial: 0)
    moment.values.withUnsafeMutableBufferPointer { v in
      withMoment(first, &parameters, gradients) { p, g, m in body(p, g, m, v) }
    }
    moments[second] = moment
  }
}
