import NeuralMemory

/// The index of every element of a shape, in row-major order.
public func allIndices(_ shape: [Int]) -> [[Int]] {
  shape.reduce([[]]) { prefixes, length in
    prefixes.flatMap { prefix in (0..<length).map { prefix + [$0] } }
  }
}

/// The element at an index, found by plain multiplication.
public func naiveElement(_ tensor: Tensor, _ index: [Int]) -> Float {
  var position = 0
  var stride = 1
  for axis in tensor.shape.indices.reversed() {
    position += index[axis] * stride
    stride *= tensor.shape[axis]
  }
  return tensor.values[position]
}

/// A tensor of a random shape of rank 1 to 5, some dimensions zero, its elements 0, 1, 2, ...
public func randomTensor(_ random: inout RandomNumbers, smallest: Int = 0) -> Tensor {
  let shape = (0..<random.integer(in: 1...5)).map { _ in random.integer(in: smallest...4) }
  return Tensor(shape: shape, values: (0..<shape.reduce(1, *)).map { Float($0) })
}
