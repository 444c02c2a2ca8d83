import Foundation

/// The statuses that are given.
enum HTTPStatus: Int {
  case ok = 200
  case badRequest = 400
  case notFound = 404
  case methodNotAllowed = 405
  case timeout = 408
  case contentTooLarge = 413
  case uriTooLong = 414
  case misdirected = 421
  case headTooLarge = 431
  case unavailable = 503
  case versionNotSupported = 505

  var reason: String {
    switch self {
    case .ok: "OK"
    case .badRequest: "Bad Request"
    case .notFound: "Not Found"
    case .methodNotAllowed: "Method Not Allowed"
    case .timeout: "Request Timeout"
    case .contentTooLarge: "Content Too Large"
    case .uriTooLong: "URI Too Long"
    case .misdirected: "Misdirected Request"
    case .headTooLarge: "Request Header Fields Too Large"
    case .unavailable: "Service Unavailable"
    case .versionNotSupported: "HTTP Version Not Supported"
    }
  }
}

/// What is sent back.
struct HTTPResponse {
  var status: HTTPStatus
  var type = "text/plain; charset=utf-8"
  var body = Data()

  /// A refusal in one line.
  init(_ status: HTTPStatus) {
    self.status = status
    body = Data("\(status.rawValue) \(status.reason)\n".utf8)
  }

  init(type: String, body: Data) {
    status = .ok
    self.type = type
    self.body = body
  }

  /// The bytes on the wire.
  ///
  /// Everything comes from this address and nothing may be loaded from another; no page of another origin may read or frame it.
  func bytes(keepsAlive: Bool, withBody: Bool = true) -> Data {
    var head = """
      HTTP/1.1 \(status.rawValue) \(status.reason)\r
      Content-Type: \(type)\r
      Content-Length: \(body.count)\r
      Cache-Control: no-store\r
      Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; \
      connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; \
      frame-ancestors 'none'\r
      X-Content-Type-Options: nosniff\r
      Cross-Origin-Resource-Policy: same-origin\r
      Cross-Origin-Opener-Policy: same-origin\r
      Referrer-Policy: no-referrer\r
      Connection: \(keepsAlive ? "keep-alive" : "close")\r

      """
    if status == .methodNotAllowed { head += "Allow: GET, HEAD\r\n" }
    if status == .unavailable { head += "Retry-After: 5\r\n" }
    var data = Data((head + "\r\n").utf8)
    if withBody { data.append(body) }
    return data
  }
}
