/// The position of the first infinite or NaN value, or nil if all are finite.
///
/// Looks at 16 values at a time: the search runs over every gradient of every training step.
func firstNonFiniteIndex(in buffer: UnsafeBufferPointer<Float>) -> Int? {
  guard let base = buffer.baseAddress else { return nil }
  let raw = UnsafeRawPointer(base)
  let exponent = SIMD16<UInt32>(repeating: 0x7f80_0000)
  let whole = buffer.count & ~15
  var start = 0
  while start < whole {
    let bits = raw.loadUnaligned(fromByteOffset: start * 4, as: SIMD16<UInt32>.self)
    if any((bits & exponent) .== exponent) { break }
    start += 16
  }
  return (start..<buffer.count).first { !buffer[$0].isFinite }
}

/// The sum of the squares, in double precision, in a fixed order of additions.
func sumOfSquares(_ buffer: UnsafeBufferPointer<Float>) -> Double {
  guard let base = buffer.baseAddress else { return 0 }
  let raw = UnsafeRawPointer(base)
  let whole = buffer.count & ~7
  var lanes = SIMD8<Double>.zero
  var start = 0
  while start < whole {
    let part = SIMD8<Double>(raw.loadUnaligned(fromByteOffset: start * 4, as: SIMD8<Float>.self))
    lanes += part * part
    start += 8
  }
  var sum = lanes.sum()
  for i in whole..<buffer.count {
    let value = Double(buffer[i])
    sum += value * value
  }
  return sum
}
