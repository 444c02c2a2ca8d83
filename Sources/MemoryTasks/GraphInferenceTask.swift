import MemoryTraining
import NeuralMemory

/// Inference on family trees, as in the DNC paper: triples such as (Freya, mother, Mary), then a
/// person and a relation that no triple names, such as her maternal great uncle; the whole triple
/// is wanted. Only the first lesson asks for what a triple names.
///
/// A family is one person, the ancestors, and the brothers and sisters of them and of the person; a
/// couple of the last generation has no more relatives. The description gives each child's father
/// and mother, and each parent's first, second, … son and daughter. The question is `(who,
/// relation, _)`, the answer has one step. Between them may be `planningSteps` steps without input:
/// a network that follows one edge per step needs some for relations of several edges. Words of
/// kinship have the same labels in all examples, persons random ones. Questions have exactly one
/// answer; the relation is drawn evenly from those of the lesson.
///
/// Lesson 1 asks for father and mother, over two generations; lesson 2 for grandparents, lesson 3
/// for brothers, sisters, uncles and aunts too, both over three generations; lesson 4 adds
/// great-grandparents, great uncles and great aunts over four. Format: `GraphSequence`; loss: the
/// sum of the cross-entropies of the answer's digits.
public struct GraphInferenceTask: MemoryTask {
  public static let name = "graph-inference"
  public static let summary =
    "Infer relations such as an uncle from a family tree given as triples."
  /// In the paper's format, 92 channels, with up to two brothers and sisters.
  public static var standard: GraphInferenceTask { try! GraphInferenceTask() }
  /// Batches of 16, from the first lesson.
  public static var defaultTraining: TrainingConfiguration { GraphSequence.training }

  /// Digits of a label.
  public let digits: Int
  /// Values of a digit.
  public let radix: Int
  /// The most brothers and sisters of a person.
  public let maxSiblings: Int
  /// Steps between question and answer.
  public let planningSteps: Int

  /// - Throws: `ConfigurationError` for a number out of its range, or if there are too few labels.
  public init(
    digits: Int = 3, radix: Int = 10, maxSiblings: Int = 2, planningSteps: Int = 0
  ) throws {
    try ConfigurationError.check("digits", digits, in: 1...6)
    try ConfigurationError.check("radix", radix, in: 2...100)
    try ConfigurationError.check("maxSiblings", maxSiblings, in: 1...Kinship.mostChildren - 1)
    self.digits = digits
    self.radix = radix
    self.maxSiblings = maxSiblings
    try ConfigurationError.check("planningSteps", planningSteps, atLeast: 0, atMost: 1_000_000)
    self.planningSteps = planningSteps
    let needed = max(Kinship.labelCount, Self.mostPersons(generations: 4, maxSiblings))
    guard coding.labelCount >= needed else {
      throw ConfigurationError(
        argument: "radix", value: radix,
        expected: "a radix that gives at least \(needed) labels of \(digits) digits")
    }
  }

  /// The most persons with parents in a family, and the most persons of all.
  private static func mostChildren(generations: Int, _ maxSiblings: Int) -> Int {
    ((1 << (generations - 1)) - 1) * (1 + maxSiblings)
  }
  private static func mostPersons(generations: Int, _ maxSiblings: Int) -> Int {
    mostChildren(generations: generations, maxSiblings) + 1 << (generations - 1)
  }

  private var coding: TripleCoding { TripleCoding(digits: digits, radix: radix) }
  private func generations(_ lesson: Int) -> Int { [2, 3, 3, 4][lesson - 1] }
  /// What a lesson asks for.
  private func relations(_ lesson: Int) -> [Kinship.Relation] {
    let all = Kinship.relations
    return lesson == 1 ? Kinship.parents : Array(all.prefix([4, 10, all.count][lesson - 2]))
  }

