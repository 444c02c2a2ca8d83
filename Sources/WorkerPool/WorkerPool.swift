import ForkJoin

/// A fixed set of threads that do the shards of one run after another.
///
/// A run costs under a microsecond while the threads are awake, and 25 to 50 microseconds when
/// they sleep, which they do after a few dozen idle microseconds. The threads end when the pool is
/// released.
package final class WorkerPool: Sendable {
  /// How many threads work on a run, the caller's own among them; with 1 there is no other.
  package let workers: Int

  // Opaque to Swift; ForkJoin allows any thread to use it.
  private nonisolated(unsafe) let pool: OpaquePointer

  /// A pool for `workers` threads, the callers' among them.
  ///
  /// Where the system refuses to start a thread, the pool does the same work with fewer.
  package init(workers: Int) {
    precondition(
      (1...Self.mostWorkers).contains(workers),
      "WorkerPool: workers must be from 1 to \(Self.mostWorkers), not \(workers)")
    guard let pool = fj_create(Int32(workers)) else {
      preconditionFailure("WorkerPool: out of memory for \(workers) workers")
    }
    self.workers = workers
    self.pool = pool
  }

  deinit { fj_destroy(pool) }

  /// Calls `body` exactly once for each shard in `0..<shards`, on any of the pool's threads, and
  /// returns when all are done; what they wrote is then visible to the caller.
  ///
  /// Callers from several threads take turns. A run started inside a body, of this pool or of
  /// another, does its shards on that thread, in order, so nesting cannot lock up. A run makes two
  /// small heap allocations, for the closure: it belongs outside a loop over time steps.
  package func run(shards: Int, _ body: @Sendable (_ shard: Int) -> Void) {
    precondition(
      shards >= 0 && shards <= Int(Int32.max), "WorkerPool: \(shards) is no number of shards")
    withoutActuallyEscaping(body) { body in
      withUnsafePointer(to: body) { pointer in
        fj_run(
          pool, Int32(shards),
          { context, shard in
            context!.assumingMemoryBound(to: (@Sendable (Int) -> Void).self).pointee(Int(shard))
          }, UnsafeMutableRawPointer(mutating: pointer))
      }
    }
  }

  /// Waits for the caller's turn and calls `body`, whose runs then need not wait for it.
  ///
  /// For a caller that holds a lock during a run: taken within the turn, the lock is never held by
  /// one who waits for a turn. Inside a run `body` is called at once.
  package func withTurn<Result>(_ body: () throws -> Result) rethrows -> Result {
    let isTaken = fj_take_turn(pool)
    defer { if isTaken { fj_give_turn(pool) } }
    return try body()
  }

  /// Calls `body` with ranges that together are `0..<count`: one per worker where that is worth
  /// waking them, otherwise one.
  ///
  /// For loops whose elements do not depend on each other: how they are divided does not show in
  /// the result.
  package func runOnParts(of count: Int, _ body: @Sendable (_ part: Range<Int>) -> Void) {
    let parts = count < Self.worthSharing ? 1 : workers
    if count == 0 { return }
    if parts == 1 { return body(0..<count) }
    run(shards: parts) { body(count * $0 / parts..<count * ($0 + 1) / parts) }
  }

  /// A loop over fewer values takes no longer than waking a thread.
  private static let worthSharing = 1 << 15
}
