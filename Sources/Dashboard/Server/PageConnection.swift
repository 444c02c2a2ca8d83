#if Dashboard
  import Foundation
  import NIOCore
  import NIOHTTP1

  /// One client's connection: answers its requests, one after another, each in turns that it shares
  /// with all other clients.
  final class PageConnection: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    /// Bytes of an answer that are written in one turn. The next ones wait until the system has
    /// taken these, so a client that takes nothing holds no memory.
    static let partSize = 1 << 16
    /// Requests at most that wait for the answers to those before them: more than come at once,
    /// unless the client has closed its side.
    static let waitingLimit = 128
    /// Seconds in which a client may take the last answer in before its connection is closed.
    static let leavingTime = 1.0

    private enum Phase {
      /// Waits for a request.
      case asking
      /// A request is being answered, or waits for its turn.
      case answering
      /// All is said. What still comes is thrown away: to close at once could take the last answer
      /// from the client.
      case leaving
    }

    private let clients: PageClients
    private let line: RequestLine
    private let clock: ClientClock
    private var context: ChannelHandlerContext?
    private var phase = Phase.asking
    /// What has been asked and not been answered yet. Nothing follows a refusal.
    private var requests = CircularBuffer<Result<PageRequest, PageRequest.Refusal>>()
    private var isRefused = false
    private var waitsToRead = false
    private var isInputClosed = false
    /// Whether the clock is that of a request that has begun.
    private var isTimed = false
    /// When it was made, or last began to wait for a request.
    private(set) var since = NIODeadline.now()

    private var body = Data()
    private var sent = 0
    private var keepsAlive = true

    init(_ clients: PageClients, line: RequestLine, loop: any EventLoop) {
      self.clients = clients
      self.line = line
      clock = ClientClock(loop)
    }

    /// Whether it waits for a request, so that it could be closed without taking back an answer.
    var isAsking: Bool { phase == .asking }

    func close() { context?.close(promise: nil) }

    // MARK: What comes in

    func channelActive(context: ChannelHandlerContext) {
      self.context = context
      guard clients.admit(self) else { return refuse(.serviceUnavailable) }
      clock.set(clients.limits.request)
      read()
    }

    func channelInactive(context: ChannelHandlerContext) {
      self.context = nil
      clock.stop()
      clients.remove(self)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      guard case .head(let head) = unwrapInboundIn(data), !isRefused, phase != .leaving else {
        return
      }
      guard requests.count < Self.waitingLimit else { return refuse(.serviceUnavailable) }
      do throws(PageRequest.Refusal) {
        requests.append(.success(try PageRequest(head)))
      } catch {
        refuse(error.status)
      }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
      if phase != .answering { clock.stop() }
      goOn()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      switch error {
      case is RequestLineTooLong: refuse(.uriTooLong)
      case HTTPParserError.headerOverflow: refuse(.requestHeaderFieldsTooLarge)
      case HTTPParserError.invalidVersion: refuse(.httpVersionNotSupported)
      case is HTTPParserError: refuse(.badRequest)
      case is ByteToMessageDecoderError: break  // bytes after those that were refused
      default: close()
      }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
      guard case ChannelEvent.inputClosed = event else { return }
      isInputClosed = true
      goOn()
    }

    /// Answers with a status, after the requests before; the connection ends with it.
    private func refuse(_ status: HTTPResponseStatus) {
      guard !isRefused, phase != .leaving else { return }
      isRefused = true
      line.isClosed = true
      requests.append(.failure(PageRequest.Refusal(status: status)))
      goOn()
    }

    // MARK: What happens next

    private func goOn() {
      switch phase {
      case .answering: break
      case .asking where !requests.isEmpty:
        phase = .answering
        clock.stop()
        isTimed = false
        clients.turns.wait { self.answer() }
      case .asking, .leaving:
        if isInputClosed { return close() }
        if phase == .asking, line.hasBegun, !isTimed {
          isTimed = true
          clock.limit(clients.limits.request)
        }
        read()
      }
    }

    private func read() {
      guard !waitsToRead else { return }
      waitsToRead = true
      clients.turns.wait { [self] in
        waitsToRead = false
        guard let context, phase != .answering else { return }
        clock.start { self.expire() }
        context.read()
      }
    }

    /// A client that began a request is told so. One that takes no answer, or was only waiting, is
    /// not.
    private func expire() {
      if phase == .asking, line.hasBegun { refuse(.requestTimeout) } else { close() }
    }

    // MARK: What goes out

    private func answer() {
      guard let context, let request = requests.popFirst() else { return }
      let response: PageResponse
      var isHead = false
      switch request {
      case .success(let request):
        response = clients.answer(request)
        keepsAlive = request.keepsAlive
        isHead = request.method == .HEAD
      case .failure(let refusal):
        response = PageResponse(refusal.status)
        keepsAlive = false
      }
      context.write(wrapOutboundOut(.head(response.head(keepsAlive: keepsAlive))), promise: nil)
      body = isHead ? Data() : response.body
      sent = 0
      sendPart()
    }

    private func sendPart() {
      guard let context else { return }
      let part = body.dropFirst(sent).prefix(Self.partSize)
      sent += part.count
      let isLast = sent == body.count
      let written = context.eventLoop.makePromise(of: Void.self)
      written.futureResult.assumeIsolated().whenComplete { result in
        self.clock.stop()
        guard case .success = result else { return self.close() }
        if isLast { self.finish() } else { self.clients.turns.wait { self.sendPart() } }
      }
      let buffer = context.channel.allocator.buffer(bytes: part)
      context.write(
        wrapOutboundOut(.body(.byteBuffer(buffer))), promise: isLast ? nil : written)
      if isLast { context.write(wrapOutboundOut(.end(nil)), promise: written) }
      clock.set(clients.limits.answer)
      clock.start { self.close() }
      context.flush()
    }

    private func finish() {
      guard let context else { return }
      body = Data()
      guard keepsAlive else {
        phase = .leaving
        line.isClosed = true
        requests.removeAll()
        clock.set(Self.leavingTime)
        if !isInputClosed { context.close(mode: .output, promise: nil) }
        return goOn()
      }
      phase = .asking
      since = .now()
      isTimed = line.hasBegun
      clock.set(isTimed ? clients.limits.request : clients.limits.idle)
      goOn()
    }
  }
#endif
