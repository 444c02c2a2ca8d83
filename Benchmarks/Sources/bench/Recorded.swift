import BenchmarkSupport
import Foundation
import NeuralMemory

/// What training records of each time step, by mechanism: a table in Markdown with a column per
/// shape, in KiB per step and batch element.
enum Recorded {
  static func table(_ shapes: [Shape]) throws -> String {
    var names: [String] = []
    let columns = try shapes.map { shape in
      let recorded = try RecordedBytes(shape.configuration, steps: shape.steps)
      for mechanism in recorded.mechanisms where !names.contains(mechanism.name) {
        names.append(mechanism.name)
      }
      return Dictionary(
        uniqueKeysWithValues: recorded.mechanisms.map {
          ($0.name, Double($0.bytes) / Double(shape.steps))
        })
    }
    func row(_ name: String, _ cells: [String]) -> String {
      "| \(name) | " + cells.joined(separator: " | ") + " |\n"
    }
    func kib(_ bytes: Double) -> String {
      String(format: bytes < 100 * 1024 ? "%.1f" : "%.0f", bytes / 1024)
    }
    var table = row("KiB per step and element", shapes.map(\.name))
    table += "|---|" + String(repeating: "---:|", count: shapes.count) + "\n"
    for name in names { table += row(name, columns.map { $0[name].map(kib) ?? "" }) }
    table += row("together", columns.map { kib($0.values.reduce(0, +)) })
    table += row(
      "whole sequence, MiB per element",
      zip(shapes, columns).map { shape, column in
        let bytes = column.values.reduce(0, +) * Double(shape.steps)
        return String(format: "%.2f", bytes / Double(1 << 20))
      })
    return table
  }
}
