extension Tensor {
  /// The same elements in the same order under another shape.
  ///
  /// One dimension may be -1; it is then what is left: `reshaped([batch, -1])`.
  /// - Precondition: The new shape has as many elements as the old one.
  /// - Complexity: O(rank); the storage is shared.
  public func reshaped(_ shape: [Int]) -> Tensor {
    var newShape = shape
    if let open = shape.firstIndex(of: -1) {
      newShape[open] = 1
      let known = Tensor.elementCount(of: newShape)
      require(
        known > 0 && count % known == 0,
        "shape \(self.shape) with \(count) elements cannot become \(shape)")
      newShape[open] = count / known
    }
    require(
      Tensor.elementCount(of: newShape) == count,
      "shape \(self.shape) with \(count) elements cannot become \(shape)")
    return Tensor(shape: newShape, values: values)
  }

  /// The tensor with its axes in another order: axis `i` of the result is axis `axes[i]` of this
  /// one.
  ///
  /// Without an argument the order is reversed: the transpose of a matrix.
  /// - Precondition: `axes` names every axis once.
  /// - Complexity: O(*n* + rank), *n* being the number of elements.
  public func transposed(_ axes: [Int]? = nil) -> Tensor {
    let order = axes ?? Array((0..<rank).reversed())
    require(
      order.sorted() == Array(0..<rank), "\(order) is not an order of the axes 0..<\(rank)")
    let newShape = order.map { shape[$0] }
    if count == 0 || rank < 2 { return Tensor(shape: newShape, values: values) }

    var strides = [Int](repeating: 1, count: rank)
    for axis in (0..<(rank - 1)).reversed() { strides[axis] = strides[axis + 1] * shape[axis + 1] }
    let steps = order.map { strides[$0] }

    // The innermost axis of the result runs in a plain loop; the others count like an odometer.
    let last = rank - 1
    let innerLength = newShape[last]
    let innerStep = steps[last]
    var index = [Int](repeating: 0, count: rank)
    var source = 0
    var result: [Float] = []
    result.reserveCapacity(count)
    withUnsafeBuffer { buffer in
      while true {
        for i in 0..<innerLength { result.append(buffer[source + i * innerStep]) }
        var axis = last - 1
        while axis >= 0 {
          index[axis] += 1
          source += steps[axis]
          if index[axis] < newShape[axis] { break }
          source -= steps[axis] * newShape[axis]
          index[axis] = 0
          axis -= 1
        }
        if axis < 0 { break }
      }
    }
    return Tensor(shape: newShape, values: result)
  }
}
