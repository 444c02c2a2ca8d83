#if Dashboard
  import NIOCore

  /// The time that a client has left for what it is doing. It passes only while the server waits
  /// for the client, not while the client waits for its turn.
  ///
  /// NIO's `IdleStateHandler` measures the time since the last byte: a client that sends a byte now
  /// and then would never run out of it.
  final class ClientClock {
    private let loop: any EventLoop
    private var left = TimeAmount.zero
    private var started: NIODeadline?
    private var alarm: Scheduled<Void>?

    init(_ loop: any EventLoop) { self.loop = loop }

    /// Gives the client so many seconds, from the next `start` on.
    func set(_ seconds: Double) {
      stop()
      left = .nanoseconds(Int64(seconds * 1e9))
    }

    /// Leaves the client so many seconds at most.
    func limit(_ seconds: Double) {
      stop()
      left = min(left, .nanoseconds(Int64(seconds * 1e9)))
    }

    /// Lets the time pass; calls `expired` when there is none left.
    func start(_ expired: @escaping () -> Void) {
      stop()
      started = .now()
      alarm = loop.assumeIsolated().scheduleTask(in: left) { expired() }
    }

    /// Lets no more time pass.
    func stop() {
      alarm?.cancel()
      alarm = nil
      if let started { left = max(.zero, left - (.now() - started)) }
      started = nil
    }
  }
#endif
