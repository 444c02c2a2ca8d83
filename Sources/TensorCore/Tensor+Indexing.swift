extension Tensor {
  /// The element at one index per axis: `tensor[batch, time, feature]`.
  ///
  /// - Precondition: There are as many indices as axes, each within its axis.
  /// - Complexity: O(rank). Loops over many elements are faster over `values`.
  public subscript(index: Int...) -> Float {
    get { values[offset(of: index)] }
    set { values[offset(of: index)] = newValue }
  }

  /// A part of the tensor: `range` of `axis`, all of the other axes.
  ///
  /// - Returns: A tensor of the same rank, with `range.count` entries in `axis`.
  /// - Precondition: `axis` exists and contains `range`.
  /// - Complexity: O(*n*), *n* being the number of elements of the result.
  public func slice(axis: Int, _ range: Range<Int>) -> Tensor {
    let (outer, length, inner) = split(at: axis)
    checkRange(range, axis: axis)
    var result: [Float] = []
    result.reserveCapacity(outer * range.count * inner)
    for block in 0..<outer {
      let start = block * length * inner
      result += values[(start + range.lowerBound * inner)..<(start + range.upperBound * inner)]
    }
    var newShape = shape
    newShape[axis] = range.count
    return Tensor(shape: newShape, values: result)
  }

  /// One entry of an axis: `select(axis: 0, 3)` of a [batch, time, features] tensor is item 3,
  /// [time, features].
  ///
  /// - Returns: A tensor of one rank less.
  /// - Precondition: `axis` exists and contains `index`.
  /// - Complexity: O(*n*), *n* being the number of elements of the result.
  public func select(axis: Int, _ index: Int) -> Tensor {
    checkAxis(axis)
    require(
      shape[axis] > 0 && index >= 0 && index < shape[axis],
      "index \(index) is outside axis \(axis) of shape \(shape)")
    var newShape = shape
    newShape.remove(at: axis)
    return Tensor(shape: newShape, values: slice(axis: axis, index..<(index + 1)).values)
  }

  /// Tensors of equal shape next to each other along a new axis.
  ///
  /// Sequences of shape [time, features] become a batch of shape [batch, time, features].
  /// - Precondition: There is at least one tensor; all have the same shape; 0 <= axis <= rank.
  public static func stacked(_ tensors: [Tensor], axis: Int = 0) -> Tensor {
    guard let first = tensors.first else { fatalError("there is nothing to stack") }
    require(
      axis >= 0 && axis <= first.rank, "axis \(axis) is not one of 0...\(first.rank)")
    var shape = first.shape
    shape.insert(1, at: axis)
    for tensor in tensors {
      require(
        tensor.shape == first.shape, "cannot stack shapes \(first.shape) and \(tensor.shape)")
    }
    return concatenated(tensors.map { $0.reshaped(shape) }, axis: axis)
  }

  /// Tensors one after the other along an axis they have.
  ///
  /// - Precondition: There is at least one tensor; all have the same shape but for `axis`.
  /// - Complexity: O(*n*), *n* being the number of elements of the result.
  public static func concatenated(_ tensors: [Tensor], axis: Int = 0) -> Tensor {
    guard let first = tensors.first else { fatalError("there is nothing to concatenate") }
    first.checkAxis(axis)
    var shape = first.shape
    shape[axis] = 0
    for tensor in tensors {
      var others = tensor.shape
      require(others.count == first.rank, "cannot join shapes \(first.shape) and \(others)")
      shape[axis] += others[axis]
      others[axis] = first.shape[axis]
      require(others == first.shape, "cannot join shapes \(first.shape) and \(tensor.shape)")
    }
    var result: [Float] = []
    result.reserveCapacity(elementCount(of: shape))
    for block in 0..<first.split(at: axis).outer {
      for tensor in tensors {
        let (_, length, inner) = tensor.split(at: axis)
        let run = length * inner
        result += tensor.values[(block * run)..<((block + 1) * run)]
      }
    }
    return Tensor(shape: shape, values: result)
  }

  /// The position of an element in `values`.
  func offset(of index: [Int]) -> Int {
    require(
      index.count == rank, "a tensor of shape \(shape) needs \(rank) indices, not \(index.count)")
    var offset = 0
    for (axis, i) in index.enumerated() {
      require(
        i >= 0 && i < shape[axis], "index \(i) is outside axis \(axis) of shape \(shape)")
      offset = offset * shape[axis] + i
    }
    return offset
  }

  /// The indices, one per axis, of a position in an array of the given shape.
  package static func indices(of offset: Int, in shape: [Int]) -> [Int] {
    var rest = offset
    var result = [Int](repeating: 0, count: shape.count)
    for axis in shape.indices.reversed() {
      result[axis] = rest % shape[axis]
      rest /= shape[axis]
    }
    return result
  }

  /// The shape seen from one axis: [outer, length, inner].
  func split(at axis: Int) -> (outer: Int, length: Int, inner: Int) {
    checkAxis(axis)
    return (
      shape[..<axis].reduce(1, *), shape[axis], shape[(axis + 1)...].reduce(1, *)
    )
  }

  func checkAxis(_ axis: Int) {
    require(axis >= 0 && axis < rank, "shape \(shape) has no axis \(axis)")
  }

  private func checkRange(_ range: Range<Int>, axis: Int) {
    require(
      range.lowerBound >= 0 && range.upperBound <= shape[axis],
      "the range \(range) is outside axis \(axis) of shape \(shape)")
  }
}
