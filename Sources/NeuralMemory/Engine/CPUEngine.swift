import Foundation
import VectorKernels
import WorkerPool

/// Runs one network's calls on the processor: packs its parameters, cuts the batch into shards, and keeps the shards' working memory for the next call.
///
/// Copies of a model share an engine; calls from several threads get working memory of their own.
final class CPUEngine<Unit: MemoryUnit>: NetworkEngine<Unit.Memory>, @unchecked Sendable {
  typealias Memory = Unit.Memory

  let memory: Unit.Plan
  let kernels: vk_table

  private let lock = NSLock()
  // Guarded by the lock.
  private var packed: PackedNetwork?
  private var idle: [ShardRunner<Unit>] = []

  init(_ configuration: NetworkConfiguration) {
    memory = Unit.Plan(configuration)
    kernels = vk_active().pointee
    super.init(plan: NetworkPlan(configuration, interface: memory.interface))
    vk_blas_single_thread()
  }

  override func initialState(batch: Int) -> NetworkState<Memory> {
    plan.initialState(batch: batch) { _ in Unit.empty(memory, batch: batch) }
  }

  override func infer(
    _ input: Tensor, _ shape: CallShape, _ controllers: NetworkState<Memory>?,
    memories: inout [Memory], _ parameters: ParameterStore, _ options: CallOptions
  ) -> NetworkOutput<Memory> {
    runInference(input, shape, controllers, memories: &memories, parameters, options)
  }

  override func step(
    _ input: Tensor, state: inout NetworkState<Memory>, _ parameters: ParameterStore,
    passThroughMemory: Bool, into output: inout Tensor
  ) {
    runStep(
      input, state: &state, parameters, passThroughMemory: passThroughMemory, into: &output)
  }

  override func record(
    _ input: Tensor, _ shape: CallShape, _ state: NetworkState<Memory>?, resetsMemory: Bool,
    _ parameters: ParameterStore, _ options: CallOptions
  ) -> (output: NetworkOutput<Memory>, pullback: NetworkPullback<Memory>) {
    runRecording(input, shape, state, resetsMemory: resetsMemory, parameters, options)
  }

  override func lossAndGradient(
    _ input: Tensor, _ shape: CallShape, _ parameters: ParameterStore, dropoutSeed: UInt64?,
    workers: Int?, into gradient: inout ParameterStore,
    loss: @Sendable (_ items: Range<Int>, _ output: Tensor, _ gradient: inout Tensor) -> Double
  ) -> Double {
    runTraining(
      input, shape, parameters, dropoutSeed: dropoutSeed, workers: workers, into: &gradient,
      loss: loss)
  }

  /// Stops the program if a state does not belong to this network and batch.
  func check(_ state: NetworkState<Memory>, batch: Int, _ what: String) {
    plan.check(state, batch: batch, what)
    require(
      state.memories.count == plan.memories,
      "\(what) must have \(plan.memories) memories, not \(state.memories.count)")
    for part in state.memories { Unit.check(part, memory, batch: batch, what) }
  }

  /// The parameters in the engine's order. Packed anew only if they have changed, and into the same memory if nobody is using it.
  func pack(_ parameters: ParameterStore, workers: Int?) -> PackedNetwork {
    lock.lock()
    if let current = packed, current.version == parameters.version {
      lock.unlock()
      return current
    }
    var taken = packed
    packed = nil
    for runner in idle { runner.weights = nil }
    lock.unlock()
    if taken == nil || !isKnownUniquelyReferenced(&taken) { taken = PackedNetwork(plan) }
    let fresh = taken!
    fresh.pack(parameters, workers: workers)
    lock.lock()
    packed = fresh
    lock.unlock()
    return fresh
  }

  /// Working memory for a shard of `items` elements over `steps` steps, kept from an earlier call if one fits.
  func borrow(
    items: Int, steps: Int, recording: Bool, weights: PackedNetwork
  ) -> ShardRunner<Unit> {
    lock.lock()
    // By hand, and the latest stands last: the library's searches and insertions may allocate, and a step must not.
    var runner: ShardRunner<Unit>?
    for index in stride(from: idle.count - 1, through: 0, by: -1)
    where idle[index].recording == recording && idle[index].fits(items: items, steps: steps) {
      runner = idle.remove(at: index)
      break
    }
    lock.unlock()
    if let runner {
      runner.weights = weights
      return runner
    }
    return ShardRunner(
      plan: plan, memory: memory, weights: weights, kernels: kernels, items: items, steps: steps,
      recording: recording)
  }

  /// Takes working memory back. The latest few are kept.
  func giveBack(_ runners: [ShardRunner<Unit>]) {
    for runner in runners.reversed() { giveBack(runner, of: runners.count) }
  }

  /// Takes one of `count` shards' working memory back. Allocates nothing once there is some.
  func giveBack(_ runner: ShardRunner<Unit>, of count: Int) {
    runner.tracer = nil
    for unit in runner.units { unit.release() }
    lock.lock()
    idle.append(runner)
    // what an older, smaller one could do a newer one can too
    while idle.count > 2 * count + 2 { idle.remove(at: 0) }
    lock.unlock()
  }
}

/// How work is shared.
enum Sharding {
  /// Cuts `count` elements into at most `parts` ranges of nearly equal length.
  static func ranges(_ count: Int, parts: Int) -> [Range<Int>] {
    let parts = max(1, min(parts, count))
    return (0..<parts).map { count * $0 / parts..<count * ($0 + 1) / parts }
  }

  /// The shards' parameter gradients, added in their order. That of one shard is copied on the calling thread.
  static func sumParameterGradients<Unit>(
    of runners: [ShardRunner<Unit>], into total: inout ParameterStore
  ) {
    total.withUnsafeMutableValues { values in
      nonisolated(unsafe) let values = values
      nonisolated(unsafe) let runners = runners
      let add: @Sendable (Range<Int>) -> Void = { range in
        let target = values.baseAddress! + range.lowerBound
        for (index, runner) in runners.enumerated() {
          let source = runner.gradients!.parameters.base + range.lowerBound
          if index == 0 {
            target.update(from: source, count: range.count)
          } else {
            runner.kernels.axpy(target, 1, source, range.count)
          }
        }
      }
      if runners.count == 1 { return add(0..<values.count) }
      WorkerPool.shared.runOnParts(of: values.count, add)
    }
  }

  /// Before and after work on the calling thread, which is done with tiny numbers flushed to zero.
  static func begin() -> UInt64 { vk_flush_denormals_begin() }
  static func end(_ saved: UInt64) { vk_flush_denormals_end(saved) }

  /// Calls code of the user's within such work, with tiny numbers kept as it is used to.
  static func keepingTinyNumbers<Result>(_ body: () -> Result) -> Result {
    let saved = vk_flush_denormals_pause()
    defer { vk_flush_denormals_end(saved) }
    return body()
  }

  /// Calls `body` once for each shard, on the workers' threads, with tiny numbers flushed to zero.
  static func run(_ shards: Int, _ body: @Sendable (Int) -> Void) {
    @Sendable func guarded(_ shard: Int) {
      let saved = begin()
      defer { end(saved) }
      body(shard)
    }
    if shards == 1 { return guarded(0) }
    WorkerPool.shared.run(shards: shards) { guarded($0) }
  }
}
