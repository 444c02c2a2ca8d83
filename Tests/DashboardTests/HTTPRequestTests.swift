import TestSupport
import Testing

@testable import Dashboard

/// What is a request, and with which status everything else is refused.
@Suite struct HTTPRequestTests {
  private func parse(_ text: String) -> HTTPRequestParser.Result {
    HTTPRequestParser.parse(Array(text.utf8))
  }

  @Test func readsRequests() {
    let text = "GET /api/access?row=12&x HTTP/1.1\r\nHost: LocalHost:8097\r\nAccept: */*\r\n\r\n"
    let expected = HTTPRequest(
      method: "GET", path: "/api/access", query: ["row": "12", "x": ""], host: "localhost:8097",
      keepsAlive: true)
    #expect(parse(text) == .request(expected, length: text.utf8.count))
    #expect(parse(text + "GET / HT") == .request(expected, length: text.utf8.count))
    for count in 0..<text.utf8.count {
      #expect(HTTPRequestParser.parse(Array(text.utf8.prefix(count))) == .incomplete)
    }
    // line feeds alone, and the older version, which closes
    guard case .request(let old, _) = parse("GET / HTTP/1.0\n\n") else {
      Issue.record("an HTTP/1.0 request is one")
      return
    }
    #expect(!old.keepsAlive && old.host.isEmpty)
  }

  /// The header is a list, and may stand there more than once.
  @Test(arguments: [
    ("close", false), ("close, TE", false), ("TE ,\tClose", false), ("keep-alive", true),
    ("TE", true), ("closed", true), ("close\r\nConnection: keep-alive", false),
    ("keep-alive, close", false),
  ])
  func lastRequestsSaySo(connection: String, keepsAlive: Bool) {
    let text = "GET / HTTP/1.1\r\nHost: a\r\nConnection: \(connection)\r\n\r\n"
    guard case .request(let request, _) = parse(text) else {
      Issue.record("\(connection): this is a request")
      return
    }
    #expect(request.keepsAlive == keepsAlive)
  }

  @Test(arguments: [
    ("GET\r\n\r\n", HTTPStatus.badRequest), ("GET / HTTP/1.1 x\r\nHost: a\r\n\r\n", .badRequest),
    ("\u{16}\u{3}\u{1}", .badRequest), ("GET / HTTP/1.1\r\n\r\n", .badRequest),
    ("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", .badRequest),
    ("GET / HTTP/1.1\r\nHost a\r\n\r\n", .badRequest),
    ("GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n", .badRequest),
    ("GET / HTTP/1.1\r\nHost : a\r\n\r\n", .badRequest),
    ("GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n", .badRequest),
    ("GET /\u{7f} HTTP/1.1\r\nHost: a\r\n\r\n", .badRequest),
    ("GET / HTTP/2.0\r\nHost: a\r\n\r\n", .versionNotSupported),
    ("GET / http/1.1\r\nHost: a\r\n\r\n", .badRequest),
    ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n", .contentTooLarge),
    ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n", .badRequest),
    ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", .badRequest),
    ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", .contentTooLarge),
    ("GET /" + String(repeating: "x", count: 3000), .uriTooLong),
    ("GET / HTTP/1.1\r\n" + String(repeating: "a: b\r\n", count: 2000), .headTooLarge),
    ("GET / HTTP/1.1\r\n" + String(repeating: "a: b\r\n", count: 2000) + "\r\n", .headTooLarge),
  ])
  func refusesTheRest(text: String, status: HTTPStatus) {
    #expect(parse(text) == .refused(status))
  }

  /// Random changes of a request give an answer of some kind, and never stop the program.
  @Test func survivesAnything() {
    let request = Array("GET /api/metrics?from=1&to=9 HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8)
    var random = SystemRandomNumberGenerator()
    var kinds: Set<String> = []
    for _ in 0..<20_000 {
      var bytes = request
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: bytes[place] = .random(in: 0 ... .max, using: &random)
        case 1: bytes.remove(at: place)
        default: bytes.insert(.random(in: 0 ... .max, using: &random), at: place)
        }
      }
      switch HTTPRequestParser.parse(bytes) {
      case .incomplete: kinds.insert("incomplete")
      case .request(_, let length):
        #expect(length <= bytes.count)
        kinds.insert("request")
      case .refused(let status): kinds.insert("\(status)")
      }
    }
    #expect(kinds.isSuperset(of: ["incomplete", "request", "badRequest"]))
  }
}
