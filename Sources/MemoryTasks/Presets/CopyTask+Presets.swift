import MemoryTraining

extension CopyTask {
  public static let presets: [Preset<CopyTask>] = [
    Preset(
      "copy-dnc", "this repository: 1 to 10 vectors of 5 bits",
      network: .dnc(hidden: 64, cells: 32, width: 16),
      learning: PresetLearning(.adam, 3e-3, clip: 10, batch: 16, iterations: 20_000),
      curriculum: Curriculum(maximumLength: 10)),
    Preset(
      "copy-sdnc", "this repository: 1 to 10 vectors of 5 bits",
      network: .sdnc(hidden: 100, cells: 32, width: 16, reads: 4, links: 4),
      learning: PresetLearning(.adam, 3e-3, clip: 10, batch: 16, iterations: 30_000),
      curriculum: Curriculum(maximumLength: 10)),
    Preset(
      "copy-sam", "this repository: 1 to 10 vectors of 5 bits",
      network: .sam(hidden: 100, cells: 32, width: 16, reads: 8),
      learning: PresetLearning(.adam, 1e-3, clip: 1, batch: 16, iterations: 30_000),
      curriculum: Curriculum(maximumLength: 10)),
  ]
}
