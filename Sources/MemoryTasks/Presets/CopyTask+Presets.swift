import MemoryTraining

extension CopyTask {
  /// 8 bits and the marker, as in the papers: a valid size.
  private static var wide: CopyTask { try! CopyTask(inputSize: 9) }

  /// What `dnc demo` trains.
  static let demo = Preset(
    "copy-demo",
    "the paper on Neural Turing Machines: 1 to 20 vectors of 8 bits; learning of our own",
    task: wide, network: .dnc(hidden: 64, cells: 64, width: 16),
    learning: PresetLearning(.adam, 3e-3, clip: 10, batch: 16, iterations: 20_000),
    curriculum: Curriculum(maximumLength: 20),
    expectation: PresetExpectation(iterations: 700...1100, minutes: 0.071...0.17),
    published:
      "an NTM trained on up to 20 vectors copies 30 to 50 nearly without errors, and goes wrong "
      + "at some point of 120 (section 4.1). Ours differs: it ends as soon as 20 are copied, and then has "
      + "1 to 10 % of the bits wrong at 40",
    beyond: [40, 120])

  public static let presets: [Preset<CopyTask>] = [
    Preset(
      "copy-dnc", "this repository: 1 to 10 vectors of 5 bits",
      network: .dnc(hidden: 64, cells: 32, width: 16),
      learning: PresetLearning(.adam, 3e-3, clip: 10, batch: 16, iterations: 20_000),
      curriculum: Curriculum(maximumLength: 10),
      expectation: PresetExpectation(iterations: 900...1700, minutes: 0.025...0.05)),
    Preset(
      "copy-sdnc", "this repository: 1 to 10 vectors of 5 bits",
      network: .sdnc(hidden: 100, cells: 32, width: 16, reads: 4, links: 4),
      learning: PresetLearning(.adam, 3e-3, clip: 10, batch: 16, iterations: 30_000),
      curriculum: Curriculum(maximumLength: 10),
      expectation: PresetExpectation(iterations: 800...5800, minutes: 0.1...0.66)),
    Preset(
      "copy-sam", "this repository: 1 to 10 vectors of 5 bits",
      network: .sam(hidden: 100, cells: 32, width: 16, reads: 8),
      learning: PresetLearning(.adam, 1e-3, clip: 1, batch: 16, iterations: 30_000),
      curriculum: Curriculum(maximumLength: 10),
      expectation: PresetExpectation(iterations: 2500...3600, minutes: 0.16...0.99)),
    Preset(
      "copy-none", "this repository: 1 to 10 vectors of 5 bits, without a memory",
      network: .none(hidden: 64),
      learning: PresetLearning(.adam, 3e-3, clip: 10, batch: 16, iterations: 20_000),
      curriculum: Curriculum(maximumLength: 10),
      expectation: PresetExpectation(
        iterations: 20_000...20_000, minutes: 0.24...0.34, errorRate: 0.0039)),
    demo,
    Preset(
      "copy-dnc-curriculum", "this repository: up to 40 vectors of 8 bits, doubling from 5 on",
      task: wide, network: .dnc(hidden: 64, cells: 64, width: 16),
      learning: PresetLearning(.adam, 3e-3, clip: 10, batch: 16, iterations: 20_000),
      curriculum: Curriculum(
        maximumLength: 5, frequency: 100, kind: .exponential, threshold: 0.01, limit: 40),
      expectation: PresetExpectation(iterations: 1300...1800, minutes: 0.16...0.31)),
    Preset(
      "copy-package", "the Python package's readme, line 2: 1 to 8 vectors of 5 bits",
      network: .dnc(hidden: 64, cells: 32, width: 20, heads: 4, hiddenLayers: 2),
      learning: PresetLearning(.adam, 1e-3, clip: 50, batch: 1000, iterations: 100_000),
      curriculum: Curriculum(maximumLength: 8)),
    Preset(
      "copy-sam-paper",
      "Rae et al. 2016: 1 to 20 vectors, RMSprop (with the package's momentum); 64 cells are our choice",
      task: wide, network: .sam(hidden: 100, cells: 64, width: 32, heads: 4, reads: 4),
      learning: PresetLearning(.rmsprop, 1e-4, clip: 50, batch: 8, iterations: 100_000),
      curriculum: Curriculum(maximumLength: 20)),
    Preset(
      "copy-sam-curriculum",
      "Rae et al. 2016: lengths that double once the loss is small; threshold and learning of our own",
      task: wide, network: .sam(hidden: 100, cells: 1024, width: 32, reads: 8),
      learning: PresetLearning(.adam, 1e-3, clip: 1, batch: 8, iterations: 50_000),
      curriculum: Curriculum(
        maximumLength: 2, frequency: 100, kind: .exponential, threshold: 0.03, limit: 64)),
  ]
}
