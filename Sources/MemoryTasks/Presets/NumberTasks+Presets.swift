import MemoryTraining

extension AddingTask {
  /// The numbers 0 and 1: a valid size.
  private static var binary: AddingTask { try! AddingTask(inputSize: 3) }
  /// As in the package's readme: trained up to 100 numbers, tested at 1,000.
  private static let lengths = Curriculum(maximumLength: 100)

  public static let presets: [Preset<AddingTask>] = [
    Preset(
      "adding-dnc", "this repository: numbers 0 and 1, up to 100 of them", task: binary,
      network: .dnc(hidden: 32, cells: 16, width: 8),
      learning: .falling(3e-3, over: 3000),
      curriculum: lengths, stops: false,
      expectation: PresetExpectation(iterations: 3000...3000, minutes: 0.11...0.2),
      beyond: [200, 1000]),
    Preset(
      "adding-sam", "this repository: numbers 0 and 1, up to 100 of them", task: binary,
      network: .sam(hidden: 64, cells: 128, width: 8, reads: 4),
      learning: .falling(3e-3, over: 4000),
      curriculum: lengths, stops: false,
      expectation: PresetExpectation(iterations: 4000...4000, minutes: 0.27...0.68),
      beyond: [200, 1000]),
    Preset(
      "adding-none", "this repository: numbers 0 and 1, up to 100 of them, without a memory",
      task: binary, network: .none(hidden: 32),
      learning: .falling(3e-3, over: 3000),
      curriculum: lengths, stops: false,
      expectation: PresetExpectation(iterations: 3000...3000, minutes: 0.043...0.069),
      beyond: [200, 1000]),
    Preset(
      "adding-package", "the Python package's readme: numbers 0 and 1, up to 100 of them",
      task: binary, network: .sam(hidden: 100, cells: 1000, width: 32, reads: 4),
      learning: PresetLearning(.rmsprop, 1e-4, clip: 50, batch: 20, iterations: 2000),
      curriculum: lengths, stops: false,
      expectation: PresetExpectation(
        iterations: 2000...2000, minutes: 0.69...0.81, errorRate: 0.13), beyond: [200, 1000]),
  ]
}

extension ArgmaxTask {
  /// The numbers 0 to 8: a valid size.
  private static var nine: ArgmaxTask { try! ArgmaxTask(inputSize: 10) }

  public static let presets: [Preset<ArgmaxTask>] = [
    Preset(
      "argmax-dnc", "this repository: 2 to 15 numbers from 0 to 8", task: nine,
      network: .dnc(hidden: 64, cells: 16, width: 16),
      learning: .falling(3e-3, to: 0.02, over: 20_000),
      curriculum: Curriculum(maximumLength: 15),
      expectation: PresetExpectation(iterations: 13_000...15_000, minutes: 0.24...0.35)),
    Preset(
      "argmax-sam", "this repository: 2 to 15 numbers from 0 to 8", task: nine,
      network: .sam(hidden: 64, cells: 32, width: 16, reads: 4),
      learning: .falling(3e-3, to: 0.002, over: 30_000),
      curriculum: Curriculum(maximumLength: 15),
      expectation: PresetExpectation(iterations: 15_400...19_900, minutes: 0.21...0.89)),
    Preset(
      "argmax-sdnc", "this repository: 2 to 15 numbers from 0 to 8", task: nine,
      network: .sdnc(hidden: 100, cells: 32, width: 16, reads: 4, links: 4),
      learning: .falling(3e-3, to: 0.002, over: 40_000),
      curriculum: Curriculum(maximumLength: 15),
      expectation: PresetExpectation(iterations: 12_300...22_500, minutes: 0.63...3.7)),
    Preset(
      "argmax-none", "this repository: 2 to 15 numbers from 0 to 8, without a memory", task: nine,
      network: .none(hidden: 64),
      learning: .falling(3e-3, to: 0.02, over: 20_000),
      curriculum: Curriculum(maximumLength: 15),
      expectation: PresetExpectation(
        iterations: 20_000...20_000, minutes: 0.15...0.27, errorRate: 0.0056)),
    Preset(
      "argmax-package", "the Python package's readme: 2 to 15 numbers from 0 to 8", task: nine,
      network: .dnc(hidden: 100, cells: 100, width: 10, heads: 2),
      learning: PresetLearning(.rmsprop, 1e-4, clip: 50, batch: 1, iterations: 10_000),
      curriculum: Curriculum(maximumLength: 15),
      expectation: PresetExpectation(
        iterations: 10_000...10_000, minutes: 0.14...0.29, errorRate: 0.37)),
  ]
}
