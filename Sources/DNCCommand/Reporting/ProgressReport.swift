import Foundation
import MemoryTasks
import MemoryTraining

/// Turns the reports of a run's iterations into text: one line that is drawn over again on a
/// terminal, or a plain line now and then.
///
/// It is a value without a clock of its own: the caller says how many seconds have passed.
struct ProgressReport: Sendable {
  /// Iterations of the whole run.
  let total: Int
  /// Iterations between plain lines.
  let every: Int
  /// Whether the run may end before its last iteration.
  let mayEndEarly: Bool
  /// What is counted as wrong, in the plural.
  let unit: String
  /// How the lengths grow; nil: they do not.
  private let curriculum: Curriculum?
  /// The cost of an iteration by its greatest length, in any measure.
  private let cost: @Sendable (Int) -> Double
  private var losses: [Double] = []
  /// Iterations averaged in each element of `losses`.
  private var perColumn = 1
  private var pending = (sum: 0.0, count: 0)
  private var window = (loss: 0.0, error: 0.0, count: 0)
  private var shown: (loss: Double, error: Double)?
  private var start: (iteration: Int, seconds: Double)?
  /// The cost of all iterations since `start`.
  private var spent = 0.0
  private var now = 0.0
  private var speed: Double?
  private var last: IterationReport?
  private static let columns = 64

  init(
    total: Int, every: Int, mayEndEarly: Bool = false, unit: String = "bits",
    curriculum: Curriculum? = nil, cost: @escaping @Sendable (Int) -> Double = { Double($0) }
  ) {
    self.mayEndEarly = mayEndEarly
    self.total = total
    self.every = every
    self.unit = unit
    self.curriculum = curriculum
    self.cost = cost
  }

  /// Takes an iteration's report, `seconds` after some fixed moment.
  /// - Returns: The plain line, if one is due: means over the iterations since the one before.
  mutating func add(_ report: IterationReport, at seconds: Double) -> String? {
    if start == nil {
      start = (report.iteration, seconds)
    } else {
      spent += cost(report.maximumLength)
    }
    last = report
    now = seconds
    let blend = 0.05
    speed = speed.map { $0 + blend * (report.itemsPerSecond - $0) } ?? report.itemsPerSecond
    shown =
      shown.map {
        (
          $0.loss + blend * (report.loss - $0.loss),
          $0.error + blend * (report.errorRate - $0.error)
        )
      } ?? (report.loss, report.errorRate)
    addToCurve(report.loss)
    window.loss += report.loss
    window.error += report.errorRate
    window.count += 1
    guard report.iteration % every == 0 || report.iteration == total else { return nil }
    let n = Double(window.count)
    let line =
      "iteration \(report.iteration)/\(total)  loss \(shortNumber(window.loss / n))  "
      + "wrong \(unit) \(percentText(window.error / n))  gradient norm \(shortNumber(report.gradientNorm))  "
      + "length ≤ \(report.maximumLength)  \(speedText)"
    window = (0, 0, 0)
    return line
  }

  /// The line for a terminal of the given width; never longer than the width.
  func line(width: Int) -> String {
    guard let last, let shown else { return "" }
    let percent = last.iteration * 100 / max(total, 1)
    // The parts in the order in which they are given up on a narrow terminal, from the end.
    let parts = [
      "\(last.iteration)/\(total) (\(percent) %)",
      "loss \(shortNumber(shown.loss))",
      "wrong \(unit) \(percentText(shown.error))",
      remainingText.map { mayEndEarly ? "at most \($0) left" : "\($0) left" } ?? "",
      speedText,
    ].filter { !$0.isEmpty }
    var text = ""
    for part in parts {
      let longer = text.isEmpty ? part : text + "  " + part
      if longer.count > width { break }
      text = longer
    }
    if text.isEmpty { return String(parts[0].prefix(width)) }
    let room = min(width - text.count - 2, 32)
    return room >= 8 ? text + "  " + Sparkline.draw(losses, width: room) : text
  }

  /// The time left at the pace so far, in seconds; nil before there is a pace.
  ///
  /// Longer sequences take longer: the pace is time by cost, and a curriculum's next stages, as far
  /// as they are known, count with what they will cost.
  var secondsLeft: Double? {
    guard let start, let last, spent > 0, now > start.seconds else { return nil }
    var ahead = curriculum ?? Curriculum(maximumLength: last.maximumLength)
    ahead.maximumLength = last.maximumLength
    if ahead.kind == .linear {
      ahead.advance(completedIterations: last.iteration, loss: 0, errorRate: 0)
    }
    return (now - start.seconds) / spent
      * ahead.costAhead(done: last.iteration, total: total, cost: cost)
  }

  private var remainingText: String? { secondsLeft.map(durationText) }

  private var speedText: String { "\(shortNumber(speed ?? 0)) sequences/s" }

  /// Keeps at most twice `columns` means, over more and more iterations as the run grows.
  private mutating func addToCurve(_ loss: Double) {
    pending.sum += loss
    pending.count += 1
    guard pending.count == perColumn else { return }
    losses.append(pending.sum / Double(perColumn))
    pending = (0, 0)
    if losses.count == 2 * Self.columns {
      losses = stride(from: 0, to: losses.count, by: 2).map { (losses[$0] + losses[$0 + 1]) / 2 }
      perColumn *= 2
    }
  }
}

/// A number with about three digits that count: `0.693`, `0.00012`, `1250`.
func shortNumber(_ value: Double) -> String {
  if !value.isFinite { return "\(value)" }
  let size = abs(value)
  if size == 0 { return "0" }
  if size >= 100 { return String(format: "%.0f", value) }
  if size >= 10 { return String(format: "%.1f", value) }
  if size >= 1 { return String(format: "%.2f", value) }
  return size >= 1e-4 ? String(format: "%.4f", value) : String(format: "%.1e", value)
}
