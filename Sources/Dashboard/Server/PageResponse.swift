#if Dashboard
  import Foundation
  import NIOHTTP1

  /// What is sent back.
  struct PageResponse: Equatable {
    let status: HTTPResponseStatus
    let type: String
    let body: Data

    /// A refusal in one line.
    init(_ status: HTTPResponseStatus) {
      self.status = status
      type = "text/plain; charset=utf-8"
      body = Data("\(status.code) \(status.reasonPhrase)\n".utf8)
    }

    init(type: String, body: Data) {
      status = .ok
      self.type = type
      self.body = body
    }

    /// The head of the response.
    ///
    /// Everything comes from this address and nothing may be loaded from another; no page of
    /// another origin may read or frame it.
    func head(keepsAlive: Bool) -> HTTPResponseHead {
      var fields: HTTPHeaders = [
        "Content-Type": type,
        "Content-Length": "\(body.count)",
        "Cache-Control": "no-store",
        "Content-Security-Policy": """
        default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
        img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'
        """,
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Referrer-Policy": "no-referrer",
        "Connection": keepsAlive ? "keep-alive" : "close",
      ]
      if status == .methodNotAllowed { fields.add(name: "Allow", value: "GET, HEAD") }
      if status == .serviceUnavailable { fields.add(name: "Retry-After", value: "5") }
      return HTTPResponseHead(version: .http1_1, status: status, headers: fields)
    }
  }
#endif
