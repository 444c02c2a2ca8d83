import BenchmarkSupport
import Foundation
import MachinePeak
import NeuralMemory

// bench-profile run SHAPE
//   repeats training steps for some seconds and prints the fastest one's milliseconds
// bench-profile report SHAPE MS
//   reads `perf script -F ip,sym` of such a run and prints the table of docs/performance.md
@main
enum BenchProfile {
  static func main() {
    let arguments = Array(CommandLine.arguments.dropFirst())
    guard arguments.count >= 2, let shape = Shape.all.first(where: { $0.name == arguments[1] })
    else { stop("usage: bench-profile run SHAPE | bench-profile report SHAPE MILLISECONDS") }
    switch (arguments[0], arguments.count) {
    case ("run", 2): print(run(shape, shape.configuration.networkType))
    case ("report", 3):
      guard let ms = Double(arguments[2]) else {
        stop("bench-profile: \(arguments[2]) is no number")
      }
      print(report(shape, ms))
    default: stop("bench-profile: run or report was expected, not \(arguments[0])")
    }
  }

  private static func run<Network: AnyNetwork>(_ shape: Shape, _: Network.Type) -> Double {
    var step = TrainingStep(
      Network.self, shape.configuration, batch: shape.batch, steps: shape.steps)
    step.run()
    var (fastest, spent) = (Double.infinity, 0.0)
    while spent < 5000 {
      let ms = ProcessMeasures.milliseconds { step.run() }
      fastest = min(fastest, ms)
      spent += ms
    }
    return fastest
  }

  private static func report(_ shape: Shape, _ ms: Double) -> String {
    let profile = Profile(Lines())
    let floor = Floor(shape.configuration)
    let peak = machine_multiply_adds_per_second()
    let elements = Double(shape.batch * shape.steps)
    var lines = [
      "### \(shape.name)", "",
      "One worker, \(number(ms)) ms per training step, \(profile.total) samples; the floor is at \(number(peak / 1e9)) billion multiply-adds per second.",
      "", "| | forward ms | floor | ratio | backward ms | floor | ratio |",
      "|---|---:|---:|---:|---:|---:|---:|",
    ]
    var sums = [0.0, 0, 0, 0]
    for mechanism in Mechanism.allCases {
      var cells = [mechanism.rawValue]
      for (at, direction) in Direction.allCases.enumerated() {
        let spent = profile.share(mechanism, direction) * ms
        let least = floor.multiplyAdds(mechanism, direction) * elements / peak * 1e3
        sums[2 * at] += spent
        sums[2 * at + 1] += least
        cells += [
          number(spent), least > 0 ? number(least) : "", least > 0 ? number(spent / least) : "",
        ]
      }
      lines.append("| " + cells.joined(separator: " | ") + " |")
    }
    lines.append(
      "| all | \(number(sums[0])) | \(number(sums[1])) | \(number(sums[0] / sums[1])) | \(number(sums[2])) | \(number(sums[3])) | \(number(sums[2] / sums[3])) |"
    )
    return lines.joined(separator: "\n") + "\n"
  }

  private static func number(_ value: Double) -> String {
    String(format: value < 0.995 ? "%.2f" : value < 99.95 ? "%.1f" : "%.0f", value)
  }

  private static func stop(_ message: String) -> Never {
    FileHandle.standardError.write(Data((message + "\n").utf8))
    exit(2)
  }

  private struct Lines: Sequence, IteratorProtocol {
    mutating func next() -> String? { readLine() }
  }
}
