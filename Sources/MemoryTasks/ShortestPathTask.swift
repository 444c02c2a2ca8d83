import MemoryTraining
import NeuralMemory

/// Shortest path, as in the DNC paper (Methods): the triples of a graph, then two nodes; the edges
/// of a shortest path from one to the other are wanted, after some steps to plan.
///
/// The question is `(from, _, to)`; `planningSteps` steps without input follow (10 in the paper),
/// then as many answer steps as the path has edges. Unlike in the paper, where the network is shown
/// its own or the teacher's last choice, it gets no input while it answers and learns from one
/// shortest path by plain supervision. With `uniquePaths` the two nodes are such that there is only
/// one, if the graph has such a pair, so that the teacher is never arbitrary; without it the
/// teacher takes the smallest edge label wherever several edges are on a shortest path. Scored is
/// the whole path: it is right if its edges are the graph's, join the two nodes, and are no more
/// than needed, whether it is the teacher's path or not. The number of edges is drawn evenly from
/// those of the lesson; graphs without nodes so far apart are drawn again, and after 20 in vain the
/// path becomes shorter.
public struct ShortestPathTask: MemoryTask {
  public static let name = "shortest-path"
  public static let summary = "Find a shortest path between two nodes of a graph given as triples."
  /// Random graphs of up to 20 nodes in the paper's format, 92 channels and 10 steps to plan.
  public static var standard: ShortestPathTask { try! ShortestPathTask(GraphSettings()) }
  /// Batches of 16, from the first lesson.
  public static var defaultTraining: TrainingConfiguration { GraphSequence.training }

  /// Graphs and labels.
  public let settings: GraphSettings
  /// Steps between question and answer.
  public let planningSteps: Int
  /// Whether pairs of nodes with one shortest path are preferred.
  public let uniquePaths: Bool

  /// - Throws: `ConfigurationError` for a negative number of steps.
  public init(
    _ settings: GraphSettings, planningSteps: Int = 10, uniquePaths: Bool = true
  ) throws {
    try ConfigurationError.check("planningSteps", planningSteps, atLeast: 0, atMost: 1_000_000)
    self.settings = settings
    self.planningSteps = planningSteps
    self.uniquePaths = uniquePaths
  }

  private var coding: TripleCoding { settings.coding }
  public var inputSize: Int { coding.inputSize }
  public var outputSize: Int { coding.channels }
  public var loss: any Loss { DigitCrossEntropy(radix: settings.radix) }
  public var lengthUnit: String { "lessons" }
  public var scoredUnit: String { "paths" }
  public var lengths: ClosedRange<Int> { 1...settings.lessons }

  public func timeSteps(length: Int) -> Int {
    settings.mostEdges(lesson: length) + 1 + planningSteps
      + settings.lesson(length).path.upperBound
  }

  /// Blind, the labels of two nodes and an edge have to be guessed for the shortest paths, those of
  /// one edge; longer ones are never guessed, which this neglects. Not all paths of a lesson have
  /// one edge, so that this is a lower bound.
  public func chanceErrorRate(length: Int) -> Double {
    let labels = Double(coding.labelCount)
    return 1 - 1 / (labels * labels * (labels - 1))
  }

  public func makeBatch(
    count: Int, length: Int, using random: inout RandomNumbers
  ) -> TaskBatch {
    require(lengths.contains(length), "There are lessons \(lengths), not \(length)")
    let lesson = settings.lesson(length)
    return coding.batch((0..<count).map { _ in example(lesson, using: &random) })
  }

  private func example(
    _ lesson: GraphLesson, using random: inout RandomNumbers
  ) -> GraphSequence {
    let wanted = random.integer(in: lesson.path)
    var attempt = 0
    while true {
      let (graph, notes) = settings.graph(lesson, using: &random)
      let length = max(1, wanted - attempt / 20)
      // At last any pair will do: a map may have none with one path only.
      let needsUnique = uniquePaths && attempt < 20 * (wanted + 1)
      attempt += 1
      var pairs: [(from: Int, to: Int)] = []
      for start in 0..<graph.nodeCount {
        let (steps, paths) = graph.distances(from: start)
        for goal in 0..<graph.nodeCount
        where steps[goal] == length && (!needsUnique || paths[goal] == 1) {
          pairs.append((start, goal))
        }
      }
      guard !pairs.isEmpty else { continue }
      let pair = random.pick(pairs)
      let question = Triple(from: graph.labels[pair.from], to: graph.labels[pair.to])
      return GraphSequence(
        description: random.shuffled(graph.triples), question: [question],
        planningSteps: planningSteps,
        answer: graph.shortestPath(from: pair.from, to: pair.to)!, notes: notes)
    }
  }

  /// Whether triples are a shortest path that answers the question of a sequence.
  private func isRight(_ path: [Triple], _ sequence: GraphSequence) -> Bool {
    if path == sequence.answer { return true }
    let edges = Set(sequence.description)
    guard let question = sequence.question.first, path.count == sequence.answer.count,
      path.first?.from == question.from, path.last?.to == question.to
    else { return false }
    return path.allSatisfy(edges.contains)
      && zip(path, path.dropFirst()).allSatisfy { $0.to == $1.from }
  }

  public func score(_ output: Tensor, elements: Range<Int>, in batch: TaskBatch) -> TaskScore {
    var score = TaskScore(total: elements.count, sequences: elements.count)
    for (row, item) in elements.enumerated() {
      let path = coding.answer(output, row: row, item: item, of: batch)
      if !isRight(path, coding.sequence(item, of: batch)) {
        score.wrong += 1
        score.wrongSequences += 1
      }
    }
    return score
  }

  /// The graph, the question and the answer; stations of the London Underground by name.
  public func describe(_ item: Int, of batch: TaskBatch, output: Tensor?) -> String {
    let sequence = coding.sequence(item, of: batch)
    let found = output.map { coding.answer($0, row: item, item: item, of: batch) }
    return GraphText(coding: coding, notes: sequence.notes)
      .sequence(sequence, found: found, isRight: found.map { isRight($0, sequence) } ?? false)
  }
}

extension ShortestPathTask {
  enum CodingKeys: String, CodingKey {
    case planningSteps = "planning_steps"
    case uniquePaths = "unique_paths"
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    let standard = Self.standard
    try self.init(
      GraphSettings(from: decoder),
      planningSteps: values.decodeIfPresent(Int.self, forKey: .planningSteps)
        ?? standard.planningSteps,
      uniquePaths: values.decodeIfPresent(Bool.self, forKey: .uniquePaths) ?? standard.uniquePaths)
  }

  public func encode(to encoder: any Encoder) throws {
    try settings.encode(to: encoder)
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(planningSteps, forKey: .planningSteps)
    try values.encode(uniquePaths, forKey: .uniquePaths)
  }
}
