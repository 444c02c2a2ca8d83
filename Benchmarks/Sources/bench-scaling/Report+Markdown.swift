import Foundation
import NeuralMemory

extension Report {
  /// The networks that are compared, in the order of columns and curves.
  private static let models: [MemoryType] = [.dnc, .sam, .sdnc]

  /// The report as a page.
  var markdown: String {
    let first = byCells[0]
    return """
      # Cost against the size of memory and the length of sequences

      Forward and backward pass of one time step at batch 8: W 32, 4 heads, K 4, K_L 4, one LSTM layer of 100, 8 inputs.
      Time is the fastest of several passes through a whole sequence, divided by its number of time steps. Memory is the
      growth of the peak resident memory by a pass, in a process of its own that has trained a tiny network before:
      memories, records and working storage together, divided by the number of time steps.

      \(machine), \(first.instructionSet), \(first.linearAlgebra), \(first.workers) worker\(first.workers == 1 ? "" : "s"), \(date).
      Measured by `Scripts/bench-scaling`.

      ![Time and memory per step against the number of cells and of time steps](scaling.svg)

      ## Against the number of cells N, at 50 time steps

      \(table(byCells, "N", \.cells) { Chart.power($0) })

      A DNC keeps an N × N link matrix per time step for the backward pass, so larger ones are not measured.

      ## Against the number of time steps T

      The DNC has 64 cells, the others 2²⁰.

      \(table(bySteps, "T", \.steps) { "\($0)" })

      The sparse networks find the nearest cells exactly, by a scan of the cells written so far: their time per
      step grows with the length of the sequence, not with N.

      ## Beside the paper's figures

      Rae et al. 2016 measured on 6 cores at 3.2 GHz.

      | | paper, SAM | paper, dense | SAM | SDNC |
      |---|---:|---:|---:|---:|
      | forward and backward of one time step, N = 2²⁰, batch 8, in a sequence of 50 | 7 ms | 12 s | \(ms(large(.sam))) ms | \(ms(large(.sdnc))) ms |
      | the same as a sequence of its own | | | \(ms(single[0])) ms | \(ms(single[1])) ms |
      | memory of training, N = 2¹⁶, T = 100, batch 1 | 7.8 MiB | 29 GiB | \(mib(training[0])) MiB | \(mib(training[1])) MiB |

      """
  }

  private func large(_ model: MemoryType) -> Result {
    byCells.first { $0.point.model == model && $0.point.cells == 1 << 20 } ?? byCells[0]
  }

  private func ms(_ result: Result) -> String {
    String(format: result.msPerStep < 10 ? "%.3f" : "%.1f", result.msPerStep)
  }

  private func mib(_ result: Result) -> String {
    String(format: "%.1f", Double(result.bytes) / 1_048_576)
  }

  private func kib(_ result: Result) -> String {
    let value = result.bytesPerStep / 1024
    return String(format: value < 100 ? "%.1f" : "%.0f", value)
  }

  /// One row per value of the axis, two columns per model.
  private func table(
    _ results: [Result], _ axis: String, _ value: (Point) -> Int, _ label: (Int) -> String
  ) -> String {
    let models = Self.models
    var lines = [
      "| \(axis) | "
        + models.map { "\($0.rawValue.uppercased()) ms | KiB" }.joined(separator: " | ")
        + " |",
      "|---:|" + String(repeating: "---:|", count: 2 * models.count),
    ]
    for row in Set(results.map { value($0.point) }).sorted() {
      let cells = models.map { model in
        let found = results.first { $0.point.model == model && value($0.point) == row }
        return found.map { "\(ms($0)) | \(kib($0))" } ?? "– | –"
      }
      lines.append("| \(label(row)) | " + cells.joined(separator: " | ") + " |")
    }
    return lines.joined(separator: "\n")
  }

  /// The curves as a picture.
  var chart: Chart {
    func panel(
      _ title: String, _ x: String, _ y: String, _ results: [Result], _ ticks: [Int],
      _ horizontal: (Point) -> Int, _ vertical: (Result) -> Double
    ) -> Chart.Panel {
      Chart.Panel(
        title: title, x: x, y: y, ticks: ticks,
        curves: Self.models.map { model in
          results.filter { $0.point.model == model }
            .map { (Double(horizontal($0.point)), max(vertical($0), 1e-9)) }
        })
    }
    let cells = stride(from: 6, through: 24, by: 3).map { 1 << $0 }
    let steps = [50, 200, 1000, 5000]
    return Chart(
      names: Self.models.map { $0.rawValue.uppercased() },
      panels: [
        panel(
          "Time per step, T = 50", "memory cells N", "milliseconds", byCells, cells, \.cells,
          \.msPerStep),
        panel(
          "Memory per step, T = 50", "memory cells N", "KiB", byCells, cells, \.cells
        ) { $0.bytesPerStep / 1024 },
        panel(
          "Time per step, DNC 2⁶ cells, others 2²⁰", "time steps T", "milliseconds", bySteps, steps,
          \.steps, \.msPerStep),
        panel(
          "Memory per step, DNC 2⁶ cells, others 2²⁰", "time steps T", "KiB", bySteps, steps,
          \.steps
        ) { $0.bytesPerStep / 1024 },
      ])
  }
}
