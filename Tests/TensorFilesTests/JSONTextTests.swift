import Foundation
import Testing

@testable import TensorFiles

@Suite struct JSONTextTests {
  @Test(arguments: [
    "", "plain", "\"quoted\" \\ back", "line\nbreak\ttab\u{0}\u{1F}", "é 💾 \u{2028}",
  ])
  func jsonReadersGetTheStringBack(text: String) throws {
    let json = Data("[\(text.quotedForJSON)]".utf8)
    #expect(try JSONDecoder().decode([String].self, from: json) == [text])
  }

  private struct Settings: Decodable {
    struct Task: Decodable {
      let bits: Int
    }

    let task: Task
  }

  @Test(arguments: [
    ("", "the top level is not JSON"), ("{", "the top level is not JSON"),
    ("[1]", "the top level is no JSON object"), ("{}", "\"task\" is missing"),
    (#"{"task":{}}"#, "\"task.bits\" is missing"),
    (#"{"task":{"bits":"x"}}"#, "\"task.bits\" does not hold a value of type Int"),
    (#"{"task":{"bits":null}}"#, "\"task.bits\" is null"),
    (#"{"task":5}"#, "\"task\" does not hold a value of type"),
  ])
  func explanationsSayWhatAndWhere(json: String, expected: String) throws {
    let data = Data(json.utf8)
    let error = try #require(throws: DecodingError.self) {
      try JSONDecoder().decode(Settings.self, from: data)
    }
    let text = error.explanation(in: data)
    #expect(text.hasPrefix(expected) && !text.hasSuffix("."), "\(text)")
  }

  /// Foundation names neither such a number nor its place.
  @Test func numbersOfTheWrongKindAreNotTakenForDamage() throws {
    let data = Data(#"{"task":{"bits":3.5}}"#.utf8)
    let error = try #require(throws: DecodingError.self) {
      try JSONDecoder().decode(Settings.self, from: data)
    }
    #expect(error.explanation(in: data).contains("number"))
  }
}
