import Foundation
import Testing

/// A server that takes one request with a body, and gives the answer that it was made with.
final class TestListener: @unchecked Sendable {
  let port: Int
  private let descriptor: Int32
  private let answer: String
  private let done = DispatchSemaphore(value: 0)
  // Written before `done` is signalled, read after.
  private var bytes = Data()

  init(answer: String) throws {
    self.answer = answer
    let descriptor = TestSockets.stream()
    self.descriptor = descriptor
    let bound = TestSockets.withLoopback(0) { bind(descriptor, $0, $1) }
    try #require(bound == 0 && listen(descriptor, 1) == 0)
    var address = sockaddr_in()
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutableBytes(of: &address) {
      _ = getsockname(descriptor, $0.baseAddress!.assumingMemoryBound(to: sockaddr.self), &length)
    }
    port = Int(UInt16(bigEndian: address.sin_port))
    Thread { self.serve() }.start()
  }

  deinit { close(descriptor) }

  /// What has come, when all has.
  var received: String {
    done.wait()
    done.signal()
    return String(decoding: bytes, as: UTF8.self)
  }

  private func serve() {
    let client = accept(descriptor, nil, nil)
    var buffer = [UInt8](repeating: 0, count: 65536)
    var expected = Int.max
    while bytes.count < expected {
      let count = recv(client, &buffer, buffer.count, 0)
      if count <= 0 { break }
      bytes += buffer[..<count]
      if expected == .max, let end = bytes.range(of: Data("\r\n\r\n".utf8)) {
        let head = String(decoding: bytes[..<end.lowerBound], as: UTF8.self)
        let field = head.components(separatedBy: "Content-Length: ").last ?? ""
        expected = end.upperBound + (Int(field.prefix { $0.isNumber }) ?? 0)
      }
    }
    _ = Array(answer.utf8).withUnsafeBytes { TestSockets.send(client, $0) }
    close(client)
    done.signal()
  }
}
