#if Dashboard
  import NIOCore

  /// The connections of a server, and what they have in common. Belongs to the server's event loop
  /// and is used on it alone.
  final class PageClients {
    let limits: PageServer.Limits
    let turns: Turns
    let answer: @Sendable (PageRequest) -> PageResponse
    private var connections: [ObjectIdentifier: PageConnection] = [:]

    init(
      _ loop: any EventLoop, limits: PageServer.Limits,
      answer: @escaping @Sendable (PageRequest) -> PageResponse
    ) {
      self.limits = limits
      self.answer = answer
      turns = Turns(loop, share: limits.share)
    }

    /// Takes a new connection in, if need be in the place of the one that has waited longest
    /// without having asked for anything.
    ///
    /// - Returns: whether there was room.
    func admit(_ connection: PageConnection) -> Bool {
      if connections.count >= limits.clients {
        let silent = connections.values.filter(\.isAsking)
        guard let oldest = silent.min(by: { $0.since < $1.since }) else { return false }
        oldest.close()
        connections[ObjectIdentifier(oldest)] = nil
      }
      connections[ObjectIdentifier(connection)] = connection
      return true
    }

    func remove(_ connection: PageConnection) {
      connections[ObjectIdentifier(connection)] = nil
    }
  }

  /// Accepts a few clients per turn.
  final class Acceptor: ChannelInboundHandler {
    typealias InboundIn = Channel

    private let turns: Turns

    init(_ turns: Turns) { self.turns = turns }

    func channelActive(context: ChannelHandlerContext) {
      accept(context)
      context.fireChannelActive()
    }

    /// Comes after errors too, such as too many open files.
    func channelReadComplete(context: ChannelHandlerContext) {
      accept(context)
      context.fireChannelReadComplete()
    }

    func channelInactive(context: ChannelHandlerContext) {
      turns.stop()
      context.fireChannelInactive()
    }

    private func accept(_ context: ChannelHandlerContext) { turns.wait { context.read() } }
  }
#endif
