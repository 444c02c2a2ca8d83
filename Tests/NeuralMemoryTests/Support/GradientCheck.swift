import NeuralMemory
import TestSupport
import Testing

/// The library's gradients against finite differences of the reference, in double precision.
struct GradientCheck {
  var test: RandomCase
  var passThroughMemory = true
  var resetExperience = false
  var dropoutSeed: UInt64?
  /// Whether the loss looks at the final state too.
  var throughState = true
  let outputGradient: Tensor
  let stateGradient: DNCState

  init(_ test: RandomCase) {
    self.test = test
    let sizes = [test.batch, test.steps, test.configuration.outputs]
    outputGradient = self.test.random.tensor(sizes)
    stateGradient = self.test.random.cotangent(of: test.model, batch: test.batch)
  }

  var reference: ReferenceDNC {
    var reference = test.reference
    reference.passThroughMemory = passThroughMemory
    reference.resetExperience = resetExperience
    if let seed = dropoutSeed {
      let c = test.configuration
      reference.dropout = { element, step, hiddenLayer in
        dropoutFactors(c, seed: seed, element: element, step: step, hiddenLayer: hiddenLayer)
      }
    }
    return reference
  }

  /// The loss is the sum of all outputs and all parts of the final state, each number times a
  /// random one.
  func loss(_ numbers: [String: [Double]], _ reference: ReferenceDNC) -> Double {
    let result = reference.run(numbers)
    var loss = dot(result.output, outputGradient.values.map(Double.init))
    guard throughState else { return loss }
    for (name, tensor) in StateTensors.dictionary(stateGradient) {
      loss += dot(result.state[name]!, tensor.values.map(Double.init))
    }
    return loss
  }

  /// The library's gradients under the names of `RandomCase.numbers`.
  func gradients() -> [String: Tensor] {
    let (_, pullback) = test.model.callWithPullback(
      test.input, state: test.start, lengths: test.lengths, resetExperience: resetExperience,
      passThroughMemory: passThroughMemory, dropoutSeed: dropoutSeed, workers: test.workers)
    let all = pullback(outputGradient, state: throughState ? stateGradient : nil)
    var tensors = ["input": all.input]
    for entry in all.parameters.layout.entries { tensors[entry.name] = all.parameters[entry.name] }
    for (name, tensor) in StateTensors.dictionary(all.initialState) {
      tensors["state/\(name)"] = tensor
    }
    return tensors
  }

  /// Whether the run keeps clear of ties and kinks, so that a difference quotient means something.
  var isSmooth: Bool {
    let result = reference.run(test.numbers)
    return result.tie > 1e-4 && result.kink > 1e-4
  }

  /// Compares the derivatives along random directions, tensor by tensor.
  func checkDirections(
    _ count: Int, only: String? = nil, step: Double = 1e-5,
    relative: Double = 1e-3, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let (numbers, reference, found) = (test.numbers, reference, gradients())
    var random = test.random
    let whole = found.values.reduce(0.0) { $0 + squares($1) }.squareRoot()
    for name in numbers.keys.sorted() {
      guard only == nil || name == only else { continue }
      let gradient = found[name]!
      #expect(gradient.count == numbers[name]!.count, "\(name)")
      let size = squares(gradient).squareRoot()
      for _ in 0..<count {
        var direction = (0..<gradient.count).map { _ in Double(random.normal()) }
        let length = dot(direction, direction).squareRoot()
        for i in direction.indices { direction[i] /= length }
        let expected = derivative(numbers, name, direction, reference, step)
        let ours = dot(direction, gradient.values.map(Double.init))
        // single precision: an error relative to the tensor's gradient, and to what cancelled in it
        let allowed = relative * size + 2e-5 * whole
        #expect(
          abs(ours - expected) <= allowed,
          "\(name): \(ours) instead of \(expected), allowed \(allowed); \(test)",
          sourceLocation: sourceLocation)
      }
    }
  }

  /// Compares every single number.
  func checkElements(
    relative: Double = 1e-3, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let (numbers, reference, found) = (test.numbers, reference, gradients())
    let whole = found.values.reduce(0.0) { $0 + squares($1) }.squareRoot()
    for name in numbers.keys.sorted() {
      let gradient = found[name]!
      let size = Double(gradient.values.map(abs).max() ?? 0)
      for i in 0..<gradient.count {
        var direction = [Double](repeating: 0, count: gradient.count)
        direction[i] = 1
        let expected = derivative(numbers, name, direction, reference)
        #expect(
          abs(Double(gradient.values[i]) - expected) <= relative * size + 1e-5 * whole,
          "\(name) \(i): \(gradient.values[i]) instead of \(expected); \(test)",
          sourceLocation: sourceLocation)
      }
    }
  }

  private func derivative(
    _ numbers: [String: [Double]], _ name: String, _ direction: [Double],
    _ reference: ReferenceDNC, _ step: Double = 1e-5
  ) -> Double {
    let point = numbers[name]!
    return centralDifference(at: [0], count: 1, step: step) { t in
      var moved = numbers
      moved[name] = zip(point, direction).map { $0 + t[0] * $1 }
      return loss(moved, reference)
    }[0]
  }

  private func squares(_ tensor: Tensor) -> Double {
    tensor.values.reduce(0) { $0 + Double($1) * Double($1) }
  }
}
