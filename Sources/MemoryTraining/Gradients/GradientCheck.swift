import NeuralMemory

/// Compares gradients that were derived by hand with central differences of the function itself.
///
/// For every value `x` of a point the derivative is measured as `(f(x + h) − f(x − h)) / 2h` and
/// compared with what the gradients say:
///
/// ```swift
/// let report = network.checkGradients(x, target: y, loss: SquaredError())
/// print(report)
/// precondition(report.passes)
/// ```
///
/// Any function of a `ParameterStore` can be checked. Join what it depends on, inputs as well as
/// parameters, to one point:
///
/// ```swift
/// let (loss, gradients) = network.valueAndGradient(x) { output in … }
/// let report = GradientCheck().elements(
///   of: ParameterStore(joining: [
///     "network": gradients.parameters, "input": ParameterStore(["x": gradients.input]),
///   ]),
///   at: ParameterStore(joining: [
///     "network": network.parameters, "input": ParameterStore(["x": x]),
///   ])
/// ) { point in
///   network.parameters = point[prefix: "network"]
///   return lossAlone(network(point["input.x"]))
/// }
/// ```
///
/// **Step and tolerances.** A measured derivative is wrong by about `h² f‴ / 6`, since the function
/// is not a parabola, and by `ε |f| / h`, since its values are rounded. The defaults are for
/// networks that compute in single precision with parameters of the order of 0.1 to 1, and a loss
/// that is added up in double precision, as the library's are. Many roundings of single outputs
/// average out in such a loss, so that ε is that of one; and h is small, since a memory's content
/// lookup is far from a parabola while its cells are nearly empty. For a function in double
/// precision set `step` to 1e-5 and `precision` to 1e-15. Values are moved as far as single
/// precision can tell, and the difference is divided by the distance really moved.
///
/// A derivative only exists where the function is smooth: near a kink (a ReLU at 0, a clipped
/// value) or a change of order (cells of equal usage, the K nearest cells of a sparse memory) the
/// two sides differ, and a report names that element. Check another point, such as another seed,
/// before suspecting the formula.
public struct GradientCheck: Sendable {
  /// How far a value moves to each side: h.
  public var step: Double
  /// The error allowed, as a share of the largest derivative that is measured or claimed in the
  /// same tensor.
  public var tolerance: Double
  /// The relative error of the function's values: ε.
  public var precision: Double

  /// A check with a step and tolerances.
  ///
  /// - Precondition: the step is above 0, the others are at least 0.
  public init(
    step: Double = 1.0 / 1024, tolerance: Double = 0.01,
    precision: Double = Double(Float.ulpOfOne) / 2
  ) {
    require(
      step > 0 && tolerance >= 0 && precision >= 0,
      "a gradient check needs a step above 0 and tolerances of at least 0, not \(step), "
        + "\(tolerance) and \(precision)")
    self.step = step
    self.tolerance = tolerance
    self.precision = precision
  }

  /// Checks the derivative by every single value.
  ///
  /// - Parameters:
  ///   - gradients: to be checked, of the layout of `point`.
  ///   - point: where they were taken.
  ///   - function: what they are the gradients of.
  /// - Returns: what was found; names a tensor and the indices in it.
  /// - Complexity: two calls of `function` for each value of the point.
  public func elements(
    of gradients: ParameterStore, at point: ParameterStore,
    function: (ParameterStore) throws -> Double
  ) rethrows -> GradientReport {
    checkLayouts(gradients, point)
    var report = GradientReport()
    var moved = point
    for entry in point.layout.entries {
      var found: [GradientReport.Derivative] = []
      for index in entry.range {
        let value = point.values[index]
        let (above, below) = (value + Float(step), value - Float(step))
        moved.values[index] = above
        let high = try function(moved)
        moved.values[index] = below
        let low = try function(moved)
        moved.values[index] = value
        found.append(
          .init(
            tensor: entry.name, place: .element(entry.indices(of: index)),
            claimed: Double(gradients.values[index]),
            measured: (high - low) / (Double(above) - Double(below)),
            allowed: allowed(high, low)))
      }
      report.add(found, tolerance: tolerance)
    }
    return report
  }

