import BenchmarkSupport
import Foundation
import NeuralMemory

// bench [--json] [SHAPE...]              times one training step of each shape
// bench --stream [--json] [SHAPE...]     times single steps at batch 1
// bench --recompute [--json] [SHAPE...]  time and memory of a training step against recomputeEvery
// bench --memory [SHAPE...]              what training records of each step; measures nothing
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
    case "--memory": write(try Recorded.table(shapes))
    case "--stream":
      let header = "shape | µs per step | fastest | heap allocations per step"
      try report(shapes, header, json) {
        Stream($0)
      } row: {
        "\($0.shape) | \(number($0.microseconds)) | \(number($0.fastestMicroseconds)) | \(number($0.allocationsPerStep))"
      }
    case "--recompute":
      let dense = shapes.filter { $0.configuration.memoryType == .dnc }
      for shape in dense {
        let header = "shape | kept every | ms per training step | KiB kept per sequence"
        try report(try Recompute.curve(shape), header, json) {
          $0
        } row: {
          "\($0.shape) | \($0.recomputeEvery == 0 ? "all" : "\($0.recomputeEvery)") | \(number($0.ms)) | \(number(Double($0.keptBytes) / 1024))"
        }
      }
    default:
      let header =
        "shape | ms per training step | fastest | items per second | peak MiB | allocations per 10 time steps"
      try report(shapes, header, json) {
        Measurement($0)
      } row: {
        "\($0.shape) | \(number($0.ms)) | \(number($0.fastestMs)) | \(Int($0.itemsPerSecond)) | \($0.peakBytes >> 20) | \($0.allocations)"
      }
    }
  }

  /// One line per result as it comes: of a table, or a JSON object.
  private static func report<Source, Result: Encodable>(
    _ sources: [Source], _ header: String, _ json: Bool, _ measure: (Source) -> Result,
    row: (Result) -> String
  ) throws {
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
    for source in sources {
      let result = measure(source)
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
