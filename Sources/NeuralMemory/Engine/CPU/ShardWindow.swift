/// The run that a shard is in: its batch elements, and the window of time steps it is working on.
///
/// One object is shared by the runner and its hidden layers.
final class ShardWindow {
  /// Batch elements of the shard.
  var elements = 0
  /// First of them within the batch.
  var firstElement = 0
  /// Time steps of the window.
  var steps = 0
  /// Time steps of the call before the window.
  var stepsBefore = 0
  /// Time steps of every element, counted from the call's start.
  var lengths: [Int] = []

  /// Rows of the window, ordered step by step, element by element within a step.
  var rows: Int { elements * steps }

  /// Whether an element has not come to its end before a step of the window.
  @inline(__always)
  func isActive(_ element: Int, _ step: Int) -> Bool { stepsBefore + step < lengths[element] }
}
