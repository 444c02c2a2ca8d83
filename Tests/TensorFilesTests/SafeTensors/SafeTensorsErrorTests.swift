import Foundation
import TestSupport
import Testing

@testable import TensorFiles

/// Every way in which a file can be wrong is refused, with an error that says what is.
@Suite struct SafeTensorsErrorTests {
  private static let good = #"{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#

  private func error(_ header: String, payload: Int = 8) -> SafeTensorsError? {
    safeTensorsError(safeTensorsBytes(header, payload: payload))
  }

  /// The description of one tensor "x".
  private func entry(
    dtype: String = "\"F32\"", shape: String = "[2]", offsets: String = "[0,8]"
  ) -> String {
    "{\"x\":{\"dtype\":\(dtype),\"shape\":\(shape),\"data_offsets\":\(offsets)}}"
  }

  @Test func truncationAnywhereIsNoticed() throws {
    let folder = try TemporaryFolder()
    let whole = safeTensorsBytes(Self.good, payload: 8)
    #expect(try SafeTensors(data: whole).names == ["x"])
    for length in 0..<whole.count {
      let part = whole.prefix(length)
      let found = try #require(safeTensorsError(part))
      try part.write(to: folder.file("a"))
      #expect(throws: found) { try SafeTensors(contentsOf: folder.file("a")) }
      switch found {
      case .truncated: #expect(length < 8 + Self.good.utf8.count)
      case .offsetsOutOfRange("x", 0, 8, let payload):
        #expect(payload == length - 8 - Self.good.utf8.count)
      default: Issue.record("\(length) bytes gave \(String(describing: found))")
      }
    }
    try (whole + [0]).write(to: folder.file("a"))
    #expect(throws: SafeTensorsError.hole(begin: 8, end: 9)) {
      try SafeTensors(contentsOf: folder.file("a"))
    }
  }

  @Test func lengthOfTheHeader() {
    func claim(_ length: UInt64) -> SafeTensorsError? {
      safeTensorsError(safeTensorsBytes(Self.good, payload: 8, claimedLength: length))
    }
    #expect(claim(.max) == .headerTooLong(length: .max, limit: 100_000_000))
    #expect(claim(1 << 63) == .headerTooLong(length: 1 << 63, limit: 100_000_000))
    #expect(claim(100_000_001) == .headerTooLong(length: 100_000_001, limit: 100_000_000))
    let rest = Self.good.utf8.count + 8
    #expect(
      claim(100_000_000) == .truncated(part: "the header", expected: 100_000_000, found: rest))
    #expect(
      claim(UInt64(rest) + 1)
        == .truncated(part: "the header", expected: UInt64(rest) + 1, found: rest))
    #expect(
      claim(0)
        == .headerNotJSON(offset: 0, expected: "\"{\"", found: "the end of the header"))
    #expect(
      safeTensorsError(Data())
        == .truncated(part: "the length of the header", expected: 8, found: 0))
  }

  @Test(arguments: [
    ("", 0), (" {}", 0), ("[]", 0), ("null", 0), ("{", 1), ("{}x", 2), ("{}{}", 2), ("{,}", 1),
    ("{\"x\"}", 4), ("{\"x\":}", 5), ("{\"x\":1}", 5), ("{\"x\":[]}", 5), ("{\"x\":null}", 5),
    ("{x:{}}", 1), ("{'x':{}}", 1), ("{\"x", 3), ("{\"\u{1}\":{}}", 2),
    (#"{"__metadata__":[]}"#, 16), (#"{"__metadata__":{"a":1}}"#, 21),
    (#"{"__metadata__":{"a":null}}"#, 21), (#"{"__metadata__":{"a":{"b":"c"}}}"#, 21),
    (#"{"__metadata__":{},}"#, 19), (#"{"__metadata__":{"a":"b",}}"#, 25),
  ])
  func notTheJSONItShouldBe(header: String, offset: Int) {
    guard case .headerNotJSON(let found, _, _) = error(header, payload: 0) else {
      Issue.record("\(header) was not refused as damaged")
      return
    }
    #expect(found == offset)
  }

  @Test(arguments: [
    #"\x"#, #"\"#, #"\u12"#, #"\u12g4"#, #"\ud800"#, #"\ud800x"#, #"\ud800\n"#, #"\ud800\ud800"#,
    #"\udc00"#,
  ])
  func badEscapeSequences(text: String) {
    guard case .headerNotJSON = error("{\"__metadata__\":{\"a\":\"\(text)\"}}", payload: 0) else {
      Issue.record("\(text) was not refused")
      return
    }
  }

  @Test func goodEscapeSequences() throws {
    let text = #"\"\\\/\b\f\n\r\t\u00e9\u20AC\ud83d\ude00\u0000"#
    let file = try SafeTensors(
      data: safeTensorsBytes("{\"__metadata__\":{\"a\":\"\(text)\"}}"))
    #expect(file.metadata["a"] == "\"\\/\u{8}\u{c}\n\r\té€\u{1F600}\0")
  }

  @Test func stringsMustBeUTF8() {
    for bad in [[0xff], [0xc3], [0xe2, 0x82], [0xed, 0xa0, 0x80], [0xc0, 0xaf]] as [[UInt8]] {
      let header = Data("{\"__metadata__\":{\"a\":\"".utf8) + bad + Data("\"}}".utf8)
      guard
        case .headerNotJSON(22, "a string in UTF-8", _) = safeTensorsError(safeTensorsBytes(header))
      else {
        Issue.record("\(bad) was not refused")
        continue
      }
    }
  }

  @Test(arguments: ["-1", "1.0", "2e0", "02", "+2", "\"2\"", "null", "true", "[2]", ""])
  func numbersThatAreNone(number: String) {
    for header in [entry(shape: "[\(number),1]"), entry(offsets: "[\(number),8]")] {
      guard case .headerNotJSON(_, "an integer, 0 or positive", _) = error(header) else {
        Issue.record("\(header) was not refused")
        continue
      }
    }
  }

  @Test(arguments: [
    "9223372036854775808", "18446744073709551616", String(repeating: "9", count: 999),
  ])
  func numbersTooLarge(number: String) {
    for header in [entry(shape: "[\(number)]"), entry(offsets: "[0,\(number)]")] {
      guard case .headerNotJSON(_, "an integer up to 9223372036854775807", _) = error(header) else {
        Issue.record("\(header) was not refused")
        continue
      }
    }
  }

  @Test func shapesThatOverflow() {
    for shape in [
      [Int.max], [Int.max, 2], [1 << 32, 1 << 32], [1 << 61], [0, Int.max, 2], [Int.max, 2, 0],
      [1 << 31, 1 << 31, 2],
    ] {
      #expect(error(entry(shape: "\(shape)")) == .shapeTooLarge(tensor: "x", shape: shape))
    }
    #expect(
      error(entry(shape: "[1000000,1000000]"))
        == .sizeMismatch(
          tensor: "x", shape: [1_000_000, 1_000_000], dtype: .f32, expected: 4_000_000_000_000,
          found: 8))
  }

  @Test func fields() {
    let x = "x"
    #expect(
      error(#"{"x":{"shape":[2],"data_offsets":[0,8]}}"#)
        == .badField(tensor: x, field: "dtype", problem: "is missing"))
    #expect(
      error(#"{"x":{"dtype":"F32","data_offsets":[0,8]}}"#)
        == .badField(tensor: x, field: "shape", problem: "is missing"))
    #expect(
      error(#"{"x":{"dtype":"F32","shape":[2]}}"#)
        == .badField(tensor: x, field: "data_offsets", problem: "is missing"))
    #expect(
      error(#"{"x":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#)
        == .badField(tensor: x, field: "dtype", problem: "occurs twice"))
    #expect(
      error(#"{"x":{"dtype":"F32","shape":[2],"shape":[2],"data_offsets":[0,8]}}"#)
        == .badField(tensor: x, field: "shape", problem: "occurs twice"))
    #expect(
      error(#"{"x":{"data_offsets":[0,8],"data_offsets":[0,8]}}"#)
        == .badField(tensor: x, field: "data_offsets", problem: "occurs twice"))
    #expect(
      error(#"{"x":{"size":3}}"#)
        == .badField(
          tensor: x, field: "size", problem: "is none of dtype, shape, data_offsets"))
    for (offsets, count) in [("[]", 0), ("[0]", 1), ("[0,8,8]", 3)] {
      #expect(
        error(entry(offsets: offsets))
          == .badField(
            tensor: x, field: "data_offsets", problem: "has \(count) numbers instead of 2"))
    }
  }

  @Test(arguments: ["F8_E4M3", "f32", "F33", "", "C64"])
  func unknownKinds(dtype: String) {
    #expect(
      error(entry(dtype: "\"\(dtype)\"")) == .unknownDtype(tensor: "x", dtype: dtype))
  }

  @Test func offsets() {
    func range(_ offsets: String, _ begin: Int, _ end: Int) {
      #expect(
        error(entry(offsets: offsets))
          == .offsetsOutOfRange(tensor: "x", begin: begin, end: end, payload: 8))
    }
    range("[0,9]", 0, 9)
    range("[8,0]", 8, 0)
    range("[9,9]", 9, 9)
    range("[0,9223372036854775807]", 0, .max)
    range("[9223372036854775807,0]", .max, 0)
    for (offsets, found) in [("[0,4]", 4), ("[4,8]", 4), ("[3,3]", 0), ("[0,7]", 7)] {
      #expect(
        error(entry(offsets: offsets))
          == .sizeMismatch(tensor: "x", shape: [2], dtype: .f32, expected: 8, found: found))
    }
    #expect(
      error(entry(shape: "[]"))
        == .sizeMismatch(tensor: "x", shape: [], dtype: .f32, expected: 4, found: 8))
  }

  private func two(_ a: (Int, Int), _ b: (Int, Int), payload: Int) -> SafeTensorsError? {
    func part(_ name: String, _ span: (Int, Int)) -> String {
      "\"\(name)\":{\"dtype\":\"U8\",\"shape\":[\(span.1 - span.0)],"
        + "\"data_offsets\":[\(span.0),\(span.1)]}"
    }
    return error("{\(part("a", a)),\(part("b", b))}", payload: payload)
  }

  @Test func overlaps() {
    #expect(
      two((0, 4), (3, 6), payload: 6) == .overlap(tensor: "b", other: "a", begin: 3, end: 4))
    #expect(
      two((3, 6), (0, 4), payload: 6) == .overlap(tensor: "a", other: "b", begin: 3, end: 4))
    #expect(
      two((0, 4), (0, 4), payload: 4) == .overlap(tensor: "b", other: "a", begin: 0, end: 4))
    #expect(
      two((0, 4), (2, 2), payload: 4) == .overlap(tensor: "b", other: "a", begin: 2, end: 4))
  }

  @Test func holes() {
    #expect(two((0, 4), (5, 6), payload: 6) == .hole(begin: 4, end: 5))
    #expect(two((1, 4), (4, 6), payload: 6) == .hole(begin: 0, end: 1))
    #expect(two((0, 4), (4, 6), payload: 7) == .hole(begin: 6, end: 7))
    #expect(error("{}", payload: 1) == .hole(begin: 0, end: 1))
  }

  @Test func emptyTensorsNeedNoPlaceOfTheirOwn() throws {
    let header =
      #"{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"#
      + #""b":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"#
      + #""c":{"dtype":"F32","shape":[3,0],"data_offsets":[2,2]}}"#
    let file = try SafeTensors(data: safeTensorsBytes(header, payload: 2))
    #expect(file["a"]?.count == 0 && file["b"]?.values == [0, 1] && file["c"]?.shape == [3, 0])
  }

  @Test func duplicateNames() {
    let x = #""x":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}"#
    let again = #""\u0078":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}"#
    #expect(error("{\(x),\(x)}", payload: 1) == .duplicateName("x"))
    #expect(error("{\(x),\(again)}", payload: 2) == .duplicateName("x"))
    #expect(error(#"{"__metadata__":{"a":"1","a":"1"}}"#, payload: 0) == .duplicateName("a"))
    #expect(
      error(#"{"__metadata__":{},"__metadata__":{}}"#, payload: 0)
        == .duplicateName("__metadata__"))
  }

  @Test func filesThatCannotBeRead() throws {
    let folder = try TemporaryFolder()
    #expect { try SafeTensors(contentsOf: folder.file("none")) } throws: { error in
      (error as? FileError)?.code == ENOENT
    }
    #expect(throws: FileError.self) { try SafeTensors(contentsOf: folder.url) }
  }

  @Test(arguments: [
    (
      SafeTensorsError.truncated(part: "the header", expected: 90, found: 7),
      "the file is truncated: the header needs 90 bytes, there are 7"
    ),
    (
      .headerNotJSON(offset: 4, expected: "\":\"", found: "\"x\""),
      "the header is damaged at byte 4: expected \":\", found \"x\""
    ),
    (
      .unknownDtype(tensor: "w", dtype: "F8"),
      "tensor \"w\" has dtype \"F8\"; known are "
        + "BOOL, U8, I8, U16, I16, F16, BF16, U32, I32, F32, U64, I64, F64"
    ),
    (
      .sizeMismatch(tensor: "w", shape: [2, 3], dtype: .f32, expected: 24, found: 20),
      "tensor \"w\": shape [2, 3] of F32 needs 24 bytes, its offsets span 20"
    ),
    (
      .overlap(tensor: "w", other: "v", begin: 3, end: 4),
      "tensor \"w\" begins at byte 3, before \"v\" ends at 4"
    ),
    (.hole(begin: 3, end: 4), "bytes 3 to 4 of the payload belong to no tensor"),
  ])
  func messages(error: SafeTensorsError, text: String) {
    #expect(error.description == text)
  }
}
