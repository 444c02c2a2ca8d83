import MemoryTraining

extension RepeatCopyTask {
  /// Up to 5 vectors, up to 3 times: valid numbers.
  private static var longer: RepeatCopyTask { try! RepeatCopyTask(maxRepeats: 3, repeatScale: 3) }

  public static let presets: [Preset<RepeatCopyTask>] = [
    Preset(
      "repeat-copy-dnc", "this repository: 1 to 5 vectors of 4 bits, 1 to 3 times", task: longer,
      network: .dnc(hidden: 64, cells: 16, width: 16),
      learning: PresetLearning(.adam, 3e-3, clip: 10, batch: 16, iterations: 30_000),
      curriculum: Curriculum(maximumLength: 5),
      expectation: PresetExpectation(iterations: 3900...11_000, minutes: 0.081...0.38)),
    Preset(
      "repeat-copy-sdnc", "this repository: 1 to 5 vectors of 4 bits, 1 to 3 times", task: longer,
      network: .sdnc(hidden: 100, cells: 32, width: 16, reads: 4, links: 4),
      learning: PresetLearning(.adam, 3e-3, clip: 10, batch: 16, iterations: 30_000),
      curriculum: Curriculum(maximumLength: 5),
      expectation: PresetExpectation(iterations: 6900...10_000, minutes: 0.28...1.2)),
    Preset(
      "repeat-copy-sam", "this repository: 1 to 5 vectors of 4 bits, 1 to 3 times", task: longer,
      network: .sam(hidden: 100, cells: 32, width: 16, reads: 8),
      learning: .falling(2e-3, to: 0.002, over: 30_000, clip: 1),
      curriculum: Curriculum(maximumLength: 5),
      expectation: PresetExpectation(iterations: 5100...8600, minutes: 0.14...0.24)),
    Preset(
      "repeat-copy-none", "this repository: the same without a memory", task: longer,
      network: .none(hidden: 64),
      learning: PresetLearning(.adam, 3e-3, clip: 10, batch: 16, iterations: 10_000),
      curriculum: Curriculum(maximumLength: 5),
      expectation: PresetExpectation(
        iterations: 10_000...10_000, minutes: 0.12...0.23, errorRate: 0.015)),
    Preset(
      "repeat-copy-deepmind",
      "DeepMind's DNC demo: 1 or 2 vectors of 4 bits, 1 or 2 times; RMSprop has the package's momentum",
      network: .dnc(hidden: 64, cells: 16, width: 16, heads: 4),
      learning: PresetLearning(.rmsprop, 1e-4, clip: 50, batch: 16, iterations: 100_000),
      curriculum: Curriculum(maximumLength: 2)),
  ]
}

extension AssociativeRecallTask {
  /// From 3 items on, as in the paper: a valid number.
  private static var paper: AssociativeRecallTask { try! AssociativeRecallTask(minItems: 3) }

