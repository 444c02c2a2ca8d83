import Foundation
import MemoryTraining
import NeuralMemory

/// Scores by length, for people and for programs.
public struct EvaluationTable: Sendable, Equatable, Encodable {
  /// The score at one length.
  public struct Row: Sendable, Equatable, Encodable {
    /// The sequences' length, in the task's measure.
    public let length: Int
    /// Time steps of a sequence.
    public let steps: Int
    /// The error rate of the best answer without having seen the input.
    public let chance: Double
    /// Right and wrong answers.
    public let score: TaskScore

    /// A row of what was measured.
    public init(length: Int, steps: Int, chance: Double, score: TaskScore) {
      self.length = length
      self.steps = steps
      self.chance = chance
      self.score = score
    }

    enum CodingKeys: String, CodingKey {
      case length, steps, chance, score
      case errorRate = "error_rate"
      case errorInterval = "error_rate_95"
      case sequenceErrorRate = "sequence_error_rate"
      case sequenceErrorInterval = "sequence_error_rate_95"
    }

    public func encode(to encoder: any Encoder) throws {
      var values = encoder.container(keyedBy: CodingKeys.self)
      try values.encode(length, forKey: .length)
      try values.encode(steps, forKey: .steps)
      try values.encode(chance, forKey: .chance)
      try values.encode(score.errorRate, forKey: .errorRate)
      try values.encode(score.errorInterval, forKey: .errorInterval)
      try values.encode(score.sequenceErrorRate, forKey: .sequenceErrorRate)
      try values.encode(score.sequenceErrorInterval, forKey: .sequenceErrorInterval)
      try values.encode(score, forKey: .score)
    }
  }

  /// The greatest length of the training.
  public let trainedUpTo: Int
  /// Iterations of training behind the network, if known.
  public let iteration: Int?
  /// The name of the task.
  public let task: String
  /// What is counted as wrong, in the plural.
  public let unit: String
  /// Settings of the task other than in training, as `max_repeats=6`.
  public let settings: [String]
  /// The greatest `chance` of a row.
  public var chance: Double { rows.map(\.chance).max() ?? 0 }
  /// The scores, in the order of the lengths asked for.
  public let rows: [Row]

  /// A table of what was measured.
  public init(
    trainedUpTo: Int, iteration: Int?, task: String, unit: String, settings: [String] = [],
    rows: [Row]
  ) {
    self.trainedUpTo = trainedUpTo
    self.settings = settings
    self.iteration = iteration
    self.task = task
    self.unit = unit
    self.rows = rows
  }

  /// Measures a network on fresh examples.
  ///
  /// - Parameters:
  ///   - network: answers the examples.
  ///   - task: makes and scores them.
  ///   - lengths: in the task's measure.
  ///   - sequences: number of examples of each length.
  ///   - seed: draws the examples of each length, whatever the others are.
  ///   - trainedUpTo: the greatest length seen in training.
  ///   - iteration: updates made so far, if known.
  ///   - settings: settings of the task that differ from those in training, for the heading.
  /// - Complexity: as that of running the network over all sequences; memory as for a batch of 100.
  public init<Task: MemoryTask>(
    of network: some TrainableNetwork, on task: Task, lengths: [Int], sequences: Int, seed: UInt64,
    trainedUpTo: Int, iteration: Int?, settings: [String] = []
  ) {
    self.init(
      trainedUpTo: trainedUpTo, iteration: iteration, task: Task.name, unit: task.scoredUnit,
      settings: settings,
      rows: lengths.map { length in
        var random = RandomNumbers(seed: seed, stream: RandomStream.evaluation + UInt64(length))
        let score = Evaluation.score(
          network, on: task, length: length, sequences: sequences, using: &random)
        return Row(
          length: length, steps: task.timeSteps(length: length),
          chance: task.chanceErrorRate(length: length), score: score)
      })
  }

  /// The table in columns.
  public func text() -> String {
    let isChanceOne = Set(rows.map(\.chance)).count < 2
    var head = ["length", "steps", "sequences", "wrong \(unit)", "interval"]
    head += ["sequences with an error", "interval"] + (isChanceOne ? [] : ["blind"]) + [""]
    let body = rows.map { row in
      [
        "\(row.length)", "\(row.steps)", "\(row.score.sequences)",
        percentText(row.score.errorRate), Self.text(row.score.errorInterval),
        "\(row.score.wrongSequences)", Self.text(row.score.sequenceErrorInterval),
      ] + (isChanceOne ? [] : [percentText(row.chance)]) + [
        row.length <= trainedUpTo ? "trained" : Self.ratio(row.length, trainedUpTo)
      ]
    }
    let origin =
      (settings.isEmpty ? "" : " with \(settings.joined(separator: ", "))")
      + (iteration.map { " after \($0) iterations" } ?? "")
    let blind =
      isChanceOne
      ? "gets \(percentText(chance)) of the \(unit) wrong." : "is in the column \"blind\"."
    return """
      Task \(task)\(origin), fresh data; intervals hold 95 %. The best answer to an unseen input \(blind)

      \(TextTable.lines(head: head, body).joined(separator: "\n"))
      """
  }

  private static func text(_ interval: ConfidenceInterval) -> String {
    String(format: "%.2f to %.2f %%", interval.low * 100, interval.high * 100)
  }

  private static func ratio(_ length: Int, _ trained: Int) -> String {
    length % trained == 0
      ? "\(length / trained) times longer"
      : String(format: "%.1f times longer", Double(length) / Double(trained))
  }

  /// The table as JSON.
  public func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    return String(decoding: try encoder.encode(self), as: UTF8.self)
  }

  enum CodingKeys: String, CodingKey {
    case iteration, task, unit, chance, rows, settings
    case trainedUpTo = "trained_up_to"
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encodeIfPresent(iteration, forKey: .iteration)
    try values.encode(task, forKey: .task)
    try values.encode(unit, forKey: .unit)
    try values.encode(settings, forKey: .settings)
    try values.encode(chance, forKey: .chance)
    try values.encode(rows, forKey: .rows)
    try values.encode(trainedUpTo, forKey: .trainedUpTo)
  }
}

/// Cells in columns of equal width.
package enum TextTable {
  /// A line per row, the head first; all columns but the last, and those in `left`, end at the
  /// right.
  package static func lines(
    head: [String], _ body: [[String]], left: Set<Int> = []
  ) -> [String] {
    let widths = head.indices.map { column in ([head] + body).map { $0[column].count }.max()! }
    return ([head] + body).map { cells in
      let parts = cells.enumerated().map { column, cell in
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        if column == cells.count - 1 { return cell }
        return left.contains(column) ? cell + padding : padding + cell
      }
      return String(parts.joined(separator: "  ").reversed().drop { $0 == " " }.reversed())
    }
  }
}
