/// Numbers that a recorded pass computed, with where and by what: what a search for the first value
/// that is not finite looks at.
package struct Examined {
  package enum Direction: Sendable {
    case forward, backward
  }

  /// Numbers in rows, and the mechanism that computed them.
  package struct Part {
    package let mechanism: String
    package let tensor: String
    package let rows: Int
    package let columns: Int
    private let stride: Int
    private let base: UnsafePointer<Float>

    init(
      _ mechanism: String, _ tensor: String, _ base: UnsafePointer<Float>, rows: Int = 1,
      columns: Int, stride: Int? = nil
    ) {
      self.mechanism = mechanism
      self.tensor = tensor
      self.base = base
      self.rows = rows
      self.columns = columns
      self.stride = stride ?? columns
    }

    package subscript(row: Int, column: Int) -> Float { base[row * stride + column] }

    /// The first value that is infinite or NaN.
    package var firstNonFinite: (row: Int, column: Int, value: Float)? {
      for row in 0..<rows {
        for column in 0..<columns where !self[row, column].isFinite {
          return (row, column, self[row, column])
        }
      }
      return nil
    }
  }

  package let step: Int
  /// nil: the output layer.
  package let layer: Int?
  /// Element of the batch.
  package let element: Int
  package let part: Part
}