  public static let presets: [Preset<AssociativeRecallTask>] = [
    Preset(
      "associative-recall-dnc", "this repository: 2 to 6 items of 3 vectors of 6 bits",
      network: .dnc(hidden: 100, cells: 32, width: 32),
      learning: PresetLearning(
        .adam, 2e-3, decay: .init(.cosine, iterations: 20_000, factor: 0.01), clip: 10, batch: 16,
        iterations: 25_000),
      curriculum: Curriculum(maximumLength: 6),
      expectation: PresetExpectation(iterations: 9900...13_100, minutes: 1.3...3.7),
      published:
        "an NTM trained on up to 6 items has under one wrong bit per sequence at 15 (Graves et al. "
        + "2014, section 4.3). Ours differs: about a quarter of the bits is wrong at 12; with the sparse "
        + "memories below under 0.3 %",
      beyond: [12, 15]),
    Preset(
      "associative-recall-sdnc", "this repository: 2 to 6 items of 3 vectors of 6 bits",
      network: .sdnc(hidden: 100, cells: 64, width: 32, reads: 4, links: 4),
      learning: PresetLearning(
        .adam, 2e-3, decay: .init(.cosine, iterations: 20_000, factor: 0.01), clip: 10, batch: 16,
        iterations: 25_000),
      curriculum: Curriculum(maximumLength: 6),
      expectation: PresetExpectation(iterations: 11_200...13_000, minutes: 1.2...3.3),
      beyond: [12, 15]),
    Preset(
      "associative-recall-sam", "this repository: 2 to 6 items of 3 vectors of 6 bits",
      network: .sam(hidden: 100, cells: 64, width: 32, reads: 4),
      learning: PresetLearning(
        .adam, 1e-3, decay: .init(.cosine, iterations: 20_000, factor: 0.01), clip: 10, batch: 16,
        iterations: 25_000),
      curriculum: Curriculum(maximumLength: 6),
      expectation: PresetExpectation(iterations: 13_700...15_600, minutes: 0.76...1.9),
      beyond: [12, 15]),
    Preset(
      "associative-recall-none", "this repository: the same without a memory",
      network: .none(hidden: 100),
      learning: PresetLearning(.adam, 1e-3, clip: 10, batch: 16, iterations: 20_000),
      curriculum: Curriculum(maximumLength: 6)),
    Preset(
      "associative-recall-sam-paper",
      "Rae et al. 2016: 3 to 6 items, RMSprop (with the package's momentum); 64 cells are our choice",
      task: paper, network: .sam(hidden: 100, cells: 64, width: 32, heads: 4, reads: 4),
      learning: PresetLearning(.rmsprop, 1e-4, clip: 50, batch: 8, iterations: 100_000),
      curriculum: Curriculum(maximumLength: 6)),
  ]
}

extension PrioritySortTask {
  /// Always 20 vectors, as in the papers: a valid number.
  private static var paper: PrioritySortTask { try! PrioritySortTask(minLength: 20) }

  /// To the end: how exactly priorities are compared is learned last.
  private static func learning(_ rate: Double) -> PresetLearning {
    .falling(rate, to: 0.01, over: 40_000)
  }

  public static let presets: [Preset<PrioritySortTask>] = [
    Preset(
      "priority-sort-dnc", "this repository: 1 to 5 vectors of 8 bits, the first 4 of 5 wanted",
      network: .dnc(hidden: 100, cells: 32, width: 16), learning: learning(3e-3),
      curriculum: Curriculum(maximumLength: 5), stops: false,
      expectation: PresetExpectation(iterations: 40_000...40_000, minutes: 0.56...2.1)),
    Preset(
      "priority-sort-sdnc", "this repository: 1 to 5 vectors of 8 bits, the first 4 of 5 wanted",
      network: .sdnc(hidden: 100, cells: 32, width: 16, reads: 4, links: 4),
      learning: learning(2e-3),
      curriculum: Curriculum(maximumLength: 5), stops: false,
      expectation: PresetExpectation(
        iterations: 40_000...40_000, minutes: 0.83...2.7, errorRate: 0.0042)),
    Preset(
      "priority-sort-sam", "this repository: 1 to 5 vectors of 8 bits, the first 4 of 5 wanted",
      network: .sam(hidden: 100, cells: 32, width: 16, reads: 4), learning: learning(2e-3),
      curriculum: Curriculum(maximumLength: 5), stops: false,
      expectation: PresetExpectation(iterations: 40_000...40_000, minutes: 0.58...1.3)),
    Preset(
      "priority-sort-none", "this repository: the same without a memory",
      network: .none(hidden: 100), learning: learning(3e-3),
      curriculum: Curriculum(maximumLength: 5), stops: false),
    Preset(
      "priority-sort-sam-paper",
      "Rae et al. 2016: 16 of 20, RMSprop (with the package's momentum); 64 cells are our choice",
      task: paper, network: .sam(hidden: 100, cells: 64, width: 32, heads: 4, reads: 4),
      learning: PresetLearning(.rmsprop, 1e-4, clip: 50, batch: 8, iterations: 100_000),
      curriculum: Curriculum(maximumLength: 20)),
  ]
}
