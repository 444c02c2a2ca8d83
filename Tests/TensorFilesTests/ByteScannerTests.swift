import Testing

@testable import TensorFiles

@Suite struct ByteScannerTests {
  private func scan<Result>(
    _ text: String, _ body: (inout ByteScanner) throws -> Result
  ) rethrows -> Result {
    let bytes = Array(text.utf8)
    return try bytes.withUnsafeBytes { buffer in
      var scanner = ByteScanner(buffer)
      return try body(&scanner)
    }
  }

  @Test func charactersWordsAndSpace() throws {
    try scan(" \t\r\n{True") { scanner in
      scanner.skipSpace()
      #expect(scanner.position == 4)
      #expect(scanner.accept("}") == false)
      try scanner.expect("{")
      #expect(scanner.accept(word: "Truer") == false)
      #expect(scanner.accept(word: "False") == false)
      #expect(scanner.accept(word: "True") == true)
      #expect(scanner.current == nil)
      #expect(scanner.accept("x") == false)
    }
  }

  @Test(arguments: [("0", 0), ("7,", 7), ("1203]", 1203), ("9223372036854775807", Int.max)])
  func integers(text: String, value: Int) throws {
    let found = try scan(text) { try $0.integer() }
    #expect(found == value)
  }

  @Test(arguments: [
    "", "-1", "+1", "x", "00", "01", "1.0", "1e3", "1E3", "9223372036854775808",
    "18446744073709551616", "99999999999999999999999999",
  ])
  func notIntegers(text: String) {
    #expect {
      try scan(text) { try $0.integer() }
    } throws: { error in
      (error as? ByteScanner.Mismatch)?.offset == 0
    }
  }

  @Test(arguments: [("x", "\"x\""), ("", "the end of the header"), ("\u{1}", "byte 0x1")])
  func mismatchesSayWhatWasFound(text: String, found: String) {
    #expect {
      try scan(text) { try $0.expect("{") }
    } throws: { error in
      let error = error as? ByteScanner.Mismatch
      return error?.expected == "\"{\"" && error?.found == found && error?.offset == 0
    }
  }
}
