import Foundation
import MemoryInspection
import NeuralMemory
import TestSupport
import Testing

@testable import Dashboard

@Suite struct VisdomTests {
  @Test func addressesAreChecked() {
    #expect(VisdomServer("http://localhost:8097")?.description == "http://localhost:8097")
    #expect(VisdomServer("http://10.0.0.1/")?.port == 8097)
    for address in [
      "localhost:8097", "https://localhost", "http://", "http://a:0", "http://a/x", "",
    ] {
      #expect(VisdomServer(address) == nil, "\(address)")
    }
  }

  @Test func messagesAreThoseOfTheClient() throws {
    let map = HeatMap(
      key: "k", title: "T", rowTitle: "layer * time", columnTitle: "mem_slot", rows: 2, columns: 2,
      values: [0, 1, .nan, 0.5], range: 0...1, scale: .sequential)
    let data = VisdomMessages.heatMap(map, window: "usage", title: "Usage, t: 7")
    let message = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    #expect(message["win"] as? String == "dnc_usage" && message["eid"] as? String == "main")
    let trace = try #require((message["data"] as? [[String: Any]])?.first)
    #expect(trace["type"] as? String == "heatmap")
    let rows = try #require(trace["z"] as? [[Any]])
    #expect(rows.count == 2 && rows[0][1] as? Double == 1 && rows[1][0] is NSNull)
    let curve = VisdomMessages.curve([(1, 0.5), (2, 0.25)], window: "loss", title: "Loss")
    let line = try #require(try JSONSerialization.jsonObject(with: curve) as? [String: Any])
    let points = try #require((line["data"] as? [[String: Any]])?.first)
    #expect(points["x"] as? [Int] == [1, 2] && points["y"] as? [Double] == [0.5, 0.25])
  }

  /// A server that is away is an error, soon.
  @Test func absentServersAreErrors() throws {
    let gone = try PageServer(port: 0) { _ in HTTPResponse(.notFound) }
    let port = gone.port
    let server = try #require(VisdomServer("http://127.0.0.1:\(port)"))
    // there, but not one that takes events
    #expect(throws: VisdomServer.Failed.self) { try server.post("/events", Data("{}".utf8)) }
    gone.stop()
    let none = try #require(VisdomServer("http://127.0.0.1:1"))
    #expect(throws: (any Error).self) { try none.post("/events", Data("{}".utf8), seconds: 2) }
  }
}
