import Foundation
import NeuralMemory
import TestSupport
import Testing

/// The recurrent cells against PyTorch's own, LSTMCell, GRUCell and RNNCell, in double precision:
/// values computed there with the same formulas for parameters and inputs.
@Suite struct CellTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let rnnType: RNNType
    var nonlinearity = Nonlinearity.tanh
    let h: [Float]
    var c: [Float]?
    var testDescription: String { name }
  }

  private static let cases = [
    Case(
      name: "LSTM", rnnType: .lstm, h: [0.360_880_14, -0.086_674_085],
      c: [0.716_393_54, -0.232_254_86]),
    Case(name: "GRU", rnnType: .gru, h: [-0.366_832_89, -0.844_236_30]),
    Case(name: "RNN, tanh", rnnType: .rnn, h: [0.554_441_26, -0.925_576_65]),
    Case(name: "RNN, relu", rnnType: .rnn, nonlinearity: .relu, h: [1.257_474_84, 0]),
  ]

  @Test(arguments: cases)
  func isPyTorchs(test: Case) {
    var model = DNC(
      inputSize: 3, hiddenSize: 2, rnnType: test.rnnType, numHiddenLayers: 1, nrCells: 1,
      readHeads: 1, cellSize: 1, nonlinearity: test.nonlinearity)
    func sines(_ count: Int, from start: Double) -> [Float] {
      (0..<count).map { Float(sin(start + Double($0))) }
    }
    let prefix = "\(test.rnnType.rawValue)_layer_0."
    let rows = model.parameters[prefix + "bias_ih_l0"].count
    // the last column belongs to the reads, which stay zero here
    let weights = sines(3 * rows, from: 1)
    model.parameters[prefix + "weight_ih_l0"] = Tensor(
      rows: (0..<rows).map { Array(weights[3 * $0..<3 * $0 + 3]) + [7] })
    model.parameters[prefix + "weight_hh_l0"] = Tensor(
      shape: [rows, 2], values: sines(2 * rows, from: 2))
    model.parameters[prefix + "bias_ih_l0"] = Tensor(sines(rows, from: 0.5))
    model.parameters[prefix + "bias_hh_l0"] = Tensor(sines(rows, from: 4))

    var state = model.initialState(batch: 1)
    state.controllers[0][0].h = Tensor(rows: [[0.3, -0.6]])
    if test.c != nil { state.controllers[0][0].c = Tensor(rows: [[0.5, -0.2]]) }
    let input = (0..<3).flatMap { step in (0..<3).map { Float(cos(3 * Double(step) + Double($0))) }
    }
    let result = model(
      Tensor(shape: [1, 3, 3], values: input), state: state, passThroughMemory: false)
    let cell = result.state.controllers[0][0]
    expectClose(cell.h, Tensor(rows: [test.h]), relative: 1e-6, "h")
    #expect((cell.c == nil) == (test.c == nil))
    if let c = test.c, let found = cell.c {
      expectClose(found, Tensor(rows: [c]), relative: 1e-6, "c")
    }
  }
}
