import Foundation
import NeuralMemory
import TestSupport
import Testing

@Suite struct ClosenessTests {
  let expected = Tensor(rows: [[1, -2, 3], [4, 5, -10]])

  @Test func equalTensorsAreClose() {
    #expect(differenceReport(expected, expected, relative: 0) == nil)
    #expect(differenceReport(Tensor(shape: [0, 2]), Tensor(shape: [0, 2]), relative: 0) == nil)
  }

  @Test func errorIsRelativeToTheLargestMagnitude() {
    var found = expected
    found[0, 1] += 0.05  // 0.005 of 10
    #expect(differenceReport(found, expected, relative: 0.006) == nil)
    #expect(differenceReport(found, expected, relative: 0.004) != nil)
  }

  @Test func reportNamesTheWorstElementWithBothValues() {
    var found = expected
    found[0, 0] = 1.5
    found[1, 1] = 7.5
    #expect(
      differenceReport(found, expected, relative: 0.01)
        == "worst at [1, 1]: 7.5 instead of 5.0, an error of 0.25 of the largest magnitude 10.0; "
        + "allowed is 0.01")
  }

  @Test func shapesMustAgree() {
    #expect(
      differenceReport(expected.reshaped([6]), expected, relative: 1)
        == "the shape is [6] instead of [2, 3]")
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity])
  func nonFiniteValuesAreNeverClose(value: Float) {
    var bad = expected
    bad[1, 0] = value
    for report in [
      differenceReport(bad, expected, relative: 1e30),
      differenceReport(expected, bad, relative: 1e30),
      differenceReport(bad, bad, relative: 1e30),
    ] {
      #expect(report?.hasPrefix("worst at [1, 0]:") == true)
    }
  }

  @Test func zeroMustStayZero() {
    let zero = Tensor(shape: [3])
    #expect(differenceReport(Tensor([0, 1e-30, 0]), zero, relative: 1) != nil)
    #expect(differenceReport(zero, zero, relative: 0) == nil)
  }

  /// What `expectClose` records; equal tensors record nothing, or this test would fail.
  @Test func theWorstElementIsNamed() {
    let report = differenceReport(Tensor([2]), Tensor([1]), relative: 0.1)
    #expect(report?.contains("worst at [0]: 2.0 instead of 1.0") == true)
    expectClose(Tensor([1]), Tensor([1]), relative: 0, "weights")
  }
}

@Suite struct FiniteDifferencesTests {
  @Test func derivativesOfAQuadraticAreExact() {
    // f = x0² + 3 x0 x1 + x2
    let derivatives = centralDifference(at: [2, 5, 7], count: 3, step: 0.25) { x in
      x[0] * x[0] + 3 * x[0] * x[1] + x[2]
    }
    #expect(derivatives == [19, 6, 1])
  }

  @Test func errorFallsWithTheSquareOfTheStep() {
    let errors = [0.02, 0.01].map { step in
      abs(centralDifference(at: [1], count: 1, step: step) { sin($0[0]) }[0] - cos(1))
    }
    #expect(abs(errors[0] / errors[1] - 4) < 0.01)
  }

  @Test func onlyTheFirstCoordinatesAreVaried() {
    let derivatives = centralDifference(at: [1, 2, 3], count: 2, step: 0.5) { x in
      #expect(x[2] == 3)
      return x[0] - x[1]
    }
    #expect(derivatives == [1, -1])
  }
}

@Suite struct TemporaryFolderTests {
  @Test func folderGoesWithTheLastReference() throws {
    var folder: TemporaryFolder? = try TemporaryFolder()
    let url = try #require(folder).url
    try Data("x".utf8).write(to: url.appendingPathComponent("a"))
    #expect(try folder?.names == ["a"])
    folder = nil
    #expect(!FileManager.default.fileExists(atPath: url.path))
  }

  @Test func foldersAreDistinctAndEmpty() throws {
    let (a, b) = (try TemporaryFolder(), try TemporaryFolder())
    #expect(a.url != b.url)
    #expect(try a.names.isEmpty)
  }
}

@Suite struct GoldenFileTests {
  private func sample() -> SafeTensors {
    var file = SafeTensors()
    file.metadata["config"] =
      #"{"model": "dnc", "clip": 20.5, "hidden_size": 12, "bias": true, "rnn_type": "lstm"}"#
    for name in ["input", "output", "cotangent", "grad_input"] {
      file.set(name, Tensor(shape: [1, 2, 1], values: [1, 2]))
    }
    file.set("param/w", Tensor([3]))
    file.set("grad/w", Tensor([4]))
    file.set("state/memory", Tensor([5]))
    file.set("trace/usage", Tensor([6]))
    return file
  }

  @Test func everythingIsFound() throws {
    let folder = try TemporaryFolder()
    try sample().write(to: folder.file("tiny.safetensors"))
    let golden = try GoldenFile(folder.file("tiny.safetensors"))
    #expect(golden.name == "tiny")
    #expect(golden.integer("hidden_size") == 12)
    #expect(golden.number("clip") == 20.5)
    #expect(golden.number("hidden_size") == 12)
    #expect(golden.flag("bias") == true)
    #expect(golden.text("rnn_type") == "lstm")
    #expect(golden.integer("absent") == nil)
    #expect(golden.integer("bias") == nil)
    #expect(golden.input == Tensor(shape: [1, 2, 1], values: [1, 2]))
    #expect(golden.parameters == ["w": Tensor([3])])
    #expect(golden.gradients == ["w": Tensor([4])])
    #expect(golden.state == ["memory": Tensor([5])])
    #expect(golden.traces == ["usage": Tensor([6])])
  }

  @Test func missingPartsAreNamed() throws {
    let folder = try TemporaryFolder()
    var file = SafeTensors()
    try file.write(to: folder.file("bare"))
    #expect { try GoldenFile(folder.file("bare")) } throws: { error in
      "\(error)" == "bare has no \"config\" in its metadata"
    }
    file.metadata["config"] = "{}"
    try file.write(to: folder.file("bare"))
    #expect { try GoldenFile(folder.file("bare")) } throws: { error in
      "\(error)" == "bare has no tensor \"input\""
    }
  }
}
