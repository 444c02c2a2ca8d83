import ArgumentParser
import Foundation
import MemoryInspection
import NeuralMemory

/// `dnc plot`
struct PlotCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plot",
    abstract: "Draw a trace: what a memory did, as heat maps in one picture.",
    discussion: """
      Traces are written by `dnc run --trace` and `dnc evaluate --trace`, or by NumPy's savez from the \
      Python package's debug tables. Contents and links are those after the last access, or after --access.
        dnc plot trace.npz -o memory.svg
        dnc plot trace.npz -o step20.png --access 20
      """)

  @Argument(help: "The trace, an .npz file.")
  var trace: String
  @Option(name: [.short, .long], help: "The picture, .svg or .png; it is replaced if it exists.")
  var output: String
  @Option(help: "The access (row of the tables) after which contents and links are drawn.")
  var access: Int?

  private var format: Figure.Format? {
    Figure.Format(rawValue: URL(fileURLWithPath: output).pathExtension.lowercased())
  }

  func validate() throws {
    guard format != nil else {
      throw ValidationError("--output \(output): expected a name that ends in .svg or .png.")
    }
  }

  func run() throws {
    let snapshot = try MemorySnapshot(contentsOf: URL(fileURLWithPath: trace))
    guard snapshot.rows > 0 else { throw EmptyTrace(path: trace) }
    let access = access ?? snapshot.rows - 1
    guard 0..<snapshot.rows ~= access else {
      throw ValidationError(
        "--access \(access): expected a number from 0 to \(snapshot.rows - 1), the trace's last.")
    }
    let name = URL(fileURLWithPath: trace).lastPathComponent
    let figure = Figure(
      title: "\(name): \(snapshot.rows) accesses",
      maps: snapshot.courses + [snapshot.contents(after: access)]
        + [snapshot.links(after: access)].compactMap { $0 })
    try AtomicFile.write(figure.data(format!), to: URL(fileURLWithPath: output))
    Console().print("Wrote \(output): \(figure.maps.count) heat maps.")
  }
}

/// A trace in which nothing happened.
struct EmptyTrace: Error, CustomStringConvertible {
  let path: String
  var description: String { "\(path) has no rows: the traced sequence had no steps." }
}
