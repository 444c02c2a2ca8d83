import MemoryTraining

// The presets of this repository have labels of one digit and small graphs, so that they end within
// minutes on one processor; the paper's format takes days.

extension GraphTraversalTask {
  /// Labels of one digit, up to 8 nodes, walks of up to 4 edges: valid numbers.
  private static var small: GraphTraversalTask {
    GraphTraversalTask(try! GraphSettings(digits: 1, maxNodes: 8, maxOutDegree: 3, maxPath: 4))
  }
  /// The same with labels of two digits, enough for the lines of the London Underground.
  private static var london: GraphTraversalTask {
    GraphTraversalTask(try! GraphSettings(digits: 2, maxNodes: 8, maxOutDegree: 3, maxPath: 4))
  }
  private static let smallSource =
    "this repository: up to 8 nodes with labels of one digit, 1 to 4 edges"

  public static let presets: [Preset<GraphTraversalTask>] = [
    Preset(
      "graph-traversal-dnc", smallSource, task: small,
      network: .dnc(hidden: 64, cells: 32, width: 32, heads: 2),
      learning: .falling(3e-3, over: 20_000),
      curriculum: Curriculum(maximumLength: 4),
      expectation: PresetExpectation(iterations: 15_600...18_800, minutes: 0.64...2.5)),
    Preset(
      "graph-traversal-sdnc", smallSource, task: small,
      network: .sdnc(hidden: 100, cells: 64, width: 32, heads: 2, reads: 4, links: 4),
      learning: .falling(2e-3, over: 20_000), curriculum: Curriculum(maximumLength: 4),
      expectation: PresetExpectation(iterations: 13_900...17_100, minutes: 2.1...5.2)),
    Preset(
      "graph-traversal-sam", smallSource, task: small,
      network: .sam(hidden: 100, cells: 64, width: 32, heads: 2, reads: 4),
      learning: .falling(2e-3, over: 20_000), curriculum: Curriculum(maximumLength: 4),
      expectation: PresetExpectation(iterations: 15_500...17_700, minutes: 1...3.5)),
    Preset(
      "graph-traversal-none", "this repository: the same without a memory", task: small,
      network: .none(hidden: 64), learning: .falling(3e-3, over: 20_000),
      curriculum: Curriculum(maximumLength: 4)),
    Preset(
      "graph-traversal-london",
      "this repository: up to 8 nodes with labels of two digits; for `dnc evaluate --set map=london`",
      task: london, network: .dnc(hidden: 128, cells: 48, width: 64, heads: 2),
      learning: .falling(3e-3, over: 30_000), curriculum: Curriculum(maximumLength: 4)),
    Preset(
      "graph-traversal-paper",
      "Graves et al. 2016: labels of three digits, lessons by errors; network and learning of our choice",
      network: .dnc(hidden: 256, cells: 256, width: 50, heads: 5, hiddenLayers: 3),
      learning: PresetLearning(.rmsprop, 1e-4, clip: 10, batch: 2, iterations: 1_000_000),
      curriculum: Curriculum(
        maximumLength: 1, increment: 1, frequency: 1000, kind: .lessons, threshold: 0.1, limit: 9),
      published: "98.8 % of the triples right in the last lesson (an LSTM: 37 %)"),
  ]
}

extension ShortestPathTask {
  /// Labels of one digit, up to 8 nodes, paths of up to 3 edges: valid numbers.
  private static var small: ShortestPathTask {
    try! ShortestPathTask(
      GraphSettings(digits: 1, maxNodes: 8, maxOutDegree: 3, maxPath: 3), planningSteps: 4)
  }
  private static let smallSource =
    "this repository: up to 8 nodes with labels of one digit, 1 to 3 edges"

  public static let presets: [Preset<ShortestPathTask>] = [
    Preset(
      "shortest-path-dnc", smallSource,
      task: small, network: .dnc(hidden: 128, cells: 32, width: 32, heads: 4),
      learning: .falling(3e-3, over: 40_000), curriculum: Curriculum(maximumLength: 3),
      expectation: PresetExpectation(iterations: 29_700...40_000, minutes: 3.8...9.9),
      published:
        "55.3 % of the paths right on the paper's larger graphs (Graves et al. 2016): not to be compared"
    ),
    Preset(
      "shortest-path-sdnc", smallSource,
      task: small, network: .sdnc(hidden: 128, cells: 64, width: 32, heads: 4, reads: 4, links: 4),
      learning: .falling(2e-3, over: 40_000), curriculum: Curriculum(maximumLength: 3)),
    Preset(
      "shortest-path-sam", smallSource,
      task: small, network: .sam(hidden: 128, cells: 64, width: 32, heads: 4, reads: 4),
      learning: .falling(2e-3, over: 40_000), curriculum: Curriculum(maximumLength: 3)),
    Preset(
      "shortest-path-none", "this repository: the same without a memory", task: small,
      network: .none(hidden: 128), learning: .falling(3e-3, over: 40_000),
      curriculum: Curriculum(maximumLength: 3)),
  ]
}

extension GraphInferenceTask {
  /// Labels of one digit of 32, one brother or sister: valid numbers.
  private static var small: GraphInferenceTask {
    try! GraphInferenceTask(digits: 1, radix: 32, maxSiblings: 1, planningSteps: 1)
  }
  /// From parents to uncles and aunts, once there are few errors: without the first lesson nobody
  /// finds out what a question is.
  private static let lessons = Curriculum(
    maximumLength: 1, increment: 1, frequency: 100, kind: .lessons, threshold: 0.05, limit: 3)

  public static let presets: [Preset<GraphInferenceTask>] = [
    Preset(
      "graph-inference-dnc",
      "this repository: parents to uncles and aunts, labels of one digit of 32",
      task: small, network: .dnc(hidden: 128, cells: 48, width: 64, heads: 2),
      learning: .falling(3e-3, over: 40_000), curriculum: lessons,
      expectation: PresetExpectation(
        iterations: 24_600...40_000, minutes: 3.7...11, errorRate: 0.0046),
      published:
        "81.8 % of all relations right on the paper's larger families (Graves et al. 2016): not to be compared"
    ),
    Preset(
      "graph-inference-none", "this repository: the same without a memory", task: small,
      network: .none(hidden: 128), learning: .falling(3e-3, over: 40_000), curriculum: lessons),
  ]
}
