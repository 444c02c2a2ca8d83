import VectorKernels

// With `recomputeEvery` the memories keep the records of one segment of steps, after the forward pass those of the last one. The way back computes
// the memories' steps of the others anew, segment by segment, from the memory at the segment's start. The controllers' records stay: they are small, and
// the weight gradients are one product over all of them, whose bits would not survive being cut.
extension ShardRunner {
  /// Number of the segment that a step belongs to.
  func segment(of step: Int) -> Int {
    plan.recomputeEvery == 0 ? 0 : max(0, step) / plan.recomputeEvery
  }

  /// Sees to it that the memories hold the records of a step.
  func restoreRecords(of step: Int) {
    let segment = segment(of: step)
    guard segment != recordedSegment else { return }
    recordedSegment = segment
    guard passThroughMemory else { return }
    tracer = nil
    let first = segment * plan.recomputeEvery
    for step in first..<min(steps, first + plan.recomputeEvery) {
      // the same interface from the same h; the reads that this writes stand there already
      for layer in 0..<plan.layers { accessMemory(layer, step) }
    }
  }

  /// Bytes that grow with the number of steps: what is recorded, and the gradients that the parameters' are made of.
  var recordedBytes: Int {
    var buffers = joint + carried + gates + masks.compactMap { $0 } + [top, output]
    if let gradients {
      buffers += gradients.gates + gradients.interface + [gradients.output, gradients.top]
    }
    return buffers.reduce(0) { $0 + $1.count } * MemoryLayout<Float>.stride
      + units.reduce(0) { $0 + $1.recordedBytes }
  }
}
