import Foundation
import VectorKernels
import WorkerPool

extension DNC {
  /// What the backward pass of a call gives.
  public struct Gradients: Sendable {
    /// Of the parameters, in their layout.
    public var parameters: ParameterStore
    /// Of the input, in its shape.
    public var input: Tensor
    /// Of the state that the call started with.
    public var initialState: State
  }

  /// The backward pass of one call. May be called any number of times, from any thread.
  ///
  /// Holds what the forward pass recorded, O(batch · time · N · (N + W + R)) numbers, until it is released.
  public final class Pullback: @unchecked Sendable {
    private let engine: CPUEngine
    private let shape: CallShape
    private let ranges: [Range<Int>]
    private let runners: [ShardRunner]
    // The records begin at its memories.
    private let start: State?
    private let resetsMemory: Bool
    private let lock = NSLock()

    fileprivate init(
      _ engine: CPUEngine, _ shape: CallShape, _ ranges: [Range<Int>], _ runners: [ShardRunner],
      start: State?, resetsMemory: Bool
    ) {
      self.engine = engine
      self.shape = shape
      self.ranges = ranges
      self.runners = runners
      self.start = start
      self.resetsMemory = resetsMemory
    }

    deinit { engine.giveBack(runners) }

    /// From the gradient of the output, and of the final state if wanted, to those of parameters, input and initial state.
    ///
    /// - Parameters:
    ///   - output: in the output's shape; ignored past the end of a sequence.
    ///   - state: gradient of the call's final state; nil: zero.
    public func callAsFunction(_ output: Tensor, state: State? = nil) -> Gradients {
      precondition(
        output.shape == shape.outputShape,
        "the output's gradient has shape \(shape.outputShape), not \(output.shape)")
      let plan = engine.plan
      if let state {
        plan.check(state, batch: shape.batch, dense: engine.dense, "the state's gradient")
      }
      lock.lock()
      defer { lock.unlock() }
      var input = Tensor(
        shape: shape.batchFirst
          ? [shape.batch, shape.steps, shape.inputSize]
          : [shape.steps, shape.batch, shape.inputSize])
      var memories = (0..<plan.memories).map { _ in
        DenseMemoryState(batch: shape.batch, layout: engine.dense)
      }
      let writer = DNCStateWriter(plan, batch: shape.batch, memories: &memories)
      output.withUnsafeBuffer { values in
        input.withUnsafeMutableBuffer { target in
          nonisolated(unsafe) let view = shape.outputView(values)
          nonisolated(unsafe) let dinput = target.baseAddress
          CPUEngine.run(ranges.count) { [self] index in
            let runner = runners[index]
            runner.beginBackward()
            if let state { runner.loadGradient(state) }
            if shape.steps > 0 && shape.batch > 0 {
              runner.backward(view!)
              runner.inputGradient { item, step in
                dinput! + shape.inputRow(ranges[index].lowerBound + item, step)
              }
            }
            runner.storeGradient(into: writer)
            runner.clearParameterGradient()
            if shape.steps > 0 { runner.addParameterGradients(layout: engine.layout) }
          }
        }
      }
      var initialState = writer.state
      if resetsMemory { initialState.resetExperience() }
      var parameters = ParameterStore(layout: engine.layout)
      CPUEngine.sumParameterGradients(of: runners, into: &parameters)
      return Gradients(parameters: parameters, input: input, initialState: initialState)
    }
  }