  public var inputSize: Int { coding.inputSize }
  public var outputSize: Int { coding.channels }
  public var loss: any Loss { DigitCrossEntropy(radix: radix) }
  public var lengthUnit: String { "lessons" }
  public var scoredUnit: String { "answers" }
  public var lengths: ClosedRange<Int> { 1...4 }

  public func timeSteps(length: Int) -> Int {
    4 * Self.mostChildren(generations: generations(length), maxSiblings) + 2
      + planningSteps
  }

  /// Blind, one of the lesson's relations and two different persons have to be guessed.
  public func chanceErrorRate(length: Int) -> Double {
    let labels = Double(coding.labelCount)
    return 1 - 1 / (labels * (labels - 1) * Double(relations(length).count))
  }

  public func makeBatch(
    count: Int, length: Int, using random: inout RandomNumbers
  ) -> TaskBatch {
    require(lengths.contains(length), "There are lessons \(lengths), not \(length)")
    return coding.batch((0..<count).map { _ in example(length, using: &random) })
  }

  private func example(_ lesson: Int, using random: inout RandomNumbers) -> GraphSequence {
    let relation = random.pick(relations(lesson))
    while true {
      let tree = FamilyTree(
        generations: generations(lesson), maxSiblings: maxSiblings, using: &random)
      let asked = tree.persons.indices.filter { tree.relatives(relation, of: $0).count == 1 }
      guard !asked.isEmpty else { continue }
      let labels = random.distinct(tree.persons.count, below: coding.labelCount)
      let person = random.pick(asked)
      let answer = Triple(
        from: labels[person], edge: relation.label,
        to: labels[tree.relatives(relation, of: person)[0]])
      let described = tree.triples.map {
        Triple(from: labels[$0.from], edge: $0.edge, to: labels[$0.to])
      }
      return GraphSequence(
        description: random.shuffled(described),
        question: [Triple(from: answer.from, edge: answer.edge)],
        planningSteps: planningSteps, answer: [answer])
    }
  }

  public func score(_ output: Tensor, elements: Range<Int>, in batch: TaskBatch) -> TaskScore {
    coding.scoreTriples(output, elements: elements, in: batch)
  }

  /// The family, the question and the answer, persons by invented names.
  public func describe(_ item: Int, of batch: TaskBatch, output: Tensor?) -> String {
    let sequence = coding.sequence(item, of: batch)
    let found = output.map { coding.answer($0, row: item, item: item, of: batch) }
    let men = Set(
      sequence.description.filter {
        $0.edge == Kinship.father || (Kinship.son(0)..<Kinship.daughter(0)).contains($0.edge)
      }.map(\.to))
    let all = Set(sequence.description.flatMap { [$0.from, $0.to] })
    var names: [Int: String] = [:]
    for (people, given) in [
      (men, Kinship.givenNames.men), (all.subtracting(men), Kinship.givenNames.women),
    ] {
      for (i, label) in people.sorted().enumerated() {
        let again = i / given.count
        names[label] = given[i % given.count] + (again > 0 ? " \(again + 1)" : "")
      }
    }
    let numbers = GraphText(coding: coding)
    let text = GraphText(
      node: { names[$0] ?? numbers.node($0) },
      edge: { $0 < Kinship.labelCount ? Kinship.name($0) : numbers.edge($0) })
    return text.sequence(sequence, found: found, isRight: found == sequence.answer)
  }
}

extension GraphInferenceTask {
  enum CodingKeys: String, CodingKey {
    case digits, radix
    case maxSiblings = "max_siblings"
    case planningSteps = "planning_steps"
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    let standard = Self.standard
    try self.init(
      digits: values.decodeIfPresent(Int.self, forKey: .digits) ?? standard.digits,
      radix: values.decodeIfPresent(Int.self, forKey: .radix) ?? standard.radix,
      maxSiblings: values.decodeIfPresent(Int.self, forKey: .maxSiblings) ?? standard.maxSiblings,
      planningSteps: values.decodeIfPresent(Int.self, forKey: .planningSteps)
        ?? standard.planningSteps)
  }
}
