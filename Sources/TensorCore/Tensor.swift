/// A dense array of 32-bit floats of any rank, in row-major order, with value semantics.
///
/// `Tensor` is what goes into a network and what comes out of it: it is constructed, indexed,
/// sliced, reshaped, transposed, compared, printed and stored. It is not a general array language.
///
/// Rank 0 (an empty shape) is a single number; a dimension may be zero, and the tensor is then
/// empty. Copies share their storage until one of them is changed.
public struct Tensor: Sendable, Equatable {
  /// The length of every axis, outermost first.
  public let shape: [Int]

  /// The elements in row-major order: the last axis varies fastest.
  ///
  /// May be replaced or changed in place; the number of elements must stay the same.
  public var values: [Float] {
    didSet {
      require(
        values.count == count,
        "a tensor of shape \(shape) holds \(count) values, it was given \(values.count)")
    }
  }

  /// The number of elements: the product of the shape.
  public let count: Int

  /// The number of axes.
  public var rank: Int { shape.count }

  /// Makes a tensor from its elements in row-major order.
  ///
  /// - Precondition: No dimension is negative, and `values` has as many elements as `shape` asks
  ///   for.
  /// - Complexity: O(1); the array is shared, not copied.
  public init(shape: [Int], values: [Float]) {
    let count = Tensor.elementCount(of: shape)
    require(
      values.count == count,
      "a tensor of shape \(shape) holds \(count) values, it was given \(values.count)")
    self.shape = shape
    self.values = values
    self.count = count
  }

  /// Makes a tensor whose elements all have one value.
  ///
  /// - Complexity: O(*n*), *n* being the number of elements.
  public init(shape: [Int], repeating value: Float = 0) {
    let count = Tensor.elementCount(of: shape)
    self.init(shape: shape, values: [Float](repeating: value, count: count))
  }

  /// Makes a tensor of rank 1.
  public init(_ values: [Float]) {
    self.init(shape: [values.count], values: values)
  }

  /// Makes a matrix of shape [rows.count, rows[0].count]; no rows give the shape [0, 0].
  ///
  /// - Precondition: All rows are equally long.
  public init(rows: [[Float]]) {
    let width = rows.first?.count ?? 0
    for (index, row) in rows.enumerated() {
      require(
        row.count == width, "row \(index) has \(row.count) values, the rows before it \(width)")
    }
    self.init(shape: [rows.count, width], values: Array(rows.joined()))
  }

  /// Calls `body` with the elements, valid during the call only.
  @inlinable
  package func withUnsafeBuffer<R>(
    _ body: (UnsafeBufferPointer<Float>) throws -> R
  ) rethrows -> R {
    try values.withUnsafeBufferPointer(body)
  }

  /// Calls `body` with the elements to be changed, valid during the call only.
  package mutating func withUnsafeMutableBuffer<R>(
    _ body: (UnsafeMutableBufferPointer<Float>) throws -> R
  ) rethrows -> R {
    try values.withUnsafeMutableBufferPointer { try body($0) }
  }

  /// The number of elements of a shape; a negative dimension or an overflow is the caller's
  /// mistake.
  package static func elementCount(of shape: [Int]) -> Int {
    for (axis, dimension) in shape.enumerated() {
      require(dimension >= 0, "axis \(axis) of shape \(shape) is negative")
    }
    guard let count = checkedElementCount(of: shape) else {
      fatalError("a tensor of shape \(shape) has more elements than can be counted")
    }
    return count
  }

  /// The number of elements of a shape that comes from outside, or nil if it is negative or too
  /// large.
  ///
  /// Zero dimensions count as one for the overflow: the partial products that slicing needs then
  /// cannot overflow either, whatever the order of the axes.
  package static func checkedElementCount(of shape: [Int]) -> Int? {
    var product = 1
    var isEmpty = false
    for dimension in shape {
      if dimension < 0 { return nil }
      if dimension == 0 {
        isEmpty = true
        continue
      }
      let (next, overflow) = product.multipliedReportingOverflow(by: dimension)
      if overflow { return nil }
      product = next
    }
    return isEmpty ? 0 : product
  }
}
