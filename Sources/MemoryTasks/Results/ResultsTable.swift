import Foundation
import MemoryTraining

/// The page `docs/results.md`, made of the records.
public struct ResultsTable: Sendable {
  private let records: [ResultRecord]

  /// The page of some records.
  public init(_ records: [ResultRecord]) { self.records = records }

  /// The page in Markdown.
  public func markdown() -> String {
    var parts = [Self.preamble]
    let dates = Set(records.map(\.date)).sorted()
    if let first = dates.first, let last = dates.last {
      parts.append(
        "Measured \(first == last ? "on \(first)" : "from \(first) to \(last)") on "
          + Set(records.map(\.machine)).sorted().joined(separator: "; ") + ".")
    }
    for task in TaskCatalog.all { parts += section(task) }
    parts.append("## All runs\n\n" + runs())
    return parts.joined(separator: "\n\n") + "\n"
  }

  private static let preamble = """
    # Results

    The results of the presets of `dnc presets`, each for several seeds with one worker. `Scripts/results` makes
    this page from the files in `docs/results`: do not edit it. A run is *solved* when its own check finds no wrong
    answer (or meets the task's other criterion, see [tasks.md](tasks.md)) in 2,000 fresh sequences. Error rates are
    measured on 1,000 other fresh sequences per seed: over the trained lengths, and at longer ones; where there are
    several seeds, the table gives the least and the greatest. Times are those of the training itself, on a machine
    that did other work at the same time: upper bounds. A run that was ended before it had solved its task or
    reached its preset's last iteration is marked *stopped*.
    """

  private func section<Task: MemoryTask>(_: Task.Type) -> [String] {
    let presets = Task.presets.filter { preset in records.contains { $0.preset == preset.name } }
    guard !presets.isEmpty else { return [] }
    let unit = Task.standard.scoredUnit
    var rows = [
      "| preset | solved | iterations | time | wrong \(unit), trained lengths | beyond |",
      "|---|---|---:|---:|---:|---|",
    ]
    var notes: [String] = []
    for preset in presets {
      let runs = records.filter { $0.preset == preset.name }
      let beyond = (runs.first?.beyond.indices.map { $0 } ?? []).map { index in
        let found = runs.compactMap { $0.beyond.indices.contains(index) ? $0.beyond[index] : nil }
        return "\(found[0].to) \(Task.standard.lengthUnit): \(Self.rates(found))"
      }
      let solved = runs.filter(\.isSolved).count
      rows.append(
        "| `\(preset.name)` | \(solved) of \(runs.count)\(Self.stopped(runs)) | "
          + "\(Self.range(runs.map { Double($0.iterations) }) { "\(Int($0))" }) | "
          + "\(Self.range(runs.map(\.seconds), durationText)) | \(Self.rates(runs.map(\.trained))) | "
          + "\(beyond.joined(separator: "; ")) |")
      for settings in Set(runs.map(\.settings)).sorted() {
        notes.append("- `\(preset.name)`: \(settings). Source: \(preset.source).")
      }
      if let published = preset.published { notes.append("  Published: \(published)") }
    }
    return [
      "## \(Task.name)\n\n\(Task.summary)", rows.joined(separator: "\n"),
      notes.joined(separator: "\n"),
    ]
  }

  private func runs() -> String {
    let head = [
      "| preset | seed | solved | iterations | time | wrong, trained lengths | sequences with an error |",
      "|---|---:|---|---:|---:|---:|---:|",
    ]
    let rows = records.map { run in
      "| `\(run.preset)` | \(run.seed) | \(run.isSolved ? "yes" : "no")\(run.isStopped ? ", stopped" : "") | \(run.iterations) | "
        + "\(durationText(run.seconds)) | \(percentText(run.trained.score.errorRate)) | "
        + "\(run.trained.score.wrongSequences) of \(run.trained.score.sequences) |"
    }
    return (head + rows).joined(separator: "\n")
  }

  private static func stopped(_ runs: [ResultRecord]) -> String {
    let count = runs.filter(\.isStopped).count
    return count == 0 ? "" : ", \(count) stopped"
  }

  private static func rates(_ measurements: [ResultRecord.Measurement]) -> String {
    range(measurements.map(\.score.errorRate), percentText)
  }

  private static func range(_ values: [Double], _ text: (Double) -> String) -> String {
    guard let least = values.min(), let most = values.max() else { return "" }
    let (a, b) = (text(least), text(most))
    return a == b ? a : "\(a) to \(b)"
  }
}
