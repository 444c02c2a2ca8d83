#if Dashboard
  import Foundation
  import NIOCore
  import NIOHTTP1
  import NIOPosix

  extension VisdomServer {
    /// One thread for all messages of a program, started with the first.
    private static let group: MultiThreadedEventLoopGroup = {
      let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
      group.next().execute { BackgroundThread.yield(as: "visdom") }
      return group
    }()

    /// Sends one message and waits for the answer.
    ///
    /// - Parameters:
    ///   - path: such as `/events`.
    ///   - seconds: that connecting, sending and the answer may take together.
    /// - Throws: `Failed`.
    func post(_ path: String, _ body: Data, seconds: Double = 5) throws {
      let loop = Self.group.next()
      let answer = loop.makePromise(of: HTTPResponseStatus.self)
      let limit = TimeAmount.nanoseconds(Int64(seconds * 1e9))
      let alarm = loop.scheduleTask(in: limit) {
        answer.fail(Failed(description: "\(description) took too long"))
      }
      defer { alarm.cancel() }
      let head = HTTPRequestHead(
        version: .http1_1, method: .POST, uri: path,
        headers: [
          "Host": authority, "Content-Type": "application/json",
          "Content-Length": "\(body.count)", "Connection": "close",
        ])
      let content = ByteBuffer(bytes: body)
      ClientBootstrap(group: loop)
        .connectTimeout(limit)
        .connect(host: host, port: port)
        .flatMapThrowing { channel in
          // whatever the answer is, or if there is none in time
          answer.futureResult.whenComplete { _ in channel.close(promise: nil) }
          let pipeline = channel.pipeline.syncOperations
          try pipeline.addHTTPClientHandlers(leftOverBytesStrategy: .dropBytes)
          try pipeline.addHandler(VisdomAnswer(answer))
          channel.write(HTTPClientRequestPart.head(head), promise: nil)
          channel.write(HTTPClientRequestPart.body(.byteBuffer(content)), promise: nil)
          channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
        }
        .whenFailure { answer.fail($0) }
      do {
        let status = try answer.futureResult.wait()
        guard status == .ok else {
          let line = "\(status.code) \(status.reasonPhrase)"
          throw Failed(description: "\(description) answered \"\(line)\"")
        }
      } catch let error as Failed {
        throw error
      } catch {
        throw Failed(description: "could not reach \(description): \(Self.reason(error))")
      }
    }

    /// A failure to connect in a few words: the system's, where it was the system.
    private static func reason(_ error: any Error) -> String {
      switch error {
      case let error as IOError: String(cString: strerror(error.errnoCode))
      case let error as NIOConnectionError:
        error.connectionErrors.first.map { reason($0.error) }
          ?? "\(error.host) has no address"
      case ChannelError.connectTimeout: "it took too long"
      default: "\(error)"
      }
    }
  }

  /// Waits for the status of an answer.
  private final class VisdomAnswer: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart

    private let answer: EventLoopPromise<HTTPResponseStatus>

    init(_ answer: EventLoopPromise<HTTPResponseStatus>) { self.answer = answer }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      if case .head(let head) = unwrapInboundIn(data) { answer.succeed(head.status) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { answer.fail(error) }

    func channelInactive(context: ChannelHandlerContext) {
      answer.fail(VisdomServer.Failed(description: "the connection ended without an answer"))
    }
  }
#endif
