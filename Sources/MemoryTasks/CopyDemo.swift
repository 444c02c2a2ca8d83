import MemoryTraining

extension RunConfiguration where Task == CopyTask {
  /// What `dnc demo` trains: the preset `copy-demo`. Solved after about a thousand iterations, a
  /// few seconds on two cores. The memory has more cells than the longest sequence needs, which
  /// lets the network go beyond the lengths it was trained on.
  public static func demo(seed: UInt64, workers: Int) -> RunConfiguration {
    var configuration = CopyTask.demo.configuration
    configuration.training.seed = seed
    configuration.training.workers = workers
    return configuration
  }
}
