/// A setting with which no network, task or training can be made.
public struct ConfigurationError: Error, Equatable, CustomStringConvertible {
  /// The setting's name, such as `batchSize` or, for a network, the Python package's `nr_cells`.
  public let argument: String
  /// The value, as written.
  public let value: String
  /// What would work.
  public let expected: String

  /// Makes the error of one setting.
  public init(argument: String, value: some CustomStringConvertible, expected: String) {
    self.argument = argument
    self.value = value.description
    self.expected = expected
  }

  public var description: String { "\(argument) is \(value); expected \(expected)." }

  /// Checks a whole number against a lower bound, and an upper one that only keeps sizes from
  /// getting out of hand.
  ///
  /// - Throws: `ConfigurationError` unless `value` is in `least...most`.
  public static func check(
    _ argument: String, _ value: Int, atLeast least: Int, atMost most: Int = .max
  ) throws {
    guard value >= least else {
      throw ConfigurationError(
        argument: argument, value: value, expected: "a whole number of at least \(least)")
    }
    guard value <= most else {
      throw ConfigurationError(
        argument: argument, value: value, expected: "a whole number of at most \(most)")
    }
  }

  /// Checks a whole number against a range.
  ///
  /// - Throws: `ConfigurationError` unless `value` is in `range`.
  public static func check(
    _ argument: String, _ value: Int, in range: ClosedRange<Int>
  ) throws {
    guard range.contains(value) else {
      throw ConfigurationError(
        argument: argument, value: value,
        expected: "a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
  }
}
