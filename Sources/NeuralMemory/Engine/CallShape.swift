/// Sizes of one call, checked.
struct CallShape: Sendable {
  let batch: Int
  let steps: Int
  let lengths: [Int]
  let inputSize: Int
  let outputSize: Int
  let batchFirst: Bool

  init(_ configuration: NetworkConfiguration, _ input: Tensor, _ lengths: [Int]?) {
    self.init(
      input, lengths, inputSize: configuration.inputSize, outputSize: configuration.outputs,
      batchFirst: configuration.batchFirst)
  }

  init(_ input: Tensor, _ lengths: [Int]?, inputSize: Int, outputSize: Int, batchFirst: Bool) {
    require(
      input.rank == 3 && input.shape[2] == inputSize,
      "the input has shape [\(batchFirst ? "batch, time" : "time, batch"), \(inputSize)], not \(input.shape)"
    )
    let batch = input.shape[batchFirst ? 0 : 1]
    let steps = input.shape[batchFirst ? 1 : 0]
    if let lengths {
      require(
        lengths.count == batch && lengths.allSatisfy { 0 <= $0 && $0 <= steps },
        "lengths must be \(batch) numbers from 0 to \(steps), not \(lengths)")
    }
    self.batch = batch
    self.steps = steps
    self.lengths = lengths ?? Array(repeating: steps, count: batch)
    self.inputSize = inputSize
    self.outputSize = outputSize
    self.batchFirst = batchFirst
  }

  var inputShape: [Int] { batchFirst ? [batch, steps, inputSize] : [steps, batch, inputSize] }
  var outputShape: [Int] { batchFirst ? [batch, steps, outputSize] : [steps, batch, outputSize] }

  func outputRow(_ element: Int, _ step: Int) -> Int { row(element, step) * outputSize }
  func inputRow(_ element: Int, _ step: Int) -> Int { row(element, step) * inputSize }
  private func row(_ element: Int, _ step: Int) -> Int {
    batchFirst ? element * steps + step : step * batch + element
  }

  func inputView(_ values: UnsafeBufferPointer<Float>) -> SequenceView? {
    view(values, inputSize)
  }

  func outputView(_ values: UnsafeBufferPointer<Float>) -> SequenceView? {
    view(values, outputSize)
  }

  private func view(_ values: UnsafeBufferPointer<Float>, _ features: Int) -> SequenceView? {
    values.baseAddress.map {
      SequenceView($0, batch: batch, steps: steps, features: features, batchFirst: batchFirst)
    }
  }
}
