import BenchmarkSupport
import Foundation
import NeuralMemory

// bench [--json] [SHAPE...]              times one training step of each shape
// bench --stream [--json] [SHAPE...]     times single steps at batch 1
// bench --recompute [--json] [SHAPE...]  time and memory of a training step against recomputeEvery
// bench --memory [SHAPE...]              what the way back keeps of each step; measures nothing
@main
enum Bench {
  static func main() throws {
    var names = Array(CommandLine.arguments.dropFirst())
    func flag(_ name: String) -> Bool {
      defer { names.removeAll { $0 == name } }
      return names.contains(name)
    }
    let json = flag("--json")
    let modes = ["--stream", "--recompute", "--memory"].filter(flag)
    let known = Shape.all.map(\.name)
    if let unknown = names.first(where: { !known.contains($0) }) {
      fail("no shape or option \"\(unknown)\"; the shapes are \(known.joined(separator: ", "))")
    }
    if modes.count > 1 { fail("\(modes.joined(separator: " and ")) exclude each other") }
    let shapes = Shape.all.filter { names.isEmpty || names.contains($0.name) }
    switch modes.first {
    case "--memory":
      if json { fail("--memory prints a table, not JSON") }
      write(try Recorded.table(shapes))
    case "--stream":
      let header = "shape | µs per step | fastest | heap allocations per step"
      func row(_ s: Stream) -> String {
        "\(s.shape) | \(number(s.microseconds)) | \(number(s.fastestMicroseconds)) | \(number(s.allocationsPerStep))"
      }
      try report(shapes.lazy.map { Stream($0) }, header, json, row)
    case "--recompute":
      func row(_ r: Recompute) -> String {
        "\(r.shape) | \(r.recomputeEvery == 0 ? "all" : "\(r.recomputeEvery)") | \(number(r.ms)) | \(number(Double(r.keptBytes) / 1024))"
      }
      let header = "shape | kept every | ms per training step | KiB kept per sequence"
      let results = try shapes.filter { $0.configuration.memoryType == .dnc }
        .flatMap { try Recompute.curve($0) }
      try report(results, header, json, row)
    default:
      let header =
        "shape | ms per training step | fastest | items per second | peak MiB | allocations per 10 time steps"
      func row(_ m: Measurement) -> String {
        "\(m.shape) | \(number(m.ms)) | \(number(m.fastestMs)) | \(Int(m.itemsPerSecond)) | \(m.peakBytes >> 20) | \(m.allocations)"
      }
      try report(shapes.lazy.map { Measurement($0) }, header, json, row)
    }
  }

  /// One line per result as it comes: of a table, or a JSON object.
  private static func report<Results: Sequence>(
    _ results: Results, _ header: String, _ json: Bool, _ row: (Results.Element) -> String
  ) throws where Results.Element: Encodable {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    if !json {
      let rule = header.components(separatedBy: " | ").map { _ in "---|" }.joined()
      write(
        """
        \(Processor.instructionSet), \(Processor.linearAlgebra), \(Processor.workers) workers

        | \(header) |
        |\(rule)

        """)
    }
    for result in results {
      write(
        json
          ? String(decoding: try encoder.encode(result), as: UTF8.self) + "\n"
          : "| \(row(result)) |\n")
    }
  }

  private static func number(_ value: Double) -> String {
    value == 0 ? "0" : String(format: value < 10 ? "%.2f" : "%.1f", value)
  }

  private static func fail(_ message: String) -> Never {
    write("bench: \(message)\n", to: .standardError)
    exit(2)
  }

  private static func write(_ text: String, to handle: FileHandle = .standardOutput) {
    handle.write(Data(text.utf8))
  }
}