  /// Checks derivatives along random directions of length 1, tensor by tensor: for functions of
  /// many values.
  ///
  /// One wrong element of n shows as a share of about 1/√n of its error: along a direction formulas
  /// are checked, not single elements.
  ///
  /// - Parameters:
  ///   - count: directions of each tensor.
  ///   - gradients: to be checked, of the layout of `point`.
  ///   - point: where they were taken.
  ///   - seed: draws the directions.
  ///   - function: what they are the gradients of.
  /// - Returns: what was found; names a tensor and the number of the direction.
  /// - Complexity: `2 count` calls of `function` for each tensor, and O(values) for each call.
  public func directions(
    _ count: Int, of gradients: ParameterStore, at point: ParameterStore, seed: UInt64 = 0,
    function: (ParameterStore) throws -> Double
  ) rethrows -> GradientReport {
    checkLayouts(gradients, point)
    require(count > 0, "gradients are checked along at least one direction, not \(count)")
    var report = GradientReport()
    var random = RandomNumbers(seed: seed)
    var moved = point
    for entry in point.layout.entries where entry.count > 0 {
      var found: [GradientReport.Derivative] = []
      for number in 0..<count {
        let drawn = entry.range.map { _ in Double(random.normal()) }
        let length = drawn.reduce(0) { $0 + $1 * $1 }.squareRoot()
        let direction = drawn.map { $0 / length }
        // What is really moved, after rounding, is the direction along which the slope is claimed.
        var claimed = 0.0
        var (high, low) = ([Float](), [Float]())
        for (index, slope) in zip(entry.range, direction) {
          let value = point.values[index]
          high.append(Float(Double(value) + step * slope))
          low.append(Float(Double(value) - step * slope))
          claimed += Double(gradients.values[index]) * (Double(high.last!) - Double(low.last!))
        }
        moved.values.replaceSubrange(entry.range, with: high)
        let above = try function(moved)
        moved.values.replaceSubrange(entry.range, with: low)
        let below = try function(moved)
        found.append(
          .init(
            tensor: entry.name, place: .direction(number), claimed: claimed / (2 * step),
            measured: (above - below) / (2 * step), allowed: allowed(above, below)))
      }
      moved.values.replaceSubrange(entry.range, with: point.values[entry.range])
      report.add(found, tolerance: tolerance)
    }
    return report
  }

  /// What rounding of two values of the function may do to a derivative.
  private func allowed(_ high: Double, _ low: Double) -> Double {
    precision * max(abs(high), abs(low)) / step
  }

  private func checkLayouts(_ gradients: ParameterStore, _ point: ParameterStore) {
    require(
      gradients.layout == point.layout,
      "the gradients' layout (\(gradients.layout.count) values) is not that of the point "
        + "(\(point.layout.count))")
  }
}

extension TrainableNetwork {
  /// Checks the gradients of the parameters for one batch: those of `valueAndGradient` against
  /// central differences of the loss of `evaluate`.
  ///
  /// Use a small network and a short batch, with lengths of their own for some elements.
  ///
  /// - Parameters:
  ///   - input: `[batch, time, inputSize]`.
  ///   - target: what the loss takes as target.
  ///   - mask: weights of the output's elements; as in `valueAndGradient`.
  ///   - lengths: time steps of each sequence; nil: all.
  ///   - loss: compares output and target.
  ///   - directions: checks so many directions of each tensor; nil: every single value.
  ///   - check: step and tolerances.
  /// - Complexity: two calls of `evaluate` for each value or direction.
  public func checkGradients(
    _ input: Tensor, target: Tensor, mask: Tensor? = nil, lengths: [Int]? = nil, loss: some Loss,
    directions: Int? = nil, check: GradientCheck = GradientCheck()
  ) -> GradientReport {
    let gradients = valueAndGradient(
      input, target: target, mask: mask, lengths: lengths, loss: loss
    ).gradients
    var network = self
    let mask = mask ?? lossMask(input, lengths: lengths, loss: loss)
    func value(_ parameters: ParameterStore) -> Double {
      network.parameters = parameters
      return loss.value(network.evaluate(input, lengths: lengths), target: target, mask: mask)
    }
    guard let directions else {
      return check.elements(of: gradients, at: parameters, function: value)
    }
    return check.directions(directions, of: gradients, at: parameters, function: value)
  }
}
