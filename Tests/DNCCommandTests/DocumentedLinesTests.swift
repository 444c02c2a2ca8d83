import Foundation
import Testing

@testable import DNCCommand

/// Every command line that help texts and documents print is one that the program takes.
struct DocumentedLinesTests {
  /// The command lines in a text: continued lines in one, without comments and redirections.
  static func lines(in text: String) -> [String] {
    text.replacing("\\\n", with: " ").split(separator: "\n").compactMap { line in
      let line = line.trimmingCharacters(in: .whitespaces)
      guard line.hasPrefix("dnc ") || line.hasPrefix("./dnc ") else { return nil }
      // In help a remark follows after several blanks.
      let remark = line.firstRange(of: "     ")?.lowerBound ?? line.endIndex
      let end = [line.firstIndex(of: "#"), line.firstIndex(of: ">"), remark].compactMap { $0 }.min()
      return String(line[..<(end ?? line.endIndex)])
    }
  }

  func parse(_ line: String) throws {
    let words = line.split(separator: " ").dropFirst().map(String.init)
    _ = try DNCCommand.parseAsRoot(DNCCommand.parsable(words))
  }

  @Test(arguments: [
    "README.md", "docs/tasks.md", "docs/sparse.md", "docs/inspection.md",
  ])
  func ofDocuments(_ name: String) throws {
    let here = URL(fileURLWithPath: #filePath)
    let root = (0..<3).reduce(here) { url, _ in url.deletingLastPathComponent() }
    let text = try String(contentsOf: root.appendingPathComponent(name), encoding: .utf8)
    let found = Self.lines(in: text)
    #expect(!found.isEmpty)
    for line in found { #expect(throws: Never.self, "\(line)") { try parse(line) } }
  }

  @Test func ofHelp() throws {
    var commands = [DNCCommand.configuration, TrainCommand.configuration]
    commands += (DNCCommand.configuration.subcommands + TrainCommand.configuration.subcommands)
      .map { $0.configuration }
    var count = 0
    for command in commands {
      for line in Self.lines(in: command.discussion) {
        #expect(throws: Never.self, "\(line)") { try parse(line) }
        count += 1
      }
    }
    #expect(count > 20)
  }
}
