import VectorKernels
import WorkerPool

/// How a batch is cut into shards, and what runs on the workers' threads.
enum Sharding {
  /// Cuts `count` elements into at most `shards` ranges of nearly equal length.
  static func ranges(_ count: Int, shards: Int) -> [Range<Int>] {
    let shards = max(1, min(shards, count))
    return (0..<shards).map { count * $0 / shards..<count * ($0 + 1) / shards }
  }

  /// The shards' parameter gradients, added in their order. That of one shard is copied on the
  /// calling thread.
  static func sumParameterGradients<Shard>(
    of runners: [ShardRunner<Shard>], into total: inout ParameterStore
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
            runner.kernels.pointee.axpy(target, 1, source, range.count)
          }
        }
      }
      if runners.count == 1 { return add(0..<values.count) }
      WorkerPool.shared.runOnParts(of: values.count, add)
    }
  }

  /// Before and after work on the calling thread, which is done with denormal values flushed to
  /// zero.
  static func begin() -> UInt64 { vk_flush_denormals_begin() }
  static func end(_ saved: UInt64) { vk_flush_denormals_end(saved) }

  /// Calls code of the user's within such work, with denormal values kept as it is used to.
  static func keepingDenormals<Result>(_ body: () -> Result) -> Result {
    let saved = vk_flush_denormals_pause()
    defer { vk_flush_denormals_end(saved) }
    return body()
  }

  /// Calls `body` once for each shard, on the workers' threads, with denormal values flushed to
  /// zero.
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
