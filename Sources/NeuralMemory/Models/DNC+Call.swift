import WorkerPool

extension DNC {
  /// What a call returns.
  public struct Output: Sendable {
    /// [batch, time, outputSize], or [time, batch, outputSize] if the model is not batch-first. Zero past the end of a sequence.
    public var output: Tensor
    /// The state after the last step of each sequence.
    public var state: State
    /// With `configuration.debug`, what the memory did to batch element 0: tables with one row per layer and time step (row `t · layers + l`), under the Python
    /// package's keys `memory` (N·W columns), `link_matrix` (N·N), `precedence` (N), `read_weights` (R·N), `write_weights` (N), `usage_vector` (N).
    public var trace: [String: Tensor]?
  }

  /// Runs sequences through the network.
  ///
  /// Saves nothing for a backward pass; its memory use does not grow with the number of steps beyond the output.
  ///
  /// - Parameters:
  ///   - input: [batch, time, inputSize], or [time, batch, inputSize] if the model is not batch-first.
  ///   - state: where to go on from; nil: zero. Unchanged by the call.
  ///   - lengths: steps of each sequence, from 0 to time; nil: all. Past its end an element's state freezes, and what stands in the input is ignored.
  ///   - resetExperience: empties the memories first; controller states and last reads are kept.
  ///   - passThroughMemory: without it the memories take no step and the reads are zero.
  ///   - workers: number of threads; nil: all processors. The results do not depend on it.
  /// - Complexity: O(batch · time · (N² R + N W R + parameters)).
  public func callAsFunction(
    _ input: Tensor, state: State? = nil, lengths: [Int]? = nil, resetExperience: Bool = false,
    passThroughMemory: Bool = true, workers: Int? = nil
  ) -> Output {
    let shape = CallShape(self, input, lengths)
    var start = state
    if resetExperience { start?.resetExperience() }
    return infer(
      input, shape, &start, passThroughMemory: passThroughMemory, workers: workers)
  }

  /// Runs one step: the streaming form of a call, with the same numbers.
  ///
  /// - Parameters:
  ///   - input: [batch, inputSize].
  ///   - state: is replaced by the state after the step; the memories are changed in place if nothing else holds them.
  ///   - passThroughMemory: without it the memories take no step and the reads are zero.
  /// - Returns: [batch, outputSize].
  /// - Complexity: O(batch · (N² R + N W R + parameters)).
  public func step(_ input: Tensor, state: inout State, passThroughMemory: Bool = true) -> Tensor {
    precondition(
      input.rank == 2 && input.shape[1] == inputSize,
      "one step's input has shape [batch, \(inputSize)], not \(input.shape)")
    let batch = input.shape[0]
    let sequence = input.reshaped(
      configuration.batchFirst ? [batch, 1, inputSize] : [1, batch, inputSize])
    // swapped, not copied: whoever holds them alone may change them in place
    var start: State? = state
    start!.memories = []
    swap(&start!.memories, &state.memories)
    let result = infer(
      sequence, CallShape(self, sequence, nil), &start, passThroughMemory: passThroughMemory,
      workers: nil)
    state = result.state
    return result.output.reshaped([batch, outputSize])
  }

  public func evaluate(_ input: Tensor, lengths: [Int]?) -> Tensor {
    if configuration.batchFirst { return self(input, lengths: lengths).output }
    return self(input.transposed([1, 0, 2]), lengths: lengths).output.transposed([1, 0, 2])
  }

  /// Steps of a run without records that share one product for input and output.
  private static let window = 16

  /// - Parameter state: loses its memories: they become those of the new state, changed in place unless someone else holds them too.
  private func infer(
    _ input: Tensor, _ shape: CallShape, _ state: inout State?, passThroughMemory: Bool,
    workers: Int?
  ) -> Output {
    let plan = engine.plan
    let batch = shape.batch
    if let state { plan.check(state, batch: batch, dense: engine.dense, "the state") }
    var memories: [DenseMemoryState] = []
    if state == nil {
      memories = (0..<plan.memories).map { _ in
        DenseMemoryState(batch: batch, layout: engine.dense)
      }
    } else {
      swap(&memories, &state!.memories)
    }
    let controllers = state
    for index in memories.indices { engine.updateNorms(&memories[index]) }
    let writer = DNCStateWriter(plan, batch: batch, memories: &memories)

    let weights = engine.pack(parameters)
    let ranges = CPUEngine.ranges(batch, parts: workers ?? WorkerPool.shared.workers)
    let window = max(1, min(shape.steps, DNC.window))
    let runners = ranges.map {
      engine.borrow(items: $0.count, steps: window, recording: false, weights: weights)
    }
    let tracer = configuration.debug ? DenseTracer(engine.dense) : nil
    var output = Tensor(shape: shape.outputShape)
    input.withUnsafeBuffer { values in
      output.withUnsafeMutableBuffer { target in
        nonisolated(unsafe) let source = shape.inputView(values)
        nonisolated(unsafe) let out = target.baseAddress
        nonisolated(unsafe) let runners = runners
        nonisolated(unsafe) let tracer = tracer
        let dense = engine.dense
        CPUEngine.run(ranges.count) { index in
          let range = ranges[index]
          let runner = runners[index]
          runner.begin(
            firstItem: range.lowerBound, items: range.count, lengths: Array(shape.lengths[range]),
            passThroughMemory: passThroughMemory)
          runner.load(controllers)
          for (unit, memory) in zip(runner.units, writer.memories) {
            unit.begin(items: range.count, start: memory + range.lowerBound * dense.stateCount)
          }
          if range.contains(0) { runner.tracer = tracer }
          var done = 0
          while done < shape.steps {
            let steps = min(window, shape.steps - done)
            if done > 0 { runner.advance() }
            runner.forward(source!, steps: steps)
            runner.copyOutput { item, step in
              out! + shape.outputRow(range.lowerBound + item, done + step)
            }
            done += steps
          }
          runner.store(into: writer)
        }
      }
    }
    engine.giveBack(runners)
    return Output(output: output, state: writer.state, trace: tracer?.trace)
  }
}

/// Sizes of one call, checked.
struct CallShape: Sendable {
  let batch: Int
  let steps: Int
  let lengths: [Int]
  let inputSize: Int
  let outputSize: Int
  let batchFirst: Bool

  init(_ model: DNC, _ input: Tensor, _ lengths: [Int]?) {
    self.init(
      input, lengths, inputSize: model.inputSize, outputSize: model.outputSize,
      batchFirst: model.configuration.batchFirst)
  }

  init(_ input: Tensor, _ lengths: [Int]?, inputSize: Int, outputSize: Int, batchFirst: Bool) {
    precondition(
      input.rank == 3 && input.shape[2] == inputSize,
      "the input has shape [\(batchFirst ? "batch, time" : "time, batch"), \(inputSize)], not \(input.shape)"
    )
    let batch = input.shape[batchFirst ? 0 : 1]
    let steps = input.shape[batchFirst ? 1 : 0]
    if let lengths {
      precondition(
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

  var outputShape: [Int] { batchFirst ? [batch, steps, outputSize] : [steps, batch, outputSize] }

  func outputRow(_ item: Int, _ step: Int) -> Int { row(item, step) * outputSize }
  func inputRow(_ item: Int, _ step: Int) -> Int { row(item, step) * inputSize }
  private func row(_ item: Int, _ step: Int) -> Int {
    batchFirst ? item * steps + step : step * batch + item
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
