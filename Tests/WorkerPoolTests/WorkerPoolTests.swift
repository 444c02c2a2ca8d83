import Foundation
import Testing

@testable import WorkerPool

/// Counts per shard, written by the pool's threads and read after the run.
///
/// Plain memory on purpose: the values are right only if a run publishes what its shards wrote.
private func counts(
  of pool: WorkerPool, shards: Int, work: @Sendable (Int) -> Void = { _ in }
) -> [Int] {
  var counts = [Int](repeating: 0, count: shards)
  counts.withUnsafeMutableBufferPointer { buffer in
    nonisolated(unsafe) let out = buffer
    pool.run(shards: shards) { shard in
      work(shard)
      out[shard] += 1
    }
  }
  return counts
}

/// Numbers in the order in which threads appended them.
private final class Log: @unchecked Sendable {
  private let lock = NSLock()
  private var numbers: [Int] = []

  var entries: [Int] { lock.withLock { numbers } }

  func append(_ number: Int) { lock.withLock { numbers.append(number) } }
}

@Suite struct WorkerPoolTests {
  @Test(arguments: [1, 2, 3, 8])
  func everyShardRunsExactlyOnce(workers: Int) {
    let pool = WorkerPool(workers: workers)
    #expect(pool.workers == workers)
    for shards in [0, 1, 2, 3, 7, 64, 1000] {
      #expect(counts(of: pool, shards: shards) == [Int](repeating: 1, count: shards))
    }
  }

  @Test func everyShardRunsExactlyOnceOverManyRandomRuns() {
    var random = SystemRandomNumberGenerator()
    let pools = [2, 4, 5].map { WorkerPool(workers: $0) }
    for _ in 0..<3_000 {
      let shards = Int.random(in: 0...40, using: &random)
      let yields = Int.random(in: 0...5, using: &random)
      let result = counts(of: pools.randomElement(using: &random)!, shards: shards) { _ in
        for _ in 0..<yields { sched_yield() }
      }
      guard result.allSatisfy({ $0 == 1 }) else {
        Issue.record("\(shards) shards ran \(result) times")
        return
      }
    }
  }

  @Test func noWakeUpIsLostInManyQuickRuns() {
    let pool = WorkerPool(workers: 3)
    var sums = [Int](repeating: 0, count: 3)
    sums.withUnsafeMutableBufferPointer { buffer in
      nonisolated(unsafe) let out = buffer
      for run in 1...100_000 {
        pool.run(shards: 3) { out[$0] += run }
      }
    }
    #expect(sums == [Int](repeating: 5_000_050_000, count: 3))
  }

  /// Threads sleep after a few dozen idle microseconds: these runs find them awake, falling
  /// asleep, and asleep.
  @Test func sleepingThreadsWake() {
    let pool = WorkerPool(workers: 4)
    var done = 0
    for microseconds in 0..<200 {
      Thread.sleep(forTimeInterval: Double(microseconds) * 1e-6)
      done += counts(of: pool, shards: 4).reduce(0, +)
    }
    #expect(done == 800)
  }

  /// The caller has nothing left to take long before the other shards are done, so it sleeps too.
  @Test func callerSleepsUntilSlowShardsAreDone() {
    let pool = WorkerPool(workers: 3)
    for slow in 0..<30 {
      let result = counts(of: pool, shards: 3) { shard in
        if shard != slow % 3 { Thread.sleep(forTimeInterval: 0.001) }
      }
      #expect(result == [1, 1, 1])
    }
  }

  /// Each shard goes on only when all have begun: so many threads there are.
  @Test(arguments: [1, 2, 5])
  func shardsRunAtTheSameTime(workers: Int) {
    let begun = Log()
    let result = counts(of: WorkerPool(workers: workers), shards: workers) { shard in
      begun.append(shard)
      // gives up after a minute or more, and the count below is too low
      for _ in 0..<60_000 where begun.entries.count < workers {
        Thread.sleep(forTimeInterval: 0.001)
      }
      if begun.entries.count >= workers { begun.append(-1) }
    }
    #expect(result == [Int](repeating: 1, count: workers))
    #expect(begun.entries.count { $0 == -1 } == workers)
  }

  /// A turn that was taken lasts for several runs of its thread; others wait, and runs inside runs
  /// take none.
  @Test func aTurnIsForSeveralRuns() async {
    let pool = WorkerPool(workers: 3)
    let log = Log()
    await withTaskGroup(of: Void.self) { group in
      for caller in 0..<6 {
        group.addTask {
          for turn in 0..<100 {
            pool.withTurn {
              for _ in 0..<3 { pool.run(shards: 2) { _ in log.append(caller * 1_000 + turn) } }
              pool.withTurn { pool.run(shards: 1) { _ in log.append(caller * 1_000 + turn) } }
            }
            pool.run(shards: 7) { _ in pool.withTurn { log.append(-caller * 1_000 - turn - 1) } }
          }
        }
      }
    }
    let entries = log.entries
    #expect(entries.count == 6 * 100 * 14)
    let mixed = stride(from: 0, to: entries.count - 6, by: 7).filter {
      Set(entries[$0..<$0 + 7]).count != 1
    }
    #expect(mixed.isEmpty)
    #expect(Set(entries).count == 2 * 6 * 100)
  }

  @Test(arguments: [1, 2, 4])
  func nestedRunsDoTheirShardsInOrder(workers: Int) {
    let outer = WorkerPool(workers: workers)
    let other = WorkerPool(workers: 2)
    var orders = [[Int]](repeating: [], count: 6)
    orders.withUnsafeMutableBufferPointer { buffer in
      nonisolated(unsafe) let out = buffer
      outer.run(shards: 6) { shard in
        let pool = shard % 2 == 0 ? outer : other
        pool.run(shards: 5) { out[shard].append($0) }
        pool.run(shards: 1) { _ in pool.run(shards: 1) { _ in out[shard].append(99) } }
      }
    }
    #expect(orders == [[Int]](repeating: [0, 1, 2, 3, 4, 99], count: 6))
    // A thread that was inside a run shares out its next one again.
    #expect(counts(of: outer, shards: 9) == [Int](repeating: 1, count: 9))
  }

  /// A log of whose shard ran when: as callers take turns, each run is one block of it.
  @Test func callersFromManyThreadsTakeTurns() async {
    let pool = WorkerPool(workers: 3)
    let log = Log()
    await withTaskGroup(of: Void.self) { group in
      for caller in 0..<8 {
        group.addTask {
          for run in 0..<200 {
            pool.run(shards: 6) { _ in log.append(caller * 1_000 + run) }
          }
        }
      }
    }
    let entries = log.entries
    #expect(entries.count == 8 * 200 * 6)
    let mixed = stride(from: 0, to: entries.count - 5, by: 6).filter {
      Set(entries[$0..<$0 + 6]).count != 1
    }
    #expect(mixed.isEmpty)
    #expect(Set(entries).count == 8 * 200)
  }

  @Test func poolsComeAndGo() {
    for round in 0..<300 {
      let pool = WorkerPool(workers: 1 + round % 5)
      if round % 3 != 0 {
        #expect(counts(of: pool, shards: 7) == [Int](repeating: 1, count: 7))
      }
    }
  }

  @Test func sharedPoolHasTheDefaultNumberOfWorkers() {
    #expect(WorkerPool.shared.workers == WorkerPool.defaultWorkers)
    #expect(counts(of: .shared, shards: 11) == [Int](repeating: 1, count: 11))
  }
}
