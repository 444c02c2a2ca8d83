#if Dashboard
  import Foundation
  import TestSupport
  import Testing

  @testable import Dashboard

  /// The server over real connections.
  @Suite struct PageServerTests {
    private func server(_ limits: PageServer.Limits = .init()) throws -> PageServer {
      var limits = limits
      // the tests are not to wait
      limits.share = 1
      return try PageServer(port: 0, limits: limits) { request in
        switch request.path {
        case "/large":
          PageResponse(type: "text/plain", body: Data(repeating: 65, count: 8_000_000))
        case "/": PageResponse(type: "text/html", body: Data("page \(request.host)".utf8))
        default: PageResponse(.notFound)
        }
      }
    }

    @Test func answersInOrderOverOneConnection() throws {
      let server = try server()
      defer { server.stop() }
      let connection = try TestConnection(server.port)
      let host = "\r\nHost: localhost\r\n"
      try connection.send(
        "GET / HTTP/1.1\(host)\r\nHEAD / HTTP/1.1\(host)\r\nGET /x HTTP/1.1\(host)Connection: close\r\n\r\n"
      )
      let answer = connection.readToEnd()
      let parts = answer.components(separatedBy: "HTTP/1.1 ").dropFirst()
      #expect(parts.map { $0.prefix(3) } == ["200", "200", "404"])
      #expect(answer.contains("page localhostHTTP/1.1 200"))
      // the head of HEAD announces the body that it leaves out
      #expect(parts.dropFirst().first?.contains("Content-Length: 14\r\n") == true)
      for field in [
        "Content-Security-Policy: default-src 'none'; script-src 'self'", "nosniff",
        "frame-ancestors 'none'", "Cache-Control: no-store",
      ] { #expect(answer.contains(field), "\(field)") }
    }

    @Test func takenPortsAreLeftAlone() throws {
      let first = try server()
      defer { first.stop() }
      let second = try PageServer(port: first.port) { _ in PageResponse(.notFound) }
      defer { second.stop() }
      #expect(second.port > first.port && second.port <= first.port + 20)
      #expect(throws: PageServer.Refused.self) {
        try PageServer(address: "192.0.2.1", port: 0) { _ in PageResponse(.notFound) }
      }
      #expect(throws: PageServer.Refused.self) {
        try PageServer(address: "no address", port: 0) { _ in PageResponse(.notFound) }
      }
    }

    /// A client that does not finish a request is told so; one that asks for nothing is let go
    /// without a word.
    @Test func halfOpenConnectionsEnd() throws {
      var limits = PageServer.Limits()
      limits.request = 0.3
      let server = try server(limits)
      defer { server.stop() }
      let (slow, silent) = (try TestConnection(server.port), try TestConnection(server.port))
      try slow.send("GET / HT")
      #expect(slow.readToEnd().hasPrefix("HTTP/1.1 408 "))
      #expect(silent.readToEnd().isEmpty)
    }

    /// A client that sends a byte now and then does not gain time by it.
    @Test func tricklingRequestsEnd() throws {
      var limits = PageServer.Limits()
      limits.request = 0.3
      let server = try server(limits)
      defer { server.stop() }
      let connection = try TestConnection(server.port)
      try connection.send("GET /")
      var sent = 0
      while !connection.hasAnswer, sent < 1000 {
        try connection.send("a")
        sent += 1
        Thread.sleep(forTimeInterval: 0.01)
      }
      #expect(sent < 1000)
      #expect(connection.readToEnd().hasPrefix("HTTP/1.1 408 "))
    }

    /// A reader that takes nothing keeps nobody else waiting, and is let go in the end.
    @Test func slowReadersHoldNobodyUp() throws {
      var limits = PageServer.Limits()
      limits.answer = 1
      let server = try server(limits)
      defer { server.stop() }
      let slow = try (0..<20).map { _ in try TestConnection(server.port) }
      for connection in slow {
        try connection.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
      }
      let quick = try TestConnection(server.port)
      try quick.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
      #expect(quick.readToEnd().hasSuffix("page a"))
      Thread.sleep(forTimeInterval: 2.5)
      // what had come is still there to be read, but not the whole answer
      #expect(slow[0].readToEnd().utf8.count < 8_000_000)
      let reader = try TestConnection(server.port)
      try reader.send("GET /large HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
      #expect(reader.readToEnd().utf8.count > 8_000_000)
    }

    /// While the server rests from an answer that took long, nobody is served, and it can be
    /// stopped.
    @Test func expensiveAnswersAreRestedOff() throws {
      let calls = Counter()
      let server = try PageServer(port: 0) { _ in
        calls.add()
        // 0.2 s of the processor: ten seconds of rest
        let end = BackgroundThread.processorTime + 0.2
        while BackgroundThread.processorTime < end {}
        return PageResponse(.notFound)
      }
      let asking = try (0..<8).map { _ in try TestConnection(server.port) }
      for connection in asking { try connection.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n") }
      Thread.sleep(forTimeInterval: 2)
      #expect(calls.count <= 1)
      server.stop()
      // closed by the server, long before the rest would have ended
      for connection in asking { _ = connection.readToEnd() }
      #expect(calls.count <= 1)
    }

    /// With every place taken by connections that ask for nothing, somebody who asks is answered.
    @Test func silentConnectionsMakeRoom() throws {
      var limits = PageServer.Limits()
      limits.clients = 8
      let server = try server(limits)
      defer { server.stop() }
      let silent = try (0..<20).map { _ in try TestConnection(server.port) }
      for _ in 0..<10 {
        let asking = try TestConnection(server.port)
        try asking.send("GET / HTTP/1.1\r\nHost: b\r\nConnection: close\r\n\r\n")
        #expect(asking.readToEnd().hasSuffix("page b"))
      }
      #expect(silent[0].readToEnd().isEmpty)
    }
  }
#endif
