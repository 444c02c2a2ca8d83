#if Dashboard
  import NIOCore

  /// Shares out the server's thread: one small job after another, in the order in which they were
  /// asked for, and then a rest, so that the thread keeps to its share of a processor.
  ///
  /// Everything that a client can cause waits for its turn here: being accepted, being read from,
  /// being answered, and each part of a long answer. The thread itself never blocks. What it does
  /// outside of a turn, such as to decode the bytes that a turn asked for, counts with the next
  /// one.
  ///
  /// Belongs to one event loop and is used on it alone.
  final class Turns {
    /// Seconds of a processor after which a turn ends.
    static let length = 0.005

    private let loop: any EventLoop
    private var allowance: Allowance
    private var jobs = CircularBuffer<() -> Void>()
    /// Whether a turn is due, or under way.
    private var isPlanned = false
    private var isStopped = false
    /// Seconds of a processor that have been counted.
    private var counted: Double

    init(_ loop: any EventLoop, share: Double) {
      loop.preconditionInEventLoop()
      self.loop = loop
      allowance = Allowance(share: share)
      counted = BackgroundThread.processorTime
    }

    /// Does a job when it is its turn.
    func wait(_ job: @escaping () -> Void) {
      guard !isStopped else { return }
      jobs.append(job)
      plan()
    }

    /// Drops the jobs that wait, and those that are still to come.
    func stop() {
      isStopped = true
      jobs.removeAll()
    }

    private func plan() {
      guard !isPlanned, !jobs.isEmpty else { return }
      isPlanned = true
      let rest = allowance.restUntil - Self.now
      if rest > 0 {
        _ = loop.assumeIsolated().scheduleTask(in: .nanoseconds(Int64(rest * 1e9))) { self.take() }
      } else {
        loop.assumeIsolated().execute { self.take() }
      }
    }

    private func take() {
      let start = BackgroundThread.processorTime
      // jobs that are asked for meanwhile belong to the next turn
      var left = jobs.count
      while left > 0, !jobs.isEmpty, BackgroundThread.processorTime - start < Self.length {
        jobs.removeFirst()()
        left -= 1
      }
      let now = BackgroundThread.processorTime
      allowance.spend(now - counted, at: Self.now)
      counted = now
      isPlanned = false
      plan()
    }

    private static var now: Double { Double(NIODeadline.now().uptimeNanoseconds) * 1e-9 }
  }
#endif
