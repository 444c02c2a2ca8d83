import MemoryTasks
import MemoryTraining
import NeuralMemory
import Testing

struct GraphInferenceTaskTests {
  /// A family as the description tells it. Labels of kinship, by the documentation: father 0,
  /// mother 1, sons 2 to 5, daughters 6 to 9.
  struct Family {
    var father: [Int: Int] = [:]
    var mother: [Int: Int] = [:]
    var isMale: [Int: Bool] = [:]

    init(_ triples: [(from: Int, edge: Int, to: Int)]) {
      for triple in triples {
        switch triple.edge {
        case 0:
          father[triple.from] = triple.to
          isMale[triple.to] = true
        case 1:
          mother[triple.from] = triple.to
          isMale[triple.to] = false
        default:
          isMale[triple.to] = triple.edge < 6
        }
      }
    }

    func siblings(_ person: Int?, male: Bool) -> [Int] {
      guard let person, let father = father[person] else { return [] }
      return self.father.filter { $0.value == father && $0.key != person }.keys
        .filter { isMale[$0] == male }.sorted()
    }

    /// Everybody who stands in a relation, by the relation's label: parents, or 10 and more.
    func find(_ label: Int, of person: Int) -> [Int] {
      let (f, m) = (father[person], mother[person])
      if label < 2 { return [label == 0 ? f : m].compactMap { $0 } }
      let relation = label - 10
      func up(_ one: Int?) -> (Int?, Int?) {
        (one.flatMap { father[$0] }, one.flatMap { mother[$0] })
      }
      let grandparents = [up(f).0, up(f).1, up(m).0, up(m).1]
      let great = grandparents.flatMap { [up($0).0, up($0).1] }
      switch relation {
      case 0...3: return [grandparents[relation]].compactMap { $0 }
      case 4, 5: return siblings(person, male: relation == 4)
      case 6, 7: return siblings(f, male: relation == 6)
      case 8, 9: return siblings(m, male: relation == 8)
      case 10...17: return [great[relation - 10]].compactMap { $0 }
      case 18, 19: return grandparents[..<2].flatMap { siblings($0, male: relation == 18) }
      default: return grandparents[2...].flatMap { siblings($0, male: relation == 20) }
      }
    }
  }

  @Test(arguments: [1, 2, 3, 4]) func aNaiveSolverMakesNoMistake(_ lesson: Int) throws {
    let count = 300
    let task = try GraphInferenceTask(digits: 2, radix: 10, planningSteps: lesson - 1)
    let batch = task.batch(count, lesson, seed: 8)
    var output = Tensor(shape: [count, batch.input.shape[1], task.outputSize])
    var asked: [Int: Int] = [:]
    for item in 0..<count {
      let found = DecodedGraphSequence(rows(item, of: batch), digits: 2, radix: 10)
      let family = Family(found.graph)
      let question = try #require(found.question.first)
      let (person, label) = (try #require(question.from), try #require(question.edge))
      #expect(found.planningSteps == lesson - 1)
      #expect(question.to == nil && found.question.count == 1 && found.answerSteps.count == 1)
      let relatives = family.find(label, of: person)
      #expect(relatives.count == 1)
      say(
        [[person, label, relatives[0]]], at: found.answerSteps, item: item, digits: 2, radix: 10,
        in: &output)
      asked[label, default: 0] += 1
      #expect(countedSteps(batch)[item] == found.answerSteps)
      // Nobody is told apart wrongly: each parent's sons and daughters have different edges.
      let edges = found.graph.map { [$0.from, $0.edge] }
      #expect(Set(edges).count == edges.count)
    }
    let score = task.score(output, elements: 0..<count, in: batch)
    #expect(score == TaskScore(wrong: 0, total: count, wrongSequences: 0, sequences: count))
    #expect(task.score(output.map { -$0 }, elements: 0..<count, in: batch).wrong == count)
    let labels = [0..<2, 10..<14, 10..<20, 10..<32][lesson - 1]
    #expect(asked.keys.sorted() == Array(labels))
    let expected = Double(count) / Double(labels.count)
    #expect(asked.values.allSatisfy { abs(Double($0) - expected) < 5 * expected.squareRoot() })
  }

  @Test func describesItselfByNames() throws {
    let task = GraphInferenceTask.standard
    #expect(task.inputSize == 92 && task.outputSize == 90)
    let batch = task.batch(3, 2, seed: 2)
    let text = task.describe(2, of: batch, output: nil)
    #expect(text.contains("father") && text.contains("grand"))
    let question = try #require(text.split(separator: "\n").first { $0.hasPrefix("question") })
    #expect(question.hasSuffix(", _)") && !question.contains { $0.isNumber })
  }

  @Test func refusesTooFewLabels() {
    #expect(throws: ConfigurationError.self) { try GraphInferenceTask(digits: 1, radix: 10) }
    #expect(
      throws: ConfigurationError(
        argument: "maxSiblings", value: 4, expected: "a whole number from 1 to 3")
    ) {
      try GraphInferenceTask(maxSiblings: 4)
    }
  }
}
