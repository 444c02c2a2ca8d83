import Foundation

/// The few calls of the system's sockets that are needed, the same on Linux and Apple's systems.
enum Sockets {
  /// The system refused.
  struct Refused: Error, CustomStringConvertible {
    let action: String
    let code: Int32
    var description: String { "could not \(action): \(String(cString: strerror(code)))" }
  }

  static func stream(_ family: Int32) throws -> Int32 {
    #if canImport(Darwin)
      let descriptor = socket(family, SOCK_STREAM, 0)
    #else
      let descriptor = socket(family, Int32(SOCK_STREAM.rawValue), 0)
    #endif
    guard descriptor >= 0 else { throw Refused(action: "make a socket", code: errno) }
    prepare(descriptor)
    return descriptor
  }

  /// Not inherited by processes that are started, never waited for, and no signal when the other side has gone.
  static func prepare(_ descriptor: Int32) {
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    #if canImport(Darwin)
      var one: Int32 = 1
      setsockopt(descriptor, SOL_SOCKET, SO_NOSIGPIPE, &one, socklen_t(MemoryLayout<Int32>.size))
    #endif
  }

  /// Sends without a signal when the other side has gone; −1 as the system's call.
  static func send(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    #if canImport(Darwin)
      Foundation.send(descriptor, bytes.baseAddress, bytes.count, 0)
    #else
      Foundation.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
    #endif
  }

  /// Numeric addresses and ports of a name.
  static func resolve(
    _ host: String, _ port: Int, isNumeric: Bool
  ) throws -> [(family: Int32, bytes: [UInt8])] {
    var hints = addrinfo()
    #if canImport(Darwin)
      hints.ai_socktype = SOCK_STREAM
    #else
      hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    #endif
    if isNumeric { hints.ai_flags = AI_NUMERICHOST }
    var list: UnsafeMutablePointer<addrinfo>?
    let status = getaddrinfo(host, String(port), &hints, &list)
    guard status == 0 else {
      throw Refused(action: "find the address \(host)", code: EADDRNOTAVAIL)
    }
    defer { freeaddrinfo(list) }
    var found: [(family: Int32, bytes: [UInt8])] = []
    var next = list
    while let entry = next {
      let length = Int(entry.pointee.ai_addrlen)
      found.append(
        (
          entry.pointee.ai_family,
          [UInt8](UnsafeRawBufferPointer(start: entry.pointee.ai_addr, count: length))
        ))
      next = entry.pointee.ai_next
    }
    return found
  }

  static func withAddress<R>(
    _ bytes: [UInt8], _ body: (UnsafePointer<sockaddr>, socklen_t) -> R
  ) -> R {
    bytes.withUnsafeBytes { raw in
      body(raw.baseAddress!.assumingMemoryBound(to: sockaddr.self), socklen_t(raw.count))
    }
  }
}
