extension Tensor {
  /// A tensor of the same shape with `transform` applied to every element.
  public func map(_ transform: (Float) throws -> Float) rethrows -> Tensor {
    Tensor(shape: shape, values: try values.map(transform))
  }

  /// Two tensors of one shape combined element by element.
  ///
  /// - Precondition: The shapes are equal; nothing is broadcast.
  public func combining(
    _ other: Tensor, _ combine: (Float, Float) throws -> Float
  ) rethrows -> Tensor {
    checkSameShape(other)
    var result: [Float] = []
    result.reserveCapacity(count)
    for i in 0..<count { result.append(try combine(values[i], other.values[i])) }
    return Tensor(shape: shape, values: result)
  }

  /// The sum of all elements, added in double precision; 0 for an empty tensor.
  public var sum: Float { Float(doubleSum) }

  /// The mean of all elements, added in double precision; NaN for an empty tensor.
  public var mean: Float { Float(doubleSum / Double(count)) }

  /// The smallest element, NaN if there is a NaN, nil for an empty tensor.
  public var min: Float? { extreme { $0 < $1 } }

  /// The largest element, NaN if there is a NaN, nil for an empty tensor.
  public var max: Float? { extreme { $0 > $1 } }

  /// Whether no element is infinite or NaN.
  public var allFinite: Bool { withUnsafeBuffer { firstNonFiniteIndex(in: $0) == nil } }

  /// The first element that is infinite or NaN, with its index per axis; nil if all are finite.
  ///
  /// - Complexity: O(`count`).
  public func firstNonFinite() -> (indices: [Int], value: Float)? {
    withUnsafeBuffer { firstNonFiniteIndex(in: $0) }.map {
      (Tensor.indices(of: $0, in: shape), values[$0])
    }
  }

  /// The largest |a - b| over all elements; 0 for empty tensors.
  ///
  /// Equal elements differ by 0, infinite ones too; if a NaN is on either side, the result is NaN.
  /// - Precondition: The shapes are equal.
  public func maxAbsDifference(to other: Tensor) -> Float {
    checkSameShape(other)
    var largest: Float = 0
    for i in 0..<count where values[i] != other.values[i] {
      let difference = abs(values[i] - other.values[i])
      if difference.isNaN { return .nan }
      if difference > largest { largest = difference }
    }
    return largest
  }

  /// Whether |a - b| <= absolute + relative · |b| for every element, b being those of `other`.
  ///
  /// Equal infinities are close; NaN is close to nothing. Tensors of different shape are not close.
  public func isClose(
    to other: Tensor, relative: Float = 1e-5, absolute: Float = 1e-8
  ) -> Bool {
    guard shape == other.shape else { return false }
    for i in 0..<count {
      let a = values[i]
      let b = other.values[i]
      if a == b { continue }
      guard a.isFinite, b.isFinite, abs(a - b) <= absolute + relative * abs(b) else { return false }
    }
    return true
  }

  /// 1 where the elements are equal, 0 elsewhere.
  public static func .== (a: Tensor, b: Tensor) -> Tensor { a.comparing(b, ==) }
  /// 1 where the elements differ, 0 elsewhere.
  public static func .!= (a: Tensor, b: Tensor) -> Tensor { a.comparing(b, !=) }
  /// 1 where the left element is smaller, 0 elsewhere.
  public static func .< (a: Tensor, b: Tensor) -> Tensor { a.comparing(b, <) }
  /// 1 where the left element is smaller or equal, 0 elsewhere.
  public static func .<= (a: Tensor, b: Tensor) -> Tensor { a.comparing(b, <=) }
  /// 1 where the left element is larger, 0 elsewhere.
  public static func .> (a: Tensor, b: Tensor) -> Tensor { a.comparing(b, >) }
  /// 1 where the left element is larger or equal, 0 elsewhere.
  public static func .>= (a: Tensor, b: Tensor) -> Tensor { a.comparing(b, >=) }

  /// 1 where the element equals `b`, 0 elsewhere.
  public static func .== (a: Tensor, b: Float) -> Tensor { a.map { $0 == b ? 1 : 0 } }
  /// 1 where the element differs from `b`, 0 elsewhere.
  public static func .!= (a: Tensor, b: Float) -> Tensor { a.map { $0 != b ? 1 : 0 } }
  /// 1 where the element is smaller than `b`, 0 elsewhere.
  public static func .< (a: Tensor, b: Float) -> Tensor { a.map { $0 < b ? 1 : 0 } }
  /// 1 where the element is at most `b`, 0 elsewhere.
  public static func .<= (a: Tensor, b: Float) -> Tensor { a.map { $0 <= b ? 1 : 0 } }
  /// 1 where the element is larger than `b`, 0 elsewhere.
  public static func .> (a: Tensor, b: Float) -> Tensor { a.map { $0 > b ? 1 : 0 } }
  /// 1 where the element is at least `b`, 0 elsewhere.
  public static func .>= (a: Tensor, b: Float) -> Tensor { a.map { $0 >= b ? 1 : 0 } }

  private func comparing(_ other: Tensor, _ holds: (Float, Float) -> Bool) -> Tensor {
    combining(other) { holds($0, $1) ? 1 : 0 }
  }

  private var doubleSum: Double { values.reduce(0.0) { $0 + Double($1) } }

  private func extreme(_ isBetter: (Float, Float) -> Bool) -> Float? {
    guard var best = values.first else { return nil }
    for value in values {
      if value.isNaN { return value }
      if isBetter(value, best) { best = value }
    }
    return best
  }

  private func checkSameShape(_ other: Tensor) {
    require(shape == other.shape, "the shapes \(shape) and \(other.shape) differ")
  }
}
