#if Dashboard
  import Foundation
  import NIOCore
  import NIOHTTP1
  import NIOPosix

  /// A server of pages for a handful of people, on one thread of its own.
  ///
  /// SwiftNIO does the sockets and HTTP; what is here is what this server refuses, everything but
  /// GET and HEAD of small requests, and how little of a processor it takes. See `Turns`.
  final class PageServer: Sendable {
    /// What clients may do.
    struct Limits: Sendable {
      /// Connections at a time. One more takes the place of the one that has waited longest without
      /// having asked for anything, or is turned away.
      var clients = 128
      /// Seconds from the first byte of a request, or from the connection, to its end.
      var request = 10.0
      /// Seconds for each `PageConnection.partSize` bytes of an answer.
      var answer = 10.0
      /// Seconds between two requests of a connection.
      var idle = 60.0
      /// Share of a processor that the server takes at most, in the long run.
      var share = 0.02
      /// Bytes of a request's path and header fields at most.
      var head = 8192
    }

    /// The server cannot listen where it should.
    struct Refused: Error, CustomStringConvertible {
      let description: String
    }

    /// The port it listens on.
    let port: Int
    private let group: MultiThreadedEventLoopGroup

    /// Starts to serve.
    ///
    /// - Parameters:
    ///   - address: numeric, IPv4 or IPv6.
    ///   - port: if it is taken, the next free one of the following twenty; 0: any.
    ///   - answer: is called on the server's thread, so it must be quick.
    /// - Throws: `Refused`.
    init(
      address: String = "127.0.0.1", port: Int, limits: Limits = Limits(),
      answer: @escaping @Sendable (PageRequest) -> PageResponse
    ) throws {
      group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
      do {
        let bootstrap = try Self.bootstrap(group, limits, answer)
        self.port = try Self.listen(bootstrap, address, port)
      } catch {
        group.shutdownGracefully { _ in }
        throw error
      }
    }

    /// Stops: connections are closed, the port becomes free. Does not wait for it.
    func stop() { group.shutdownGracefully { _ in } }

    private static func listen(
      _ bootstrap: ServerBootstrap, _ address: String, _ port: Int
    ) throws -> Int {
      var problem = "the address is in use"
      for candidate in port...min(65535, port + (port == 0 ? 0 : 20)) {
        do {
          let place = try SocketAddress(ipAddress: address, port: candidate)
          let channel = try bootstrap.bind(to: place).wait()
          return channel.localAddress?.port ?? candidate
        } catch let error as IOError {
          problem = String(cString: strerror(error.errnoCode))
          guard error.errnoCode == EADDRINUSE else { break }
        } catch is SocketAddressError {
          throw Refused(
            description: "could not listen at \(address): expected an IPv4 or IPv6 address")
        }
      }
      throw Refused(description: "could not listen at \(address), port \(port): \(problem)")
    }

    private static func bootstrap(
      _ group: MultiThreadedEventLoopGroup, _ limits: Limits,
      _ answer: @escaping @Sendable (PageRequest) -> PageResponse
    ) throws -> ServerBootstrap {
      let loop = group.next()
      let clients = try loop.submit {
        BackgroundThread.yield(as: "dashboard")
        return NIOLoopBound(PageClients(loop, limits: limits, answer: answer), eventLoop: loop)
      }.wait()
      return ServerBootstrap(group: group)
        .serverChannelOption(.backlog, value: 64)
        .serverChannelOption(.autoRead, value: false)
        .serverChannelOption(.maxMessagesPerRead, value: 4)
        #if !canImport(Darwin)
          // there, it would let two listeners share a port
          .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
        #endif
        .serverChannelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(Acceptor(clients.value.turns))
          }
        }
        .childChannelOption(.autoRead, value: false)
        .childChannelOption(.maxMessagesPerRead, value: 1)
        .childChannelOption(.allowRemoteHalfClosure, value: true)
        .childChannelOption(
          .recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 2048)
        )
        // what a client has sent when it closes its side is read at once, whosever turn it is
        .childChannelOption(.socketOption(.so_rcvbuf), value: 16384)
        .childChannelInitializer { channel in
          channel.eventLoop.makeCompletedFuture { try add(clients.value, to: channel) }
        }
    }

    private static func add(_ clients: PageClients, to channel: any Channel) throws {
      let line = RequestLine()
      var decoding = NIOHTTPDecoderLimitConfiguration()
      decoding.maxHeaderFieldSize = clients.limits.head
      decoding.maxHeaderListSize = clients.limits.head
      let decoder = HTTPRequestDecoder(
        leftOverBytesStrategy: .dropBytes, limitConfiguration: decoding)
      try channel.pipeline.syncOperations.addHandlers([
        HTTPResponseEncoder(), line, ByteToMessageHandler(decoder),
        PageConnection(clients, line: line, loop: channel.eventLoop),
      ])
    }
  }
#endif
