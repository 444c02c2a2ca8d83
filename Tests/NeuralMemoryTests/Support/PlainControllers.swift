import Foundation
import NeuralMemory

/// A leaky integrator: h' = (1 − a) h + a tanh(W x + U h + b).
struct LeakyIntegrator: PlainController {
  static var name: String { "leaky" }

  /// The share of a step that is new, a.
  var rate: Float = 0.3

  func validate() throws {
    if !(rate > 0 && rate <= 1) {
      throw ConfigurationError(
        argument: "rate", value: rate, expected: "a share from above 0 to 1")
    }
  }

  struct Saved: Sendable {
    let input: [Float]
    let h: [Float]
    /// tanh(W x + U h + b).
    let squashed: [Float]
  }

  func parameters(inputs: Int, units: Int, bias: Bool) -> [ControllerParameter] {
    let bound = 1 / Float(units).squareRoot()
    return PlainAffine.parameters(
      inputs: inputs, units: units, biases: bias ? ["bias_ih"] : [],
      initialValues: .uniform(bound))
  }

  func forward(input: [Float], state: inout UnitState, parameters: [Tensor]) -> Saved {
    let squashed = PlainAffine.forward(input, state.h, parameters).map { tanh($0) }
    let saved = Saved(input: input, h: state.h, squashed: squashed)
    for j in squashed.indices { state.h[j] += rate * (squashed[j] - state.h[j]) }
    return saved
  }

  func backward(
    saved: Saved, stateGradient: inout UnitState, parameters: [Tensor],
    parameterGradients: inout [Tensor]
  ) -> [Float] {
    let d = zip(stateGradient.h, saved.squashed).map { rate * $0 * (1 - $1 * $1) }
    let (dinput, dh) = PlainAffine.backward(
      d, saved.input, saved.h, parameters, &parameterGradients)
    for j in dh.indices { stateGradient.h[j] = (1 - rate) * stateGradient.h[j] + dh[j] }
    return dinput
  }
}

/// PyTorch's tanh recurrence, h' = tanh(W x + b + U h + c), as a controller of a program's own.
struct PlainTanh: PlainController {
  static var name: String { "plain_tanh" }

  struct Saved: Sendable {
    let input: [Float]
    let h: [Float]
    let hNext: [Float]
  }

  func parameters(inputs: Int, units: Int, bias: Bool) -> [ControllerParameter] {
    PlainAffine.parameters(
      inputs: inputs, units: units, biases: bias ? ["bias_ih", "bias_hh"] : [],
      initialValues: .uniform(1 / Float(units).squareRoot()))
  }

  func forward(input: [Float], state: inout UnitState, parameters: [Tensor]) -> Saved {
    let h = state.h
    state.h = PlainAffine.forward(input, h, parameters).map { tanh($0) }
    return Saved(input: input, h: h, hNext: state.h)
  }

  func backward(
    saved: Saved, stateGradient: inout UnitState, parameters: [Tensor],
    parameterGradients: inout [Tensor]
  ) -> [Float] {
    let d = zip(stateGradient.h, saved.hNext).map { $0 * (1 - $1 * $1) }
    let (dinput, dh) = PlainAffine.backward(
      d, saved.input, saved.h, parameters, &parameterGradients)
    stateGradient.h = dh
    return dinput
  }
}

/// PyTorch's LSTM as a controller of a program's own: one that carries cell states.
struct PlainLSTM: PlainController {
  static var name: String { "plain_lstm" }
  var hasCellState: Bool { true }

  struct Saved: Sendable {
    let input: [Float]
    let state: UnitState
    /// i, f, g and o of all units, one gate after the other.
    let gates: [Float]
    let next: UnitState
  }

  func parameters(inputs: Int, units: Int, bias: Bool) -> [ControllerParameter] {
    PlainAffine.parameters(
      inputs: inputs, units: units, rows: 4 * units, biases: bias ? ["bias_ih", "bias_hh"] : [],
      initialValues: .uniform(1 / Float(units).squareRoot()))
  }

