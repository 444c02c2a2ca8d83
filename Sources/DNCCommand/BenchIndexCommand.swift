import ArgumentParser
import Foundation
import NeuralMemory

/// `dnc bench-index`
struct BenchIndexCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench-index",
    abstract: "Measure from how many cells an approximate index pays, and what it finds.",
    discussion: """
      One memory in use with so many cells, one thread. A step changes as many cells as a SAM can \
      write and looks for the nearest of all heads' queries. The column "with training" adds the \
      share of a training, which comes again after as many changes as there are cells. Recall is \
      the share of the K nearest cells that are found: of queries that have nothing to do with the \
      cells, and of cells disturbed by half their length.

      FAISS needs libfaiss-dev and a build with --traits default,FAISS.
      """)

  @Option(name: .long, help: "Numbers of cells in use.")
  var rows: [Int] = [1_000, 4_000, 16_000, 65_536, 262_144, 1_000_000]
  @Option(help: "Size of a cell.")
  var cellSize = 32
  @Option(help: "Read heads.")
  var readHeads = 4
  @Option(help: "Cells a head finds.")
  var sparseReads = 4
  @Option(help: "Seed of all random numbers.")
  var seed: UInt64 = 1

  func validate() throws {
    for count in rows where count < 64 || count > 1 << 24 {
      throw ValidationError("--rows \(count): expected a number from 64 to \(1 << 24).")
    }
    do { _ = try measurement(64, .exact) } catch let error as ConfigurationError {
      throw ValidationError("\(error)")
    }
  }

  private func measurement(_ rows: Int, _ index: MemoryIndex) throws -> IndexMeasurement {
    try IndexMeasurement(
      rows: rows, cellSize: cellSize, heads: readHeads, sparseReads: sparseReads, index: index,
      seed: seed)
  }

  func run() throws {
    let console = Console()
    console.print(
      """
      Cells of \(cellSize), \(readHeads) heads, K \(sparseReads). Microseconds per step.

      | cells | exact | FAISS | with training | training, ms | recall, random | recall, disturbed |
      |---|---|---|---|---|---|---|
      """)
    for count in rows {
      let exact = try measurement(count, .exact)
      _ = exact.steps(10)
      let scan = exact.steps(max(30, 10_000_000 / count))
      guard MemoryIndex.faiss.isAvailable else {
        console.print("| \(count) | \(micro(scan)) | not in this build | | | | |")
        continue
      }
      let faiss = try measurement(count, .faiss)
      let training = faiss.search()
      // no further training within the steps measured, but many hand-overs to FAISS
      let steps = max(1, min(2_000, (count - 1) / faiss.writes))
      let step = faiss.steps(steps)
      let share = training * Double(faiss.writes) / Double(count)
      let recall = IndexMeasurement.Queries.allCases.map {
        (faiss.recall($0, searches: 100) * 100).formatted(digits: 1) + " %"
      }
      console.print(
        "| \(count) | \(micro(scan)) | \(micro(step)) | \(micro(step + share)) | \((training * 1e3).formatted(digits: 1)) | \(recall.joined(separator: " | ")) |"
      )
    }
  }

  private func micro(_ seconds: Double) -> String { (seconds * 1e6).formatted(digits: 1) }
}

extension Double {
  fileprivate func formatted(digits: Int) -> String { String(format: "%.\(digits)f", self) }
}
