#if Dashboard
  import NIOCore

  /// A request line was longer than `RequestLine.limit`.
  struct RequestLineTooLong: Error {}

  /// Watches the bytes on their way to the decoder, which limits the request line only together
  /// with the header fields, and does not say whether a request has begun.
  final class RequestLine: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    /// Bytes of a request line at most.
    static let limit = 2048

    /// Whether a part of a request has come, and not yet the empty line at its end.
    private(set) var hasBegun = false
    /// Whether all that still comes is thrown away: everything has been said.
    var isClosed = false
    private var isInFields = false
    /// Bytes of the current line.
    private var length = 0

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      guard !isClosed else { return }
      let buffer = unwrapInboundIn(data)
      for byte in buffer.readableBytesView {
        switch byte {
        case UInt8(ascii: "\r"): break
        case UInt8(ascii: "\n"):
          isInFields = length > 0
          if length == 0 { hasBegun = false }
          length = 0
        default:
          hasBegun = true
          length += 1
          if !isInFields, length > Self.limit {
            isClosed = true
            context.fireErrorCaught(RequestLineTooLong())
            return
          }
        }
      }
      context.fireChannelRead(data)
    }
  }
#endif
