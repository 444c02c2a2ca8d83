#if Dashboard
  import NIOHTTP1

  /// What a server that only shows pages needs of a request.
  struct PageRequest: Equatable {
    /// Without the query.
    let path: String
    /// The query's names and values, as they are written there.
    let query: [String: String]
    /// The header field `Host`, in lower case.
    let host: String
    let method: HTTPMethod
    let keepsAlive: Bool

    /// A request that is refused.
    struct Refusal: Error, Equatable {
      let status: HTTPResponseStatus
    }

    /// Reads the head of a request that NIO's decoder accepted.
    ///
    /// - Throws: `Refusal` for everything that has no place here: bodies, long paths, no host or
    ///   several, methods other than GET and HEAD.
    init(_ head: HTTPRequestHead) throws(Refusal) {
      guard head.uri.utf8.count <= RequestLine.limit else { throw Refusal(status: .uriTooLong) }
      let hosts = head.headers["host"]
      guard hosts.count == 1 || (hosts.isEmpty && head.version == .http1_0),
        head.uri.utf8.first == UInt8(ascii: "/"), head.uri.utf8.allSatisfy({ 33...126 ~= $0 })
      else { throw Refusal(status: .badRequest) }
      guard head.headers["transfer-encoding"].isEmpty,
        head.headers["content-length"].allSatisfy({ Int($0) == 0 })
      else { throw Refusal(status: .payloadTooLarge) }
      guard head.method == .GET || head.method == .HEAD else {
        throw Refusal(status: .methodNotAllowed)
      }
      let parts = head.uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
      path = String(parts[0])
      var query: [String: String] = [:]
      for pair in parts.count > 1 ? parts[1].split(separator: "&") : [] {
        let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        query[String(sides[0])] = sides.count > 1 ? String(sides[1]) : ""
      }
      self.query = query
      host = hosts.first?.lowercased() ?? ""
      method = head.method
      // after a request for another protocol the decoder reads no further
      keepsAlive = head.isKeepAlive && head.headers["upgrade"].isEmpty
    }
  }
#endif
