import Foundation
import Testing

/// A client's end of a connection.
final class TestConnection {
  private let descriptor: Int32

  init(_ port: Int) throws {
    descriptor = TestSockets.stream()
    var limit = timeval(tv_sec: 10, tv_usec: 0)
    setsockopt(
      descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    let status = TestSockets.withLoopback(port) { connect(descriptor, $0, $1) }
    try #require(status == 0)
  }

  deinit { close(descriptor) }

  /// Whether bytes are there to be read, or the end.
  var hasAnswer: Bool {
    var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&entry, 1, 0) > 0
  }

  func send(_ text: String) throws { send(Array(text.utf8)) }

  func send(_ bytes: [UInt8]) {
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes { TestSockets.send(descriptor, $0) }
      // the other side may have had enough
      if count <= 0 { return }
      sent += count
    }
  }

  /// Says that nothing more is sent.
  func endInput() { shutdown(descriptor, Int32(SHUT_WR)) }

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
