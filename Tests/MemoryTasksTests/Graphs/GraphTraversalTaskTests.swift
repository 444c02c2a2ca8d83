import MemoryTasks
import MemoryTraining
import NeuralMemory
import Testing

struct GraphTraversalTaskTests {
  static let tasks: [GraphTraversalTask] = [
    .standard,
    GraphTraversalTask(try! GraphSettings(digits: 1, radix: 12, maxNodes: 12, maxOutDegree: 3)),
    GraphTraversalTask(try! GraphSettings(map: .london, maxNodes: 300, maxPath: 20)),
    GraphTraversalTask(try! GraphSettings(map: .londonZone1, digits: 2, maxNodes: 70)),
  ]

  @Test(arguments: tasks, [1, 3, 100])
  func aNaiveSolverMakesNoMistake(_ task: GraphTraversalTask, _ length: Int) throws {
    let (digits, radix) = (task.settings.digits, task.settings.radix)
    let length = task.lengths.clamp(length)
    let lesson = task.settings.lesson(length)
    let batch = task.batch(12, length, seed: 7)
    #expect(task.inputSize == 3 * digits * radix + 2 && task.outputSize == 3 * digits * radix)
    var output = Tensor(shape: [12, batch.input.shape[1], task.outputSize])
    var answers = 0
    for item in 0..<12 {
      let found = DecodedGraphSequence(rows(item, of: batch), digits: digits, radix: radix)
      #expect(found.planningSteps == 0)
      #expect(lesson.path.contains(found.answerSteps.count))
      #expect(found.question.count == found.answerSteps.count)
      #expect(countedSteps(batch)[item] == found.answerSteps)
      var node = try #require(found.question[0].from)
      var walk: [[Int]] = []
      for (step, question) in found.question.enumerated() {
        #expect(question.to == nil && (step == 0 || question.from == nil))
        let edge = try #require(question.edge)
        let next = try #require(found.follow(edge, from: node))
        walk.append([node, edge, next])
        node = next
      }
      say(walk, at: found.answerSteps, item: item, digits: digits, radix: radix, in: &output)
      answers += walk.count
    }
    let score = task.score(output, elements: 0..<12, in: batch)
    #expect(score == TaskScore(wrong: 0, total: answers, wrongSequences: 0, sequences: 12))
    #expect(batch.lossWeight == Double(answers))
    var gradient = Tensor(shape: output.shape)
    #expect(
      task.lossAndGradient(of: output, elements: 0..<12, in: batch, gradient: &gradient) < 0.1)
    // One wrong digit is a wrong triple.
    let step = DecodedGraphSequence(rows(5, of: batch), digits: digits, radix: radix).answerSteps[0]
    for channel in 0..<radix { output[5, step, channel] *= -1 }
    #expect(task.score(output, elements: 0..<12, in: batch).wrong == 1)
  }

  @Test func randomGraphsAreThoseOfTheLesson() throws {
    let task = GraphTraversalTask.standard
    for length in [1, 4, task.settings.lessons] {
      let lesson = task.settings.lesson(length)
      let batch = task.batch(30, length, seed: 1)
      for item in 0..<30 {
        let found = DecodedGraphSequence(rows(item, of: batch), digits: 3, radix: 10)
        #expect(lesson.nodes.contains(found.nodes.count))
        for node in found.nodes {
          let edges = found.graph.filter { $0.from == node }
          let least = min(lesson.outDegree.lowerBound, found.nodes.count - 1)
          #expect((least...lesson.outDegree.upperBound).contains(edges.count))
          #expect(Set(edges.map(\.edge)).count == edges.count)
          #expect(Set(edges.map(\.to)).count == edges.count && !edges.map(\.to).contains(node))
        }
      }
    }
    #expect(task.inputSize == 92)
  }

  @Test func lessonsGrowToTheGreatestGraphs() throws {
    let settings = try GraphSettings(maxNodes: 20, maxOutDegree: 6, maxPath: 8)
    #expect(settings.lessons == 9)
    #expect(settings.lesson(1) == GraphLesson(nodes: 3...5, outDegree: 2...2, path: 1...1))
    #expect(settings.lesson(3) == GraphLesson(nodes: 5...9, outDegree: 2...3, path: 1...3))
    #expect(settings.lesson(9) == GraphLesson(nodes: 16...20, outDegree: 2...6, path: 1...8))
    let small = try GraphSettings(digits: 1, maxNodes: 3, maxOutDegree: 2, maxPath: 1)
    #expect(small.lessons == 1)
    #expect(small.lesson(1) == GraphLesson(nodes: 3...3, outDegree: 2...2, path: 1...1))
  }

  @Test func describesStationsByName() throws {
    let task = GraphTraversalTask(try GraphSettings(map: .london))
    let batch = task.batch(1, 2, seed: 4)
    let found = DecodedGraphSequence(rows(0, of: batch), digits: 3, radix: 10)
    let text = task.describe(0, of: batch, output: nil)
    let answer = try #require(text.split(separator: "\n").last { $0.hasPrefix("answer") })
    // Each triple said is a stretch of the map.
    let stretches = LondonUnderground.connections.map {
      "(\(LondonUnderground.stations[$0.from]), \(LondonUnderground.edgeNames[$0.name]), "
        + "\(LondonUnderground.stations[$0.to]))"
    }
    let said = answer.dropFirst("answer:   ".count)
    let parts = said.replacing(") (", with: ")\n(").split(separator: "\n").map(String.init)
    #expect(parts.count == found.answerSteps.count)
    #expect(parts.allSatisfy(stretches.contains), "\(parts)")
    let answered = task.describe(
      0, of: batch, output: Tensor(shape: [1, batch.input.shape[1], 90]))
    #expect(answered.contains("network:") && answered.hasSuffix("wrong"))
  }

  @Test func refusesTooFewLabels() throws {
    #expect(
      throws: ConfigurationError(
        argument: "maxNodes", value: 11, expected: "a whole number from 3 to 10")
    ) {
      try GraphSettings(digits: 1, maxNodes: 11)
    }
    #expect(throws: ConfigurationError.self) {
      try GraphSettings(map: .london, digits: 1, maxNodes: 10)
    }
    #expect(throws: ConfigurationError.self) { try GraphSettings(digits: 1, radix: 2, maxNodes: 3) }
  }
}
