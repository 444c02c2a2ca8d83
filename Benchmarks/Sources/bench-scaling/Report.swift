import Foundation
import NeuralMemory

/// All curves, and the machine they were measured on.
struct Report: Codable {
  /// Against N, at 50 time steps.
  let byCells: [Result]
  /// Against T.
  let bySteps: [Result]
  /// One time step at 2^20 cells, by itself, batch 8.
  let single: [Result]
  /// 100 time steps at 2^16 cells, batch 1.
  let training: [Result]
  let machine: String
  let date: String

  /// A point's process failed.
  struct Failed: Error, CustomStringConvertible {
    let point: Point
    var description: String { "the measurement of \(point) failed" }
  }

  /// Measures everything, the dense network up to 2^`dense` cells; says each result as it comes.
  static func measure(dense: Int, _ log: (String) -> Void) throws -> Report {
    func results(_ points: [Point]) throws -> [Result] {
      try points.map { point in
        let result = try measure(point)
        log(
          "\(point.model.rawValue) N \(point.cells) T \(point.steps) B \(point.batch): "
            + String(
              format: "%.4f ms, %.1f KiB per step", result.msPerStep, result.bytesPerStep / 1024))
        return result
      }
    }
    let date = ISO8601DateFormatter().string(from: Date()).prefix(10)
    return Report(
      byCells: try results(
        [MemoryType.sam, .sdnc, .dnc].flatMap { model in
          (model == .dnc ? Array(6...dense) : [6, 8, 10, 12, 14, 16, 18, 20, 22, 24]).map {
            Point(model: model, cells: 1 << $0, steps: 50, batch: 8)
          }
        }),
      bySteps: try results(
        [MemoryType.sam, .sdnc, .dnc].flatMap { model in
          [50, 100, 200, 500, 1000, 2000, 5000].map {
            Point(model: model, cells: model == .dnc ? 64 : 1 << 20, steps: $0, batch: 8)
          }
        }),
      single: try results(
        [.sam, .sdnc].map { Point(model: $0, cells: 1 << 20, steps: 1, batch: 8) }),
      training: try results(
        [.sam, .sdnc].map { Point(model: $0, cells: 1 << 16, steps: 100, batch: 1) }),
      machine: processor, date: String(date))
  }

  private static func measure(_ point: Point) throws -> Result {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0])
    let data = try JSONEncoder().encode(point)
    process.arguments = ["--point", String(decoding: data, as: UTF8.self)]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0,
      let result = try? JSONDecoder().decode(Result.self, from: output)
    else { throw Failed(point: point) }
    return result
  }

  private static var processor: String {
    let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("model name") }
    let name = line?.split(separator: ":").last.map { $0.drop { $0 == " " } }
    return "\(name.map(String.init) ?? "unknown processor"), "
      + "\(ProcessInfo.processInfo.activeProcessorCount) processors"
  }
}
