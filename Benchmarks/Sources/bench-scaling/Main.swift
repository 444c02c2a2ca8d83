import Foundation
import NeuralMemory

// bench-scaling FOLDER
//   measures all curves, writes FOLDER/scaling.md and FOLDER/scaling.svg
// bench-scaling --dense EXPONENT FOLDER
//   the same with the DNC up to 2^EXPONENT cells (6 to 11; by default 11: about 8 GB, and minutes)
// bench-scaling --draw FOLDER
//   writes both again from FOLDER/scaling.json
// bench-scaling --point JSON
//   measures one point and prints its result as JSON
@main
enum BenchScaling {
  static func main() throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    switch (arguments.first, arguments.count) {
    case ("--point", 2):
      let point = try JSONDecoder().decode(Point.self, from: Data(arguments[1].utf8))
      print(try json(Result(measuring: point)))
    case ("--draw", 2):
      let folder = URL(fileURLWithPath: arguments[1])
      let data = try Data(contentsOf: folder.appendingPathComponent("scaling.json"))
      try write(try JSONDecoder().decode(Report.self, from: data), to: folder)
    case ("--dense", 3), (_?, 1):
      let dense = arguments.count == 1 ? 11 : Int(arguments[1]) ?? 0
      let folder = arguments[arguments.count - 1]
      guard (6...11).contains(dense), !folder.hasPrefix("-") else { fallthrough }
      let report = try Report.measure(dense: dense) { complain($0) }
      let url = URL(fileURLWithPath: folder)
      try write(report, to: url)
      try Data((json(report) + "\n").utf8).write(to: url.appendingPathComponent("scaling.json"))
    default:
      complain("usage: bench-scaling [--dense EXPONENT] FOLDER | --draw FOLDER | --point JSON")
      exit(2)
    }
  }

  private static func write(_ report: Report, to folder: URL) throws {
    try Data(report.markdown.utf8).write(to: folder.appendingPathComponent("scaling.md"))
    try Data(report.chart.svg.utf8).write(to: folder.appendingPathComponent("scaling.svg"))
  }

  private static func json(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  private static func complain(_ text: String) {
    FileHandle.standardError.write(Data("\(text)\n".utf8))
  }
}
