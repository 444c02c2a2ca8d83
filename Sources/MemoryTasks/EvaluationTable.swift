import Foundation
import MemoryTraining

/// Scores by length, for people and for programs.
public struct EvaluationTable: Sendable, Equatable, Encodable {
  /// The score at one length.
  public struct Row: Sendable, Equatable, Encodable {
    public let length: Int
    /// Time steps of a sequence.
    public let steps: Int
    public let score: TaskScore

    public init(length: Int, steps: Int, score: TaskScore) {
      self.length = length
      self.steps = steps
      self.score = score
    }

    enum CodingKeys: String, CodingKey {
      case length, steps, score
      case errorRate = "error_rate"
    }

    public func encode(to encoder: any Encoder) throws {
      var values = encoder.container(keyedBy: CodingKeys.self)
      try values.encode(length, forKey: .length)
      try values.encode(steps, forKey: .steps)
      try values.encode(score.errorRate, forKey: .errorRate)
      try values.encode(score, forKey: .score)
    }
  }

  /// The greatest length of the training.
  public let trainedUpTo: Int
  /// Iterations of training behind the network, if known.
  public let iteration: Int?
  public let task: String
  /// The error rate of guessing.
  public let chance: Double
  public let rows: [Row]

  public init(trainedUpTo: Int, iteration: Int?, task: String, chance: Double, rows: [Row]) {
    self.trainedUpTo = trainedUpTo
    self.iteration = iteration
    self.task = task
    self.chance = chance
    self.rows = rows
  }

  /// The table in columns.
  public func text() -> String {
    let head = ["length", "steps", "sequences", "wrong bits", "sequences with an error", ""]
    let body = rows.map { row in
      [
        "\(row.length)", "\(row.steps)", "\(row.score.sequences)", percentText(row.score.errorRate),
        "\(row.score.wrongSequences)",
        row.length <= trainedUpTo ? "trained" : "\(row.length / trainedUpTo) times longer",
      ]
    }
    let widths = head.indices.map { column in ([head] + body).map { $0[column].count }.max()! }
    let lines = ([head] + body).map { cells in
      zip(cells, widths).enumerated().map { column, cell in
        let padding = String(repeating: " ", count: cell.1 - cell.0.count)
        return column == cells.count - 1 ? cell.0 : padding + cell.0
      }.joined(separator: "  ").trimmingTrailingSpaces
    }
    let origin = iteration.map { " after \($0) iterations" } ?? ""
    return """
      Task \(task)\(origin), fresh data. Guessing gets \(percentText(chance)) of the bits wrong.

      \(lines.joined(separator: "\n"))
      """
  }

  /// The table as JSON.
  public func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    return String(decoding: try encoder.encode(self), as: UTF8.self)
  }

  enum CodingKeys: String, CodingKey {
    case iteration, task, chance, rows
    case trainedUpTo = "trained_up_to"
  }
}

extension String {
  fileprivate var trimmingTrailingSpaces: String {
    String(reversed().drop { $0 == " " }.reversed())
  }
}
