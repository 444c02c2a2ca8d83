import NeuralMemory
import TestSupport
import Testing

@Suite struct GoldenTests {
  @Test(arguments: GoldenDNC.names, [1, 2, 3])
  func outputAndGradients(name: String, workers: Int) throws {
    let test = try GoldenDNC(name)
    let golden = test.golden
    let (output, pullback) = test.model.callWithPullback(
      golden.input, state: test.state, workers: workers)
    expectClose(output.output, golden.output, relative: 1e-5, "output")
    let gradients = pullback(golden.cotangent)
    expectClose(gradients.input, golden.inputGradient, relative: 1e-4, "gradient of the input")
    #expect(Set(golden.gradients.keys) == Set(golden.parameters.keys))
    for (parameter, expected) in golden.gradients {
      expectClose(gradients.parameters[parameter], expected, relative: 1e-4, parameter)
    }
  }

  @Test(arguments: GoldenDNC.names, [1, 2])
  func plainCall(name: String, workers: Int) throws {
    let test = try GoldenDNC(name)
    let result = test.model(test.golden.input, state: test.state, workers: workers)
    expectClose(result.output, test.golden.output, relative: 1e-5, "output")
  }

  /// Step by step gives the very bits of the sequence call; the dialect of the Python package
  /// apart, where a call's start is part of the equations.
  @Test(arguments: GoldenDNC.names)
  func stepByStep(name: String) throws {
    let test = try GoldenDNC(name)
    guard test.model.configuration.dialect == .nature else { return }
    let golden = test.golden
    let whole = test.model(golden.input, state: test.state)
    var state = test.state ?? test.model.initialState(batch: golden.input.shape[0])
    for step in 0..<golden.input.shape[1] {
      let output = test.model.step(golden.input.select(axis: 1, step), state: &state)
      expectClose(
        output, golden.output.select(axis: 1, step), relative: 1e-4, "output of step \(step)")
      #expect(output == whole.output.select(axis: 1, step))
    }
    #expect(state == whole.state)
  }

  @Test(arguments: GoldenDNC.names.filter { $0.hasPrefix("dnc") })
  func traces(name: String) throws {
    let test = try GoldenDNC(name, debug: true)
    let result = test.model(test.golden.input, state: test.state)
    let trace = try #require(result.trace)
    let keys = [
      "memory": "memory", "link": "link_matrix", "precedence": "precedence",
      "read": "read_weights", "write": "write_weights", "usage": "usage_vector",
    ]
    #expect(Set(trace.keys) == Set(keys.values))
    #expect(Set(test.golden.traces.keys) == Set(keys.keys))
    for (theirs, ours) in keys {
      let expected = try #require(test.golden.traces[theirs])
      let table = try #require(trace[ours])
      expectClose(
        table, expected.reshaped([expected.shape[0], -1]), relative: 1e-5, "trace \(ours)")
    }
  }
}