  /// Runs sequences through the network and keeps what the way back needs.
  ///
  /// Parameters as in a plain call; besides:
  /// - Parameter dropoutSeed: draws dropout's masks; nil: no dropout.
  /// - Returns: the output and a function that takes its gradient back.
  public func callWithPullback(
    _ input: Tensor, state: State? = nil, lengths: [Int]? = nil, resetExperience: Bool = false,
    passThroughMemory: Bool = true, dropoutSeed: UInt64? = nil, workers: Int? = nil
  ) -> (output: Output, pullback: Pullback) {
    let shape = CallShape(self, input, lengths)
    let plan = engine.plan
    var start = state
    if let state { plan.check(state, batch: shape.batch, dense: engine.dense, "the state") }
    if resetExperience { start?.resetExperience() }
    if start != nil {
      for index in start!.memories.indices { engine.updateNorms(&start!.memories[index]) }
    }
    let weights = engine.pack(parameters)
    let ranges = CPUEngine.ranges(shape.batch, parts: workers ?? WorkerPool.shared.workers)
    let runners = ranges.map {
      engine.borrow(
        items: $0.count, steps: max(1, shape.steps), recording: true, weights: weights)
    }
    var memories = (0..<plan.memories).map { _ in
      DenseMemoryState(batch: shape.batch, layout: engine.dense, zeroed: false)
    }
    let writer = DNCStateWriter(plan, batch: shape.batch, memories: &memories)
    let tracer = configuration.debug ? DenseTracer(engine.dense) : nil
    var output = Tensor(shape: shape.outputShape)
    input.withUnsafeBuffer { values in
      output.withUnsafeMutableBuffer { target in
        nonisolated(unsafe) let source = shape.inputView(values)
        nonisolated(unsafe) let out = target.baseAddress
        nonisolated(unsafe) let runners = runners
        nonisolated(unsafe) let tracer = tracer
        let start = start
        let dense = engine.dense
        CPUEngine.run(ranges.count) { index in
          let range = ranges[index]
          let runner = runners[index]
          runner.begin(
            firstItem: range.lowerBound, items: range.count, lengths: Array(shape.lengths[range]),
            passThroughMemory: passThroughMemory)
          runner.dropoutSeed = plan.dropout > 0 ? dropoutSeed : nil
          runner.load(start)
          for (number, unit) in runner.units.enumerated() {
            if let start {
              unit.begin(
                items: range.count,
                start: start.memories[number].storage.base
                  + range.lowerBound * dense.stateCount)
            } else {
              unit.beginEmpty(items: range.count)
            }
          }
          if range.contains(0) { runner.tracer = tracer }
          if shape.steps > 0 && !range.isEmpty {
            runner.forward(source!, steps: shape.steps)
            runner.copyOutput { item, step in
              out! + shape.outputRow(range.lowerBound + item, step)
            }
          }
          runner.store(into: writer)
          for (unit, memory) in zip(runner.units, writer.memories) {
            for item in 0..<range.count {
              (memory + (range.lowerBound + item) * dense.stateCount).update(
                from: unit.state(runner.accesses(item), item), count: dense.stateCount)
            }
          }
        }
      }
    }
    var state = writer.state
    for index in state.memories.indices { state.memories[index].normsOf = engine.dialect }
    return (
      Output(output: output, state: state, trace: tracer?.trace),
      Pullback(
        engine, shape, ranges, runners, start: start, resetsMemory: resetExperience)
    )
  }

  /// The value of a loss and its gradients.
  ///
  /// Parameters as in `callWithPullback`; besides:
  /// - Parameter loss: gets the output, returns the loss and its gradient in the output's shape.
  /// - Returns: the loss and the gradients of parameters, input and initial state.
  public func valueAndGradient<Value>(
    _ input: Tensor, state: State? = nil, lengths: [Int]? = nil, resetExperience: Bool = false,
    passThroughMemory: Bool = true, dropoutSeed: UInt64? = nil, workers: Int? = nil,
    loss: (Output) throws -> (value: Value, gradient: Tensor)
  ) rethrows -> (value: Value, gradients: Gradients) {
    let (output, pullback) = callWithPullback(
      input, state: state, lengths: lengths, resetExperience: resetExperience,
      passThroughMemory: passThroughMemory, dropoutSeed: dropoutSeed, workers: workers)
    let (value, gradient) = try loss(output)
    return (value, pullback(gradient))
  }
}
