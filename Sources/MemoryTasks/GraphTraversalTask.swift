import MemoryTraining
import NeuralMemory

/// Graph traversal, as in the DNC paper (Methods): the triples of a graph, then a node and some
/// edges to follow; every edge passed is wanted as a full triple.
///
/// The question's first step holds the starting node and the first edge, `(from, edge, _)`, the
/// others an edge each, `(_, edge, _)`. The answer has one step per edge. The graph comes from
/// `settings`, the walk takes an even choice at each node. Format: `GraphSequence`; loss: the sum
/// of the cross-entropies of the digits, mean over answers; a triple counts as wrong if any of its
/// digits is.
public struct GraphTraversalTask: MemoryTask {
  public static let name = "graph-traversal"
  public static let summary = "Follow a sequence of edges through a graph given as triples."
  /// Random graphs of up to 20 nodes in the paper's format, 92 channels.
  public static var standard: GraphTraversalTask { GraphTraversalTask(try! GraphSettings()) }
  /// Batches of 16, from the first lesson.
  public static var defaultTraining: TrainingConfiguration { GraphSequence.training }

  /// Graphs and labels.
  public let settings: GraphSettings

  /// The task on given graphs.
  public init(_ settings: GraphSettings) { self.settings = settings }

  private var coding: TripleCoding { settings.coding }
  public var inputSize: Int { coding.inputSize }
  public var outputSize: Int { coding.channels }
  public var loss: any Loss { DigitCrossEntropy(radix: settings.radix) }
  public var lengthUnit: String { "lessons" }
  public var scoredUnit: String { "triples" }
  public var lengths: ClosedRange<Int> { 1...settings.lessons }

  public func timeSteps(length: Int) -> Int {
    settings.mostEdges(lesson: length) + 2 * settings.lesson(length).path.upperBound
  }

  /// Blind, two different nodes and the label of an edge have to be guessed among all labels.
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
    let steps = random.integer(in: lesson.path)
    while true {
      let (graph, notes) = settings.graph(lesson, using: &random)
      // A part of a map may have a dead end.
      guard let walk = graph.randomWalk(length: steps, using: &random) else { continue }
      let question = walk.enumerated().map { step, triple in
        Triple(from: step == 0 ? triple.from : Triple.blank, edge: triple.edge)
      }
      return GraphSequence(
        description: random.shuffled(graph.triples), question: question, answer: walk,
        notes: notes)
    }
  }

  public func score(_ output: Tensor, elements: Range<Int>, in batch: TaskBatch) -> TaskScore {
    coding.scoreTriples(output, elements: elements, in: batch)
  }

  /// The graph, the question and the answer; stations of the London Underground by name.
  public func describe(_ item: Int, of batch: TaskBatch, output: Tensor?) -> String {
    let sequence = coding.sequence(item, of: batch)
    let found = output.map { coding.answer($0, row: item, item: item, of: batch) }
    return GraphText(coding: coding, notes: sequence.notes)
      .sequence(sequence, found: found, isRight: found == sequence.answer)
  }
}

extension GraphTraversalTask {
  public init(from decoder: any Decoder) throws { self.init(try GraphSettings(from: decoder)) }
  public func encode(to encoder: any Encoder) throws { try settings.encode(to: encoder) }
}

extension GraphSequence {
  /// How a run on a graph task begins: batches of 16, from the first lesson.
  static var training: TrainingConfiguration {
    var training = TrainingConfiguration()
    training.batchSize = 16
    training.curriculum = Curriculum(maximumLength: 1)
    return training
  }
}
