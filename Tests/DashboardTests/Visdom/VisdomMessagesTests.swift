import Foundation
import MemoryInspection
import NeuralMemory
import TestSupport
import Testing

@testable import Dashboard

@Suite struct VisdomMessagesTests {
  @Test func addressesAreChecked() throws {
    #expect(VisdomServer("http://localhost:8097")?.description == "http://localhost:8097")
    #expect(VisdomServer("http://10.0.0.1/")?.port == 8097)
    let six = try #require(VisdomServer("http://[::1]:8097"))
    #expect(six.host == "::1" && six.description == "http://[::1]:8097")
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
    #expect(trace["dx"] as? Int == 1 && trace["dy"] as? Int == 1)
    let curve = VisdomMessages.curve([(1, 0.5), (2, 0.25)], window: "loss", title: "Loss")
    let line = try #require(try JSONSerialization.jsonObject(with: curve) as? [String: Any])
    let points = try #require((line["data"] as? [[String: Any]])?.first)
    #expect(points["x"] as? [Int] == [1, 2] && points["y"] as? [Double] == [0.5, 0.25])
  }

  /// What was reduced keeps its numbers on the axes.
  @Test func stepsOfReducedMapsAreSent() throws {
    let (rows, columns) = (2 * VisdomMessages.limit, 3 * VisdomMessages.limit)
    let map = HeatMap(
      key: "k", title: "T", rowTitle: "r", columnTitle: "c", rows: rows, columns: columns,
      values: [Float](repeating: 0, count: rows * columns), range: 0...1, scale: .sequential)
    let data = VisdomMessages.heatMap(map, window: "w", title: "T")
    let message = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let trace = try #require((message["data"] as? [[String: Any]])?.first)
    #expect((trace["z"] as? [Any])?.count == VisdomMessages.limit)
    #expect(trace["dy"] as? Int == 2 && trace["dx"] as? Int == 3 && trace["x0"] as? Int == 0)
  }
}
