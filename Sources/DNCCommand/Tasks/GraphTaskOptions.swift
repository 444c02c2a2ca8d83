import ArgumentParser
import MemoryTasks

extension GraphMap: ExpressibleByArgument {}

/// The flags of the tasks on graphs, which have their graphs in common.
struct GraphOptions: ParsableArguments {
  @Option(
    help: """
      Where graphs come from: random, london (the Underground), or london-zone-1. (default: random)
      """)
  var map: GraphMap?
  @Option(help: "Digits of a label. (default: 3)")
  var digits: Int?
  @Option(help: "Values of a digit. (default: 10)")
  var radix: Int?
  @Option(help: "Nodes of the greatest graph. (default: 20)")
  var maxNodes: Int?
  @Option(help: "The most edges that leave a node of a random graph. (default: 6)")
  var maxOutDegree: Int?
  @Option(help: "The most edges of a path. (default: 8)")
  var maxPath: Int?

  func settings(from settings: GraphSettings) throws -> GraphSettings {
    try GraphSettings(
      map: map ?? settings.map, digits: digits ?? settings.digits, radix: radix ?? settings.radix,
      maxNodes: maxNodes ?? settings.maxNodes,
      maxOutDegree: maxOutDegree ?? settings.maxOutDegree, maxPath: maxPath ?? settings.maxPath)
  }
}

struct GraphTraversalTaskOptions: TaskOptions {
  @OptionGroup var graph: GraphOptions

  func task(from task: GraphTraversalTask) throws -> GraphTraversalTask {
    GraphTraversalTask(try graph.settings(from: task.settings))
  }

  static let examples = """
    From small graphs and short walks to large and long ones, once there are few errors:
      dnc train graph-traversal --curriculum lessons --curriculum-freq 100 \\
        --curriculum-threshold 0.1 -lr 0.001 -mem_slot 64 -nhid 128
    """
}

struct ShortestPathTaskOptions: TaskOptions {
  @OptionGroup var graph: GraphOptions
  @Option(help: "Steps between question and answer. (default: 10)")
  var planningSteps: Int?
  @Flag(
    inversion: .prefixedNo,
    help: "Ask for nodes with only one shortest path, where there are. (default: yes)")
  var uniquePaths: Bool?

  func task(from task: ShortestPathTask) throws -> ShortestPathTask {
    try ShortestPathTask(
      graph.settings(from: task.settings), planningSteps: planningSteps ?? task.planningSteps,
      uniquePaths: uniquePaths ?? task.uniquePaths)
  }

  static let examples = """
    From small graphs and short paths to large and long ones, once there are few errors:
      dnc train shortest-path --curriculum lessons --curriculum-freq 100 \\
        --curriculum-threshold 0.1 -lr 0.001 -mem_slot 64 -nhid 128
    """
}

struct GraphInferenceTaskOptions: TaskOptions {
  @Option(help: "Digits of a label. (default: 3)")
  var digits: Int?
  @Option(help: "Values of a digit. (default: 10)")
  var radix: Int?
  @Option(help: "The most brothers and sisters of a person. (default: 2)")
  var maxSiblings: Int?
  @Option(help: "Steps between question and answer. (default: 0)")
  var planningSteps: Int?

  func task(from task: GraphInferenceTask) throws -> GraphInferenceTask {
    try GraphInferenceTask(
      digits: digits ?? task.digits, radix: radix ?? task.radix,
      maxSiblings: maxSiblings ?? task.maxSiblings,
      planningSteps: planningSteps ?? task.planningSteps)
  }

  static let examples = """
    From parents to great-uncles, once there are few errors:
      dnc train graph-inference --curriculum lessons --curriculum-freq 100 \\
        --curriculum-threshold 0.1 -lr 0.001 -mem_slot 64 -nhid 128
    """
}
