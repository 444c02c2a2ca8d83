#if Dashboard
  import Foundation
  import TestSupport
  import Testing

  @testable import Dashboard

  /// What is a request, and with which status everything else is refused, over real connections.
  @Suite struct RefusalTests {
    private func server() throws -> PageServer {
      var limits = PageServer.Limits()
      limits.share = 1
      return try PageServer(port: 0, limits: limits) {
        PageResponse(type: "text/plain", body: Data("\($0.path) \($0.query["row"] ?? "")".utf8))
      }
    }

    private static let manyFields = String(repeating: "a: b\r\n", count: 2000)
    private static let longField = "a: " + String(repeating: "b", count: 8192) + "\r\n"

    @Test(arguments: [
      ("POST / HTTP/1.1\r\nHost: a\r\n\r\n", 405), ("DELETE / HTTP/1.1\r\nHost: a\r\n\r\n", 405),
      ("OPTIONS / HTTP/1.1\r\nHost: a\r\n\r\n", 405),
      ("nonsense\r\n\r\n", 400), ("GET\r\n\r\n", 400),
      ("GET / HTTP/1.1 x\r\nHost: a\r\n\r\n", 505), ("\u{16}\u{3}\u{1}", 400),
      ("GET / HTTP/1.1\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
      ("GET / HTTP/1.1\r\nHost a\r\n\r\n", 400),
      ("GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n", 400),
      ("GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400),
      ("GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400),
      ("GET * HTTP/1.1\r\nHost: a\r\n\r\n", 400),
      ("GET /\u{7f} HTTP/1.1\r\nHost: a\r\n\r\n", 400),
      ("GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505), ("GET / HTTP/9.9\r\nHost: a\r\n\r\n", 505),
      ("GET / http/1.1\r\nHost: a\r\n\r\n", 400),
      ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabcde", 413),
      ("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n", 413),
      ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n", 400),
      ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", 400),
      ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", 413),
      ("GET /" + String(repeating: "x", count: 3000), 414),
      ("GET /" + String(repeating: "x", count: 9000) + " HTTP/1.1\r\nHost: a\r\n\r\n", 414),
      ("GET / HTTP/1.1\r\n" + manyFields, 431), ("GET / HTTP/1.1\r\n" + manyFields + "\r\n", 431),
      ("GET / HTTP/1.1\r\nHost: a\r\n" + longField + "\r\n", 431),
    ])
    func refusalsReachTheClient(text: String, status: Int) throws {
      let server = try server()
      defer { server.stop() }
      let connection = try TestConnection(server.port)
      try connection.send(text)
      let answer = connection.readToEnd()
      #expect(answer.hasPrefix("HTTP/1.1 \(status) "))
      #expect(answer.contains("Connection: close\r\n"))
      #expect(answer.components(separatedBy: "HTTP/1.1 ").count == 2, "one answer, then the end")
    }

    /// However it is cut into packets, and with the older version.
    @Test func requestsAreRead() throws {
      let server = try server()
      defer { server.stop() }
      let text = "GET /api/access?row=12&x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
      for split in [1, 3, 20, text.utf8.count - 1] {
        let connection = try TestConnection(server.port)
        connection.send(Array(text.utf8.prefix(split)))
        Thread.sleep(forTimeInterval: 0.01)
        connection.send(Array(text.utf8.dropFirst(split)))
        #expect(connection.readToEnd().hasSuffix("\r\n\r\n/api/access 12"))
      }
      let old = try TestConnection(server.port)
      try old.send("GET /x HTTP/1.0\r\n\r\n")
      #expect(old.readToEnd().hasSuffix("\r\n\r\n/x "))
      // a client that sends nothing more still gets its answer
      let connection = try TestConnection(server.port)
      try connection.send("GET /x HTTP/1.1\r\nHost: a\r\n\r\n")
      connection.endInput()
      #expect(connection.readToEnd().hasSuffix("\r\n\r\n/x "))
    }

    /// Requests that are sent before the answers to those before are all answered, in their order.
    @Test func pipelinedRequestsAreAnswered() throws {
      let server = try server()
      defer { server.stop() }
      let connection = try TestConnection(server.port)
      for i in 0..<300 { try connection.send("GET /\(i) HTTP/1.1\r\nHost: a\r\n\r\n") }
      try connection.send("GET /300 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
      let answers = connection.readToEnd().components(separatedBy: "HTTP/1.1 200 ").dropFirst()
      let paths = answers.map { $0.components(separatedBy: "\r\n\r\n/").last ?? "" }
      #expect(paths == (0...300).map { "\($0) " })
    }

    /// The header field is a list, and may come more than once.
    @Test(arguments: [
      ("close", 1), ("close, TE", 1), ("TE ,\tClose", 1), ("keep-alive", 2), ("TE", 2),
      ("closed", 2), ("close\r\nConnection: keep-alive", 1), ("keep-alive, close", 1),
      ("Upgrade\r\nUpgrade: h2c", 1),
    ])
    func lastRequestsSaySo(connection: String, answers: Int) throws {
      let server = try server()
      defer { server.stop() }
      let client = try TestConnection(server.port)
      try client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: \(connection)\r\n\r\n")
      try client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
      #expect(client.readToEnd().components(separatedBy: "HTTP/1.1 200 ").count == 1 + answers)
    }

    /// Random changes of a request get an answer of some kind, or an end, and never stop the
    /// server.
    @Test func survivesAnything() throws {
      let server = try server()
      defer { server.stop() }
      let request = Array("GET /api/metrics?from=1&to=9 HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8)
      var random = SystemRandomNumberGenerator()
      var kinds: [String: Int] = [:]
      for _ in 0..<3000 {
        var bytes = request
        for _ in 0..<Int.random(in: 1...4, using: &random) {
          let place = Int.random(in: 0..<bytes.count, using: &random)
          switch Int.random(in: 0..<3, using: &random) {
          case 0: bytes[place] = .random(in: 0 ... .max, using: &random)
          case 1: bytes.remove(at: place)
          default: bytes.insert(.random(in: 0 ... .max, using: &random), at: place)
          }
        }
        let connection = try TestConnection(server.port)
        connection.send(bytes)
        connection.endInput()
        let answer = connection.readToEnd()
        #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 "))
        kinds[String(answer.dropFirst(9).prefix(3)), default: 0] += 1
      }
      let known: Set = ["", "200", "400", "405", "413", "414", "421", "431", "505"]
      #expect(known.isSuperset(of: kinds.keys), "\(kinds)")
      #expect(kinds["200", default: 0] > 0 && kinds["400", default: 0] > 0)
      #expect(kinds[""] == nil, "a client that has begun a request is told: \(kinds)")
    }
  }
#endif
