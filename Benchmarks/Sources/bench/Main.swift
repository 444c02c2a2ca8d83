import BenchmarkSupport
import Foundation
import NeuralMemory

// bench [--json] [SHAPE...]: times one training step of each shape.
@main
enum Bench {
  static func main() {
    var names = Array(CommandLine.arguments.dropFirst())
    let json = names.contains("--json")
    names.removeAll { $0 == "--json" }
    let known = Shape.all.map(\.name)
    if let unknown = names.first(where: { !known.contains($0) }) {
      write(
        "bench: no shape \"\(unknown)\"; there are \(known.joined(separator: ", "))\n",
        to: .standardError)
      exit(2)
    }
    if !json {
      write(
        """
        \(Processor.instructionSet), \(Processor.linearAlgebra), \(Processor.workers) workers

        | shape | ms per training step | fastest | items per second | peak MiB | allocations per 10 time steps |
        |---|---|---|---|---|---|

        """)
    }
    for shape in Shape.all where names.isEmpty || names.contains(shape.name) {
      let m = Measurement(shape)
      if json {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(m) else { continue }
        write(String(decoding: data, as: UTF8.self) + "\n")
      } else {
        write(
          "| \(m.shape) | \(number(m.ms)) | \(number(m.fastestMs)) | \(Int(m.itemsPerSecond)) | \(m.peakBytes >> 20) | \(m.allocations) |\n"
        )
      }
    }
  }

  private static func number(_ value: Double) -> String {
    String(format: value < 10 ? "%.2f" : "%.1f", value)
  }

  private static func write(_ text: String, to handle: FileHandle = .standardOutput) {
    handle.write(Data(text.utf8))
  }
}
