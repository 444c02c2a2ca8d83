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
        HTTPResponse(type: "text/plain", body: Data(repeating: 65, count: 8_000_000))
      case "/": HTTPResponse(type: "text/html", body: Data("page \(request.host)".utf8))
      default: HTTPResponse(.notFound)
      }
    }
  }

  @Test func answersInOrderOverOneConnection() throws {
    let server = try server()
    defer { server.stop() }
    let connection = try Connection(server.port)
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

  @Test(arguments: [
    ("POST / HTTP/1.1\r\nHost: a\r\n\r\n", "405"), ("nonsense\r\n\r\n", "400"),
    ("GET / HTTP/9.9\r\nHost: a\r\n\r\n", "505"),
    ("GET /" + String(repeating: "a", count: 5000) + " HTTP/1.1\r\n\r\n", "414"),
    ("GET / HTTP/1.1\r\n" + String(repeating: "a: b\r\n", count: 9000) + "\r\n", "431"),
  ])
  func refusalsReachTheClient(text: String, status: String) throws {
    let server = try server()
    defer { server.stop() }
    let connection = try Connection(server.port)
    try connection.send(text)
    #expect(connection.readToEnd().hasPrefix("HTTP/1.1 \(status) "))
  }

  @Test func takenPortsAreLeftAlone() throws {
    let first = try server()
    defer { first.stop() }
    let second = try PageServer(port: first.port) { _ in HTTPResponse(.notFound) }
    defer { second.stop() }
    #expect(second.port > first.port && second.port <= first.port + 20)
    #expect(throws: Sockets.Refused.self) {
      try PageServer(address: "192.0.2.1", port: 0) { _ in HTTPResponse(.notFound) }
    }
    #expect(throws: Sockets.Refused.self) {
      try PageServer(address: "no address", port: 0) { _ in HTTPResponse(.notFound) }
    }
  }

  /// Who does not finish a request is told so; who asks for nothing is let go without a word.
  @Test func halfOpenConnectionsEnd() throws {
    var limits = PageServer.Limits()
    limits.request = 0.3
    let server = try server(limits)
    defer { server.stop() }
    let (slow, silent) = (try Connection(server.port), try Connection(server.port))
    try slow.send("GET / HT")
    #expect(slow.readToEnd().hasPrefix("HTTP/1.1 408 "))
    #expect(silent.readToEnd().isEmpty)
  }

  /// A reader that takes nothing keeps nobody else waiting, and is let go in the end.
  @Test func slowReadersHoldNobodyUp() throws {
    var limits = PageServer.Limits()
    limits.answer = 1
    let server = try server(limits)
    defer { server.stop() }
    let slow = try (0..<20).map { _ in try Connection(server.port) }
    for connection in slow {
      try connection.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
    }
    let quick = try Connection(server.port)
    try quick.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    #expect(quick.readToEnd().hasSuffix("page a"))
    Thread.sleep(forTimeInterval: 2.5)
    // what had come is still there to be read, but not the whole answer
    #expect(slow[0].readToEnd().utf8.count < 8_000_000)
    let reader = try Connection(server.port)
    try reader.send("GET /large HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    #expect(reader.readToEnd().utf8.count > 8_000_000)
  }

  /// Whatever an answer takes of the processor is rested off before the next, however long that is.
  @Test func restsAreAsLongAsTheyMustBe() {
    for busy in [0.001, 0.004, 0.05, 2] {
      var allowance = Allowance(share: 0.02)
      var (now, spent) = (100.0, 0.0)
      for _ in 0..<50 {
        now += busy
        spent += busy
        allowance.spend(busy, at: now)
        now = allowance.restUntil
      }
      #expect(abs(spent / (now - 100) - 0.02) < 1e-9, "\(busy)")
      #expect(abs(allowance.longRests - max(0, now - 100 - spent - 50 * Allowance.short)) < 1e-6)
    }
    // who takes all of a processor never rests
    var all = Allowance(share: 1)
    all.spend(3, at: 7)
    #expect(all.restUntil == 7 && all.longRests == 0)
  }

  /// While the server rests from an answer that took long, nobody is served, and it can be stopped.
  @Test func expensiveAnswersAreRestedOff() throws {
    let calls = Counter()
    let server = try PageServer(port: 0) { _ in
      calls.add()
      // 0.2 s of the processor: ten seconds of rest
      let end = BackgroundThread.processorTime + 0.2
      while BackgroundThread.processorTime < end {}
      return HTTPResponse(.notFound)
    }
    let asking = try (0..<8).map { _ in try Connection(server.port) }
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
    let silent = try (0..<20).map { _ in try Connection(server.port) }
    for _ in 0..<10 {
      let asking = try Connection(server.port)
      try asking.send("GET / HTTP/1.1\r\nHost: b\r\nConnection: close\r\n\r\n")
      #expect(asking.readToEnd().hasSuffix("page b"))
    }
    #expect(silent[0].readToEnd().isEmpty)
  }
}

/// Counts from any thread.
final class Counter: @unchecked Sendable {
  private let lock = NSLock()
  private var number = 0

  var count: Int { lock.withLock { number } }
  func add() { lock.withLock { number += 1 } }
}

/// A client's end of a connection.
final class Connection {
  private let descriptor: Int32

  init(_ port: Int) throws {
    let place = try Sockets.resolve("127.0.0.1", port, isNumeric: true)[0]
    descriptor = try Sockets.stream(place.family)
    _ = fcntl(descriptor, F_SETFL, 0)
    var limit = timeval(tv_sec: 10, tv_usec: 0)
    setsockopt(
      descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    let status = Sockets.withAddress(place.bytes) { connect(descriptor, $0, $1) }
    try #require(status == 0)
  }

  deinit { close(descriptor) }

  func send(_ text: String) throws {
    let bytes = Array(text.utf8)
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes { Sockets.send(descriptor, $0) }
      // the other side may have had enough
      if count <= 0 { return }
      sent += count
    }
  }

  func readToEnd() -> String {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = recv(descriptor, &buffer, buffer.count, 0)
      if count <= 0 { return String(decoding: bytes, as: UTF8.self) }
      bytes += buffer[..<count]
    }
  }
}
