import MemoryTraining
import NeuralMemory

/// Values `[elements, steps, channels]` while a batch is filled, one row per time step.
struct BatchRows {
  let elements: Int
  let steps: Int
  let channels: Int
  private(set) var values: [Float]

  init(elements: Int, steps: Int, channels: Int) {
    (self.elements, self.steps, self.channels) = (elements, steps, channels)
    values = [Float](repeating: 0, count: elements * steps * channels)
  }

  subscript(item: Int, step: Int, channel: Int) -> Float {
    get { values[(item * steps + step) * channels + channel] }
    set { values[(item * steps + step) * channels + channel] = newValue }
  }

  /// Puts values into the first channels of a row.
  mutating func put(_ row: [Float], item: Int, step: Int) {
    let start = (item * steps + step) * channels
    for (channel, value) in row.enumerated() { values[start + channel] = value }
  }

  var tensor: Tensor { Tensor(shape: [elements, steps, channels], values: values) }
  /// Rows of one channel as a mask `[elements, steps]`.
  var stepMask: Tensor { tensor.reshaped([elements, steps]) }
}

extension TaskBatch {
  /// A batch of bits whose mask, of one channel, says at which time steps there is an answer.
  init(input: BatchRows, target: BatchRows, mask: BatchRows, lengths: [Int]? = nil, loss: any Loss)
  {
    let steps = mask.stepMask
    self.init(
      input: input.tensor, target: target.tensor, mask: steps, lengths: lengths,
      lossWeight: loss.weight(
        ofOutput: [target.elements, target.steps, target.channels], mask: steps))
  }
}

extension RandomNumbers {
  /// Fair bits, each 0 or 1.
  mutating func bits(_ count: Int) -> [Float] { (0..<count).map { _ in bit() ? 1 : 0 } }

  /// The numbers in a random order, all orders equally likely (Fisher and Yates). Unlike the
  /// standard library's, it stays the same from one version to the next.
  mutating func shuffled<T>(_ elements: [T]) -> [T] {
    var elements = elements
    for i in stride(from: elements.count - 1, to: 0, by: -1) {
      elements.swapAt(i, integer(in: 0...i))
    }
    return elements
  }

  /// `count` different numbers from `0 ..< bound` in random order.
  ///
  /// Complexity: O(`count`) for few numbers out of many, O(`bound`) else.
  mutating func distinct(_ count: Int, below bound: Int) -> [Int] {
    if 2 * count > bound { return Array(shuffled(Array(0..<bound)).prefix(count)) }
    var seen: Set<Int> = []
    var numbers: [Int] = []
    while numbers.count < count {
      let number = integer(in: 0...bound - 1)
      if seen.insert(number).inserted { numbers.append(number) }
    }
    return numbers
  }

  /// One of the elements, all equally likely.
  mutating func pick<T>(_ elements: [T]) -> T { elements[integer(in: 0...elements.count - 1)] }
}