  func forward(input: [Float], state: inout UnitState, parameters: [Tensor]) -> Saved {
    let (old, units) = (state, state.h.count)
    var gates = PlainAffine.forward(input, old.h, parameters)
    for k in gates.indices {
      gates[k] = k / units == 2 ? tanh(gates[k]) : 1 / (1 + exp(-gates[k]))
    }
    for j in 0..<units {
      state.c[j] = gates[units + j] * old.c[j] + gates[j] * gates[2 * units + j]
      state.h[j] = gates[3 * units + j] * tanh(state.c[j])
    }
    return Saved(input: input, state: old, gates: gates, next: state)
  }

  func backward(
    saved: Saved, stateGradient: inout UnitState, parameters: [Tensor],
    parameterGradients: inout [Tensor]
  ) -> [Float] {
    let units = saved.state.h.count
    var d = [Float](repeating: 0, count: 4 * units)
    for j in 0..<units {
      let (i, f) = (saved.gates[j], saved.gates[units + j])
      let (g, o) = (saved.gates[2 * units + j], saved.gates[3 * units + j])
      let (t, dh) = (tanh(saved.next.c[j]), stateGradient.h[j])
      let dc = stateGradient.c[j] + dh * o * (1 - t * t)
      d[j] = dc * g * i * (1 - i)
      d[units + j] = dc * saved.state.c[j] * f * (1 - f)
      d[2 * units + j] = dc * i * (1 - g * g)
      d[3 * units + j] = dh * t * o * (1 - o)
      stateGradient.c[j] = dc * f
    }
    let (dinput, dh) = PlainAffine.backward(
      d, saved.input, saved.state.h, parameters, &parameterGradients)
    stateGradient.h = dh
    return dinput
  }
}

/// W x + U h + the biases, for the parameters [W, U, biases…].
enum PlainAffine {
  static func parameters(
    inputs: Int, units: Int, rows: Int? = nil, biases: [String],
    initialValues: ControllerParameter.InitialValues
  ) -> [ControllerParameter] {
    let rows = rows ?? units
    return [
      ControllerParameter("weight_ih", shape: [rows, inputs], initialValues: initialValues),
      ControllerParameter("weight_hh", shape: [rows, units], initialValues: initialValues),
    ] + biases.map { ControllerParameter($0, shape: [rows], initialValues: initialValues) }
  }

  static func forward(_ x: [Float], _ h: [Float], _ parameters: [Tensor]) -> [Float] {
    let (w, u) = (parameters[0].values, parameters[1].values)
    return (0..<parameters[0].shape[0]).map { row in
      var sum = parameters.dropFirst(2).reduce(Float(0)) { $0 + $1.values[row] }
      for i in x.indices { sum += w[row * x.count + i] * x[i] }
      for i in h.indices { sum += u[row * h.count + i] * h[i] }
      return sum
    }
  }

  /// From the gradient of the result to those of x and h; adds the parameters'.
  static func backward(
    _ d: [Float], _ x: [Float], _ h: [Float], _ parameters: [Tensor],
    _ gradients: inout [Tensor]
  ) -> (x: [Float], h: [Float]) {
    var dx = [Float](repeating: 0, count: x.count)
    var dh = [Float](repeating: 0, count: h.count)
    for row in d.indices {
      for i in x.indices {
        dx[i] += parameters[0].values[row * x.count + i] * d[row]
        gradients[0].values[row * x.count + i] += x[i] * d[row]
      }
      for i in h.indices {
        dh[i] += parameters[1].values[row * h.count + i] * d[row]
        gradients[1].values[row * h.count + i] += h[i] * d[row]
      }
      for bias in 2..<gradients.count { gradients[bias].values[row] += d[row] }
    }
    return (dx, dh)
  }
}
