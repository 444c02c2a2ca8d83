import MemoryTraining

extension GraphTraversalTask {
  /// Labels of one digit of sixteen, up to 9 nodes: valid numbers.
  private static var small: GraphTraversalTask {
    GraphTraversalTask(
      try! GraphSettings(digits: 1, radix: 16, maxNodes: 9, maxOutDegree: 3, maxPath: 4))
  }

  public static let presets: [Preset<GraphTraversalTask>] = [
    Preset(
      "graph-traversal-dnc",
      "this repository: up to 9 nodes with labels of one digit, 1 to 4 edges",
      task: small, network: .dnc(hidden: 128, cells: 48, width: 32, heads: 2),
      learning: PresetLearning(.adam, 1e-3, clip: 10, batch: 16, iterations: 40_000),
      curriculum: Curriculum(
        maximumLength: 1, increment: 1, frequency: 100, kind: .lessons, threshold: 0.1, limit: 4))
  ]
}
