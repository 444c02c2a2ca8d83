import Foundation
import VectorKernels
import WorkerPool

/// Runs one network's calls on the processor: packs its parameters, cuts the batch into shards, and keeps the shards' working memory for the next call.
///
/// Copies of a model share an engine; calls from several threads get working memory of their own.
final class CPUEngine: @unchecked Sendable {
  let plan: NetworkPlan
  let dense: DenseLayout
  let interface: DenseInterface
  let dialect: Dialect
  let layout: ParameterLayout
  let kernels: vk_table

  private let lock = NSLock()
  // Guarded by the lock.
  private var packed: PackedNetwork?
  private var idle: [ShardRunner] = []

  init(_ configuration: DNCConfiguration) {
    dialect = configuration.dialect
    interface = DenseInterface(
      heads: configuration.readHeads, cellSize: configuration.cellSize, dialect: dialect)
    plan = NetworkPlan(configuration, interface: interface.layout)
    dense = DenseLayout(
      cells: configuration.nrCells, cellSize: configuration.cellSize,
      heads: configuration.readHeads)
    layout = plan.parameterLayout
    kernels = vk_active().pointee
    vk_blas_single_thread()
  }

  /// The parameters in the engine's order. Packed anew only if they have changed, and into the same memory if nobody is using it.
  func pack(_ parameters: ParameterStore) -> PackedNetwork {
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
    fresh.pack(parameters)
    lock.lock()
    packed = fresh
    lock.unlock()
    return fresh
  }

  /// Working memory for a shard of `items` elements over `steps` steps, kept from an earlier call if one fits.
  func borrow(items: Int, steps: Int, recording: Bool, weights: PackedNetwork) -> ShardRunner {
    lock.lock()
    let found = idle.firstIndex { $0.recording == recording && $0.fits(items: items, steps: steps) }
    let runner = found.map { idle.remove(at: $0) }
    lock.unlock()
    if let runner {
      runner.weights = weights
      return runner
    }
    return ShardRunner(
      plan: plan, dense: dense, interface: interface, dialect: dialect, weights: weights,
      kernels: kernels, items: items, steps: steps, recording: recording)
  }

  /// Takes working memory back. A few are kept, the latest first.
  func giveBack(_ runners: [ShardRunner]) {
    lock.lock()
    for runner in runners { runner.tracer = nil }
    idle.insert(contentsOf: runners, at: 0)
    // what an older, smaller one could do a newer one can too
    var kept: [ShardRunner] = []
    for runner in idle where kept.count < 2 * max(runners.count, 1) + 2 { kept.append(runner) }
    idle = kept
    lock.unlock()
  }

  /// Computes the norms that the lookups need, unless they are there.
  func updateNorms(_ memory: inout DenseMemoryState) {
    guard memory.normsOf != dialect else { return }
    let blocks = memory.uniqueBlocks()
    for item in 0..<memory.batch {
      let block = blocks + item * dense.stateCount
      kernels.memory_norms(
        block + dense.norm, block + dense.inverse, block + dense.memory,
        dialect == .nature ? DenseMemoryUnit.epsilon : 0, dense.w, dense.np)
    }
    memory.normsOf = dialect
  }

  /// Cuts `count` elements into at most `parts` ranges of nearly equal length.
  static func ranges(_ count: Int, parts: Int) -> [Range<Int>] {
    let parts = max(1, min(parts, count))
    return (0..<parts).map { count * $0 / parts..<count * ($0 + 1) / parts }
  }

  /// The shards' parameter gradients, added in their order.
  static func sumParameterGradients(of runners: [ShardRunner], into total: inout ParameterStore) {
    total.withUnsafeMutableValues { values in
      nonisolated(unsafe) let values = values
      nonisolated(unsafe) let runners = runners
      WorkerPool.shared.runOnParts(of: values.count) { range in
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
    }
  }

  /// Calls `body` once for each shard, on the workers' threads, with tiny numbers flushed to zero.
  static func run(_ shards: Int, _ body: @Sendable (Int) -> Void) {
    @Sendable func guarded(_ shard: Int) {
      let saved = vk_flush_denormals_begin()
      defer { vk_flush_denormals_end(saved) }
      body(shard)
    }
    if shards == 1 { return guarded(0) }
    WorkerPool.shared.run(shards: shards) { guarded($0) }
  }
}
