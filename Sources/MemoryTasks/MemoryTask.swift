import MemoryTraining
import NeuralMemory

/// A task by which memories are measured: examples, a loss and a score (`TrainingTask`), and what a
/// person needs to make sense of the numbers.
///
/// `lengths` (1 and more) and `isSolved` (nothing wrong) of `TrainingTask` have defaults that a
/// task may replace; `drawLength` stays inside `lengths`.
///
/// A task is a value with its own settings, checked by a throwing initializer
/// (`ConfigurationError`) and written into a run's configuration under snake_case keys; a key that
/// is missing has its default.
public protocol MemoryTask: TrainingTask, Codable, Equatable {
  /// The name on the command line and in a run's configuration, such as `repeat-copy`.
  static var name: String { get }
  /// What the task is, in one sentence.
  static var summary: String { get }
  /// The task with its default settings.
  static var standard: Self { get }
  /// How a run begins if nothing else is asked for. Default: the values of the Python package's
  /// scripts.
  static var defaultTraining: TrainingConfiguration { get }
  /// Settings with a name. Default: none.
  static var presets: [Preset<Self>] { get }
  /// What a length counts, in the plural: `vectors`.
  var lengthUnit: String { get }
  /// What is counted as wrong, in the plural: `bits`.
  var scoredUnit: String { get }
  /// The error rate, from 0 to 1, of the best answer that can be given without having seen the
  /// input of a sequence of a given length.
  func chanceErrorRate(length: Int) -> Double
  /// Time steps of a sequence of a given length; the most, if they differ.
  func timeSteps(length: Int) -> Int
  /// One batch element in words and signs, with the network's outputs `[elements, time,
  /// outputSize]` of the whole batch if there are some.
  func describe(_ item: Int, of batch: TaskBatch, output: Tensor?) -> String
}

extension MemoryTask {
  public static var defaultTraining: TrainingConfiguration { TrainingConfiguration() }
  public static var presets: [Preset<Self>] { [] }

  /// A length drawn evenly from those that make sense, up to a greatest one.
  public func drawLength(maximum: Int, using random: inout RandomNumbers) -> Int {
    random.integer(in: lengths.lowerBound...lengths.clamp(maximum))
  }
}

extension ClosedRange<Int> {
  /// The number of the range that is nearest.
  package func clamp(_ value: Int) -> Int { Swift.min(Swift.max(value, lowerBound), upperBound) }
}
