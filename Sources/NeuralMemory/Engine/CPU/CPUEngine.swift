import Foundation
import VectorKernels
import WorkerPool

/// Runs one network's calls on the processor: packs its parameters, cuts the batch into shards, and
/// keeps the shards' working memory for the next call.
///
/// Copies of a network share an engine; calls from several threads get working memory of their own.
final class CPUEngine<M: Memory, Shard: MemoryShard>: Engine, @unchecked Sendable
where Shard.State == M.State {
  typealias Memory = M

  let plan: NetworkPlan
  let memory: Shard.Plan
  let kernels: UnsafePointer<vk_table>

  private let lock = NSLock()
  // Guarded by the lock.
  private var packed: PackedNetwork?
  private var idle: [ShardRunner<Shard>] = []

  init(_ configuration: NetworkConfiguration, _ memory: Shard.Plan) {
    self.memory = memory
    kernels = Kernels.active
    plan = NetworkPlan(configuration, interface: memory.interface)
    vk_blas_single_thread()
  }

  func initialState(batch: Int) -> NetworkState<M> {
    plan.initialState(batch: batch) { _ in Shard.empty(memory, batch: batch) }
  }

  /// Stops the program if a state does not belong to this network and batch.
  func check(_ state: NetworkState<M>, batch: Int, _ what: String) {
    plan.check(state, batch: batch, what)
    for part in state.memories { Shard.check(part, memory, batch: batch, what) }
  }

  /// The parameters in the engine's order. Packed again only if they have changed, and into the
  /// same memory if no run is using it.
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

  /// Working memory for a shard of `elements` batch elements over `steps` steps, kept from an
  /// earlier call if one fits.
  func borrow(
    elements: Int, steps: Int, recording: Bool, weights: PackedNetwork
  ) -> ShardRunner<Shard> {
    lock.lock()
    // By hand, and the latest is last: the library's searches and insertions may allocate, and a
    // step must not.
    var runner: ShardRunner<Shard>?
    for index in stride(from: idle.count - 1, through: 0, by: -1)
    where idle[index].recording == recording
      && idle[index].fits(elements: elements, steps: steps)
    {
      runner = idle.remove(at: index)
      break
    }
    lock.unlock()
    let found =
      runner
      ?? ShardRunner(
        plan: plan, memory: memory, kernels: kernels, elements: elements, steps: steps,
        recording: recording)
    found.weights = weights
    return found
  }

  /// Takes working memory back. The latest few are kept.
  func giveBack(_ runners: [ShardRunner<Shard>]) {
    for runner in runners.reversed() { giveBack(runner, of: runners.count) }
  }

  /// Takes one of `count` shards' working memory back. Allocates nothing once there is some.
  func giveBack(_ runner: ShardRunner<Shard>, of count: Int) {
    runner.tracer = nil
    for memory in runner.memories { memory.release() }
    lock.lock()
    idle.append(runner)
    // what an older, smaller one could do a newer one can too
    while idle.count > 2 * count + 2 { idle.remove(at: 0) }
    lock.unlock()
  }
}
