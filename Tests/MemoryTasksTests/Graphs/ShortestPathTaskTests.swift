import MemoryTasks
import MemoryTraining
import NeuralMemory
import Testing

struct ShortestPathTaskTests {
  static let tasks: [ShortestPathTask] = [
    .standard,
    try! ShortestPathTask(
      GraphSettings(digits: 1, radix: 12, maxNodes: 12, maxOutDegree: 3), planningSteps: 0,
      uniquePaths: false),
    try! ShortestPathTask(GraphSettings(map: .londonZone1, maxNodes: 30, maxPath: 6)),
  ]

  @Test(arguments: tasks, [1, 4])
  func aNaiveSolverMakesNoMistake(_ task: ShortestPathTask, _ length: Int) throws {
    let (digits, radix) = (task.settings.digits, task.settings.radix)
    let lesson = task.settings.lesson(length)
    let batch = task.batch(10, length, seed: 3)
    var first = Tensor(shape: [10, batch.input.shape[1], task.outputSize])
    var last = first
    var severalWays = 0
    for item in 0..<10 {
      let found = DecodedGraphSequence(rows(item, of: batch), digits: digits, radix: radix)
      #expect(found.planningSteps == task.planningSteps)
      #expect(found.question.count == 1 && found.question[0].edge == nil)
      #expect(lesson.path.contains(found.answerSteps.count))
      #expect(countedSteps(batch)[item] == found.answerSteps)
      let (from, to) = (try #require(found.question[0].from), try #require(found.question[0].to))
      let paths = found.shortestPaths(from: from, to: to)
      #expect(paths.allSatisfy { $0.count == found.answerSteps.count })
      if paths.count > 1 { severalWays += 1 }
      let steps = found.answerSteps
      say(paths[0], at: steps, item: item, digits: digits, radix: radix, in: &first)
      say(paths[paths.count - 1], at: steps, item: item, digits: digits, radix: radix, in: &last)
    }
    // Any shortest path is right, whichever the teacher takes.
    for output in [first, last] {
      #expect(
        task.score(output, elements: 0..<10, in: batch)
          == TaskScore(wrong: 0, total: 10, wrongSequences: 0, sequences: 10))
    }
    if task.uniquePaths && task.settings.map == .random {
      #expect(severalWays == 0)
      var gradient = Tensor(shape: first.shape)
      #expect(
        task.lossAndGradient(of: first, elements: 0..<10, in: batch, gradient: &gradient) < 1)
    }
  }

  @Test func otherPathsAreWrong() throws {
    let task = try ShortestPathTask(
      GraphSettings(digits: 1, maxNodes: 8, maxOutDegree: 3), uniquePaths: false)
    let batch = task.batch(40, 5, seed: 2)
    var checked = 0
    for item in 0..<40 {
      let found = DecodedGraphSequence(rows(item, of: batch), digits: 1, radix: 10)
      let (from, to) = (found.question[0].from!, found.question[0].to!)
      let path = found.shortestPaths(from: from, to: to)[0]
      guard path.count > 1 else { continue }
      checked += 1
      func isRight(_ path: [[Int]]) -> Bool {
        var output = Tensor(shape: [40, batch.input.shape[1], 30])
        say(path, at: found.answerSteps, item: item, digits: 1, radix: 10, in: &output)
        return task.score(
          output.slice(axis: 0, item..<item + 1), elements: item..<item + 1, in: batch
        )
        .wrong == 0
      }
      #expect(isRight(path))
      #expect(!isRight(path.reversed()))
      var invented = path
      invented[0] = [path[0][0], (path[0][1] + 1) % 10, path[0][2]]
      if found.follow(invented[0][1], from: invented[0][0]) != invented[0][2] {
        #expect(!isRight(invented))
      }
      var broken = path
      broken[path.count - 1] = path[0]
      #expect(!isRight(broken))
    }
    #expect(checked > 10)
  }

  @Test func longPathsAreDrawnWhereThereAreSome() throws {
    let task = try ShortestPathTask(GraphSettings(maxNodes: 20, maxOutDegree: 3, maxPath: 4))
    let batch = task.batch(200, task.settings.lessons, seed: 1)
    let lengths = countedSteps(batch).map(\.count)
    for length in 1...4 { #expect(abs(lengths.count { $0 == length } - 50) < 30) }
  }

  @Test func describesStationsByName() throws {
    let task = try ShortestPathTask(GraphSettings(map: .londonZone1, maxNodes: 70))
    let batch = task.batch(2, 5, seed: 4)
    let text = task.describe(1, of: batch, output: nil)
    #expect(text.contains("graph:") && text.contains("question:") && text.contains("answer:"))
    #expect(LondonUnderground.stations.contains { text.contains($0) })
    #expect(text.contains(", _, "))
  }
}
