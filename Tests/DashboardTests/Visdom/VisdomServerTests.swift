#if Dashboard
  import Foundation
  import Logging
  import MemoryTasks
  import MemoryTraining
  import NeuralMemory
  import TestSupport
  import Testing

  @testable import Dashboard

  @Suite struct VisdomServerTests {
    /// What a server gets, in whole.
    @Test func messagesArrive() throws {
      let listener = try TestListener(answer: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
      let server = try #require(VisdomServer("http://localhost:\(listener.port)"))
      let body = Data((0..<300_000).map { UInt8(97 + $0 % 26) })
      try server.post("/events", body)
      let request = listener.received
      #expect(request.hasPrefix("POST /events HTTP/1.1\r\n"))
      #expect(request.contains("Host: localhost:\(listener.port)\r\n"))
      #expect(request.contains("Content-Length: 300000\r\n"))
      #expect(request.hasSuffix("\r\n\r\n" + String(decoding: body, as: UTF8.self)))
    }

    /// A server that ends the connection, or sends something else than HTTP, has not answered.
    @Test(arguments: ["", "nonsense\r\n\r\n", "HTTP/1.1 500 Internal Server Error\r\n\r\n"])
    func otherAnswersAreErrors(answer: String) throws {
      let listener = try TestListener(answer: answer)
      let server = try #require(VisdomServer("http://127.0.0.1:\(listener.port)"))
      #expect(throws: VisdomServer.Failed.self) { try server.post("/events", Data("{}".utf8)) }
    }

    /// A server that is away is an error, soon.
    @Test func absentServersAreErrors() throws {
      let gone = try PageServer(port: 0) { _ in PageResponse(.notFound) }
      let port = gone.port
      let server = try #require(VisdomServer("http://127.0.0.1:\(port)"))
      // there, but not one that takes events
      #expect(throws: VisdomServer.Failed.self) { try server.post("/events", Data("{}".utf8)) }
      gone.stop()
      // at an IPv6 address too, where the machine has one
      if let six = try? PageServer(
        address: "::1", port: 0, answer: { _ in PageResponse(.notFound) })
      {
        let server = try #require(VisdomServer("http://[::1]:\(six.port)"))
        #expect(throws: VisdomServer.Failed.self) { try server.post("/events", Data("{}".utf8)) }
        six.stop()
      }
      let none = try #require(VisdomServer("http://127.0.0.1:1"))
      #expect(throws: (any Error).self) { try none.post("/events", Data("{}".utf8), seconds: 2) }
    }

    /// One warning, however often the server is not there, and none from anybody else.
    @Test func absenceIsSaidOnce() throws {
      let log = Lines()
      let server = try #require(VisdomServer("http://127.0.0.1:1"))
      let sender = VisdomSender(log.logger) { try server.post("/events", $0) }
      for _ in 0..<3 {
        sender.send { [Data("{}".utf8)] }
        sender.finish(seconds: 30)
        #expect(sender.isIdle)
      }
      #expect(log.all.count == 1)
      #expect(log.all.first?.hasPrefix("warning Visdom is not there: could not reach ") == true)
      #expect(log.all.first?.contains("Connection refused") == true)
    }
  }
#endif
