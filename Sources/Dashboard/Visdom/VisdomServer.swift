import Foundation

/// A running Visdom server, which takes plain POSTs of JSON.
public struct VisdomServer: Sendable, Equatable {
  /// As the system's calls take it: an IPv6 address without brackets.
  let host: String
  let port: Int

  /// Reads an address such as `http://localhost:8097`; nil if it is none. A missing port is Visdom's, 8097.
  public init?(_ address: String) {
    guard let parts = URLComponents(string: address), parts.scheme?.lowercased() == "http",
      let host = parts.host, !host.isEmpty, ["", "/"].contains(parts.path), parts.query == nil,
      1...65535 ~= parts.port ?? 8097
    else { return nil }
    let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
    self.host = isBracketed ? String(host.dropFirst().dropLast()) : host
    port = parts.port ?? 8097
  }

  var description: String { "http://\(authority)" }

  /// Host and port as they stand in an address, an IPv6 address in brackets.
  private var authority: String { (host.contains(":") ? "[\(host)]" : host) + ":\(port)" }

  /// The server did not do what was asked of it.
  struct Failed: Error, CustomStringConvertible {
    let description: String
  }

  /// Sends one message.
  ///
  /// - Parameters:
  ///   - path: such as `/events`.
  ///   - seconds: that connecting, sending and the answer may take together.
  /// - Throws: `Failed` or `Sockets.Refused`.
  func post(_ path: String, _ body: Data, seconds: Double = 5) throws {
    let end = ProcessInfo.processInfo.systemUptime + seconds
    let descriptor = try connect(until: end)
    defer { close(descriptor) }
    var message = Data(
      """
      POST \(path) HTTP/1.1\r
      Host: \(authority)\r
      Content-Type: application/json\r
      Content-Length: \(body.count)\r
      Connection: close\r
      \r

      """.utf8)
    message.append(body)
    var sent = 0
    while sent < message.count {
      try wait(descriptor, POLLOUT, until: end)
      let count = message.withUnsafeBytes {
        Sockets.send(descriptor, UnsafeRawBufferPointer(rebasing: $0[sent...]))
      }
      if count < 0, errno != EAGAIN, errno != EINTR {
        throw Sockets.Refused(action: "send to \(description)", code: errno)
      }
      sent += max(0, count)
    }
    // the status is in the first line
    var answer: [UInt8] = []
    while !answer.contains(10), answer.count < 4096 {
      try wait(descriptor, POLLIN, until: end)
      var buffer = [UInt8](repeating: 0, count: 1024)
      let count = recv(descriptor, &buffer, buffer.count, 0)
      if count < 0, errno == EAGAIN || errno == EINTR { continue }
      guard count > 0 else { break }
      answer += buffer[..<count]
    }
    let line = String(decoding: answer.prefix { $0 != 13 && $0 != 10 }, as: UTF8.self)
    let words = line.split(separator: " ")
    guard words.count > 1, words[0].hasPrefix("HTTP/1."), words[1] == "200" else {
      throw Failed(description: "\(description) answered \"\(line)\"")
    }
  }

  private func connect(until end: Double) throws -> Int32 {
    var last: any Error = Failed(description: "\(description) has no address")
    for address in try Sockets.resolve(host, port, isNumeric: false) {
      let descriptor = try Sockets.stream(address.family)
      let status = Sockets.withAddress(address.bytes) { Foundation.connect(descriptor, $0, $1) }
      do {
        if status != 0 {
          guard errno == EINPROGRESS else {
            throw Sockets.Refused(action: "connect to \(description)", code: errno)
          }
          try wait(descriptor, POLLOUT, until: end)
          var code: Int32 = 0
          var length = socklen_t(MemoryLayout<Int32>.size)
          getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &length)
          guard code == 0 else {
            throw Sockets.Refused(action: "connect to \(description)", code: code)
          }
        }
        return descriptor
      } catch {
        close(descriptor)
        last = error
      }
    }
    throw last
  }

  private func wait(_ descriptor: Int32, _ event: some BinaryInteger, until end: Double) throws {
    let left = end - ProcessInfo.processInfo.systemUptime
    var entry = pollfd(fd: descriptor, events: Int16(event), revents: 0)
    guard left > 0, poll(&entry, 1, Int32(left * 1000)) != 0 else {
      throw Failed(description: "\(description) took too long")
    }
  }
}
