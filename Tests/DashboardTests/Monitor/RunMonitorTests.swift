import Foundation
import MemoryInspection
import MemoryTasks
import MemoryTraining
import NeuralMemory
import TestSupport
import Testing

@testable import Dashboard

/// What the page is told.
@Suite struct RunMonitorTests {
  private func snapshot(steps: Int = 4) throws -> ExampleSnapshot {
    var c = NetworkConfiguration(inputSize: 6, hiddenSize: 8)
    (c.nrCells, c.readHeads, c.cellSize) = (7, 2, 3)
    var random = RandomNumbers(seed: 1)
    return ExampleSnapshot(
      of: try CopyTask(), length: steps, network: DNC(configuration: c, seed: 3), iteration: 12,
      using: &random)
  }

  private func json(_ data: Data) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  private func floats(_ map: Any?) throws -> [Float] {
    let map = try #require(map as? [String: Any])
    let text = try #require(map["values"] as? String)
    let data = try #require(Data(base64Encoded: text))
    return stride(from: 0, to: data.count, by: 4).map { i in
      Float(bitPattern: (0..<4).reduce(0) { $0 | UInt32(data[i + $1]) << UInt32(8 * $1) })
    }
  }

  /// The values on the page are those of the trace, bit by bit.
  @Test func pageShowsTheTrace() throws {
    let monitor = RunMonitor(.init())
    _ = monitor.status()
    #expect(monitor.ask() && !monitor.ask())
    let example = try snapshot()
    let memory = try #require(example.memory)
    monitor.finish(example, seconds: 0.001)
    let told = try json(try #require(monitor.exampleJSON()))
    #expect(told["id"] as? Int == 1 && told["iteration"] as? Int == 12)
    let shape = try #require(told["memory"] as? [String: Any])
    #expect(shape["rows"] as? Int == 9 && shape["heads"] as? Int == 2)
    let courses = try #require(shape["courses"] as? [[String: Any]])
    #expect(courses.count == memory.courses.count)
    for (told, map) in zip(courses, memory.courses) {
      #expect(try floats(told) == map.values, "\(map.key)")
      #expect(told["title"] as? String == map.title && told["high"] as? Double != nil)
    }
    for row in [0, 8] {
      let access = try json(try #require(monitor.accessJSON(row)))
      let contents = memory.tables["memory"]!.select(axis: 0, row).values
      #expect(try floats(access["contents"]) == contents)
      #expect(
        try floats(access["links"]) == memory.tables["link_matrix"]!.select(axis: 0, row).values)
    }
    #expect(monitor.accessJSON(9) == nil)
    let maps = try #require(told["example"] as? [[String: Any]])
    #expect(try floats(maps[1]) == example.target.transposed().values)
  }

  /// Without anybody looking, no example is made; with somebody, not one after the other.
  @Test func examplesAreMadeForThoseWhoLook() throws {
    let monitor = RunMonitor(.init())
    let point = MetricsPoint(iteration: 1, loss: 1, errorRate: 0.5, gradientNorm: 2)
    #expect(!monitor.addAndAsk(point))
    _ = monitor.status()
    #expect(monitor.addAndAsk(point))
    monitor.finish(try snapshot(), seconds: 0)
    #expect(!monitor.addAndAsk(point))
  }

  /// Somebody may hold an example while newer ones come; what nobody holds is dropped.
  @Test func heldExamplesStay() throws {
    let monitor = RunMonitor(.init())
    monitor.finish(try snapshot(), seconds: 0)
    for _ in 0..<10 {
      Thread.sleep(forTimeInterval: 0.002)
      _ = monitor.status(held: 1)
      monitor.finish(try snapshot(), seconds: 0)
    }
    let held = try json(try #require(monitor.accessJSON(2, id: 1)))
    #expect(held["id"] as? Int == 1 && held["row"] as? Int == 2)
    #expect(try json(try #require(monitor.accessJSON(2)))["id"] as? Int == 11)
    #expect(monitor.accessJSON(2, id: 2) == nil && monitor.accessJSON(2, id: 12) == nil)
  }

  /// What many ask for is made once; what is no longer there is not answered from memory.
  @Test func answersAboutAccessesAreMadeOnce() throws {
    let monitor = RunMonitor(.init())
    monitor.finish(try snapshot(), seconds: 0)
    let first = try #require(monitor.accessJSON(2))
    for _ in 0..<100 { #expect(monitor.accessJSON(2, id: 1) == first) }
    #expect(monitor.accessesMade == 1)
    #expect(monitor.accessJSON(3) != first && monitor.accessesMade == 2)
    for _ in 0..<RunMonitor.kept { monitor.finish(try snapshot(steps: 5), seconds: 0) }
    #expect(monitor.accessJSON(2, id: 1) == nil && monitor.accessJSON(2) != first)
  }

  /// A page that was left open tells by it that another server has taken the port.
  @Test func serversAreToldApart() throws {
    let (one, other) = (RunMonitor(.init()), RunMonitor(.init()))
    let first = try #require(try json(one.status())["server"] as? String)
    #expect(try json(one.status())["server"] as? String == first)
    #expect(try json(other.status())["server"] as? String != first)
  }

  /// A page of a run with a damaged checkpoint says why there is no example.
  @Test func damagedCheckpointsAreTold() throws {
    let folder = try TemporaryFolder()
    let configuration = RunConfiguration(
      task: try CopyTask(), model: NetworkConfiguration(inputSize: 6, hiddenSize: 8),
      training: TrainingConfiguration())
    let made = try RunFolder.create(at: folder.url, configuration: configuration)
    defer { withExtendedLifetime(made) {} }
    let checkpoint = folder.file("checkpoint-00000007.safetensors")
    try Data("damaged".utf8).write(to: checkpoint)
    let monitor = RunMonitor(.init())
    var watcher = RunWatcher(try FinishedRun(at: folder.url), shownFolder: "r", seed: 1, monitor)
    func state() throws -> String { try #require(try json(monitor.status())["state"] as? String) }
    _ = try state()
    watcher.look()
    let told = try state()
    #expect(told.hasPrefix("not training now; checkpoint-00000007.safetensors cannot be shown: "))
    // gone again: nothing to complain of
    try FileManager.default.removeItem(at: checkpoint)
    watcher.look()
    #expect(try state() == "not training now")
  }

  @Test func historyIsBoundedAndKeepsItsShape() {
    var history = MetricsHistory()
    let count = 3 * MetricsHistory.limit
    for i in 1...count {
      history.append(
        MetricsPoint(iteration: i, loss: Float(i), errorRate: 0.5, gradientNorm: i % 2 == 0 ? 1 : 3)
      )
    }
    #expect(history.count < MetricsHistory.limit)
    let series = history.series(from: 0, to: .max, points: 100)
    #expect(series.count <= 100 && series.count > 90)
    #expect(zip(series, series.dropFirst()).allSatisfy { $0.iteration < $1.iteration })
    for point in series {
      #expect(abs(point.loss / Float(point.iteration) - 1) < 1.1)
      #expect(abs(point.gradientNorm - 2) < 0.01)
    }
    let part = history.series(from: 1000, to: 2000, points: 5000)
    #expect(part.allSatisfy { 1000...2000 ~= $0.iteration } && part.count > 200)
    #expect(history.series(from: 5, to: 4, points: 10).isEmpty)
  }

  @Test func textsAreJSON() throws {
    let text = "a \"b\" \\ \n \u{1} … ü 漢"
    let data = Data("[\(PageJSON.text(text)),\(PageJSON.number(.nan))]".utf8)
    let list = try #require(try JSONSerialization.jsonObject(with: data) as? [Any])
    #expect(list[0] as? String == text && list[1] is NSNull)
  }

  /// A run's folder is read as far as it goes, and again when it was cut back.
  @Test func metricsAreReadAsTheyCome() throws {
    let folder = try TemporaryFolder()
    func line(_ i: Int, errorKey: String = "error_rate") -> String {
      """
      {"iteration":\(i),"loss":0.5,"\(errorKey)":0.25,"gradient_norm":1e-3,"items_per_second":9,\
      "length":1,"maximum_length":4}\n
      """
    }
    var reader = MetricsReader(folder: folder.url)
    #expect(reader.next().points.isEmpty)
    let file = folder.file(RunFolder.metricsName)
    try Data((line(1) + line(2, errorKey: "bit_error") + "{\"iteration\":3,").utf8).write(to: file)
    let first = reader.next()
    #expect(first.isFromStart && first.points.map(\.iteration) == [1, 2])
    #expect(first.points.allSatisfy { $0.errorRate == 0.25 }, "the key of older runs too")
    #expect(
      first.points[0] == MetricsPoint(iteration: 1, loss: 0.5, errorRate: 0.25, gradientNorm: 1e-3))
    let handle = try FileHandle(forWritingTo: file)
    try handle.seekToEnd()
    try handle.write(contentsOf: Data(line(3).dropFirst("{\"iteration\":3,".count).utf8))
    let second = reader.next()
    #expect(!second.isFromStart && second.points.map(\.iteration) == [3])
    try Data(line(1).utf8).write(to: file)
    let third = reader.next()
    #expect(third.isFromStart && third.points.map(\.iteration) == [1])
  }
}
