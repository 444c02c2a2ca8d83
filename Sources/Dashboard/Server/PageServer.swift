import Foundation

/// A server of pages for a handful of people, on one thread of its own.
///
/// Written by hand over the system's sockets rather than taken from a package, because what matters here is what it refuses: everything but GET and HEAD of small
/// requests, more than so many clients, clients that do not finish their requests or do not take their answers. The servers that were looked at (FlyingFox
/// 0.27.1) wait for a client without end, take lines of any length, and close the connection where a status should be sent.
///
/// One thread waits for all sockets with `poll`; handlers run on it, so they must be quick.
final class PageServer: @unchecked Sendable {
  /// What clients may do.
  struct Limits: Sendable {
    /// Connections at a time. One more takes the place of the one that has waited longest without having asked for anything, or is turned away.
    var clients = 128
    /// Seconds from the first byte of a request, or from the connection, to its end.
    var request = 10.0
    /// Seconds without any byte taken of an answer.
    var answer = 10.0
    /// Seconds between two requests of a connection.
    var idle = 60.0
    /// Share of a processor that the server takes at the most, in the long run.
    var share = 0.02
  }

  /// The port it listens on.
  let port: Int
  private let listener: Int32
  private let wake: (read: Int32, write: Int32)
  private let limits: Limits
  private let handler: @Sendable (HTTPRequest) -> HTTPResponse
  // Used by the server's thread alone.
  private var clients: [Int32: Client] = [:]
  private var turn = 0
  private var allowance: Allowance
  /// Seconds of a processor after which a turn ends.
  private static let turnTime = 0.005

  /// Starts to serve.
  ///
  /// - Parameters:
  ///   - address: numeric, IPv4 or IPv6.
  ///   - port: if it is taken, the next free one of the following twenty; 0: any.
  /// - Throws: `Sockets.Refused`.
  init(
    address: String = "127.0.0.1", port: Int, limits: Limits = Limits(),
    handler: @escaping @Sendable (HTTPRequest) -> HTTPResponse
  ) throws {
    self.limits = limits
    allowance = Allowance(share: limits.share)
    self.handler = handler
    (listener, self.port) = try Self.listen(address, port)
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else {
      close(listener)
      throw Sockets.Refused(action: "make a pipe", code: errno)
    }
    for end in ends { Sockets.prepare(end) }
    wake = (ends[0], ends[1])
    BackgroundThread.start("dashboard") { [self] in run() }
  }

  /// Stops: connections are closed, the port becomes free.
  func stop() {
    var byte: UInt8 = 0
    _ = write(wake.write, &byte, 1)
  }

  private static func listen(_ address: String, _ port: Int) throws -> (Int32, Int) {
    guard let place = try Sockets.resolve(address, port, isNumeric: true).first else {
      throw Sockets.Refused(action: "listen at \(address)", code: EADDRNOTAVAIL)
    }
    var last: Int32 = EADDRINUSE
    for candidate in port...min(65535, port + (port == 0 ? 0 : 20)) {
      let descriptor = try Sockets.stream(place.family)
      #if !canImport(Darwin)
        // there, it would let two listeners share a port
        var one: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
      #endif
      // the port stands in bytes 2 and 3 of both families' addresses, the higher byte first
      var bytes = place.bytes
      (bytes[2], bytes[3]) = (UInt8(candidate >> 8), UInt8(candidate & 0xFF))
      let bound = Sockets.withAddress(bytes) { bind(descriptor, $0, $1) }
      if bound == 0, Foundation.listen(descriptor, 64) == 0 {
        var name = bytes
        var length = socklen_t(name.count)
        name.withUnsafeMutableBytes {
          _ = getsockname(
            descriptor, $0.baseAddress!.assumingMemoryBound(to: sockaddr.self), &length)
        }
        return (descriptor, Int(name[2]) << 8 | Int(name[3]))
      }
      last = errno
      close(descriptor)
      guard last == EADDRINUSE else { break }
    }
    throw Sockets.Refused(action: "listen at \(address), port \(port)", code: last)
  }

  // MARK: The thread

  private static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  private func run() {
    var spent = BackgroundThread.processorTime
    while true {
      let before = BackgroundThread.processorTime
      var entries = [
        pollfd(fd: listener, events: Int16(POLLIN), revents: 0),
        pollfd(fd: wake.read, events: Int16(POLLIN), revents: 0),
      ]
      var ready: [Int32] = []
      for client in clients.values {
        if client.isReady { ready.append(client.descriptor) }
        let events = client.isReady ? 0 : client.isAnswering ? POLLOUT : POLLIN
        entries.append(pollfd(fd: client.descriptor, events: Int16(events), revents: 0))
      }
      let wait: Int32 = ready.isEmpty ? (clients.isEmpty ? 60_000 : 1000) : 0
      _ = poll(&entries, nfds_t(entries.count), wait)
      // long rests are not held against clients
      let time = Self.now() - allowance.longRests
      if entries[1].revents != 0 { break }
      if entries[0].revents != 0 { acceptClients(time) }
      let asking = entries.dropFirst(2).filter { $0.revents != 0 }.map(\.fd) + ready
      let waiting = serve(asking, time, since: before)
      for client in clients.values
      where time > client.deadline && !waiting.contains(client.descriptor) { expire(client) }
      // however many ask, and whatever it costs to answer: clients wait, the training does not
      let now = BackgroundThread.processorTime
      allowance.spend(now - spent, at: Self.now())
      spent = now
      if rest() { break }
    }
    for client in clients.values { client.close() }
    close(listener)
    close(wake.read)
    close(wake.write)
  }

  /// Serves nobody until what was taken of the processor is rested off; true if the server was stopped meanwhile.
  private func rest() -> Bool {
    while true {
      let left = allowance.restUntil - Self.now()
      guard left > 0 else { return false }
      var entry = pollfd(fd: wake.read, events: Int16(POLLIN), revents: 0)
      if poll(&entry, 1, Int32(min(60, left) * 1000) + 1) > 0 { return true }
    }
  }

  /// One request or one piece of an answer for each of the clients, as many as a turn has time for; the next turn begins with another.
  ///
  /// - Returns: those for whom there was no time.
  private func serve(
    _ descriptors: [Int32], _ time: Double, since before: Double
  ) -> ArraySlice<Int32> {
    guard !descriptors.isEmpty else { return [] }
    turn = (turn + 1) % descriptors.count
    let order = Array(descriptors[turn...] + descriptors[..<turn])
    for (place, descriptor) in order.enumerated() {
      serve(descriptor, time)
      if BackgroundThread.processorTime - before > Self.turnTime { return order[(place + 1)...] }
    }
    return []
  }

  private func acceptClients(_ time: Double) {
    for _ in 0..<64 {
      let descriptor = accept(listener, nil, nil)
      guard descriptor >= 0 else { return }
      Sockets.prepare(descriptor)
      if clients.count >= limits.clients, !makeRoom() {
        let refusal = HTTPResponse(.unavailable).bytes(keepsAlive: false)
        _ = refusal.withUnsafeBytes { Sockets.send(descriptor, $0) }
        close(descriptor)
        continue
      }
      clients[descriptor] = Client(descriptor, since: time, deadline: time + limits.request)
    }
  }

  /// Drops the connection that has waited longest without being in the middle of an answer.
  private func makeRoom() -> Bool {
    guard
      let oldest = clients.values.filter({ !$0.isAnswering }).min(by: { $0.since < $1.since })
    else { return false }
    drop(oldest)
    return true
  }

  private func drop(_ client: Client) {
    client.close()
    clients[client.descriptor] = nil
  }

  private func expire(_ client: Client) {
    // who began a request is told; who takes no answer, or was only waiting, is not
    if !client.isAnswering, !client.isLingering, !client.input.isEmpty {
      let answer = HTTPResponse(.timeout).bytes(keepsAlive: false)
      _ = answer.withUnsafeBytes { Sockets.send(client.descriptor, $0) }
    }
    drop(client)
  }

  private func serve(_ descriptor: Int32, _ time: Double) {
    guard let client = clients[descriptor] else { return }
    if client.isLingering {
      if !client.discard() { drop(client) }
      return
    }
    if !client.isAnswering {
      if client.isReady {
        client.isReady = false
      } else {
        guard client.receive() else { return drop(client) }
      }
      answer(client, time)
    }
    guard client.isAnswering else { return }
    switch client.send() {
    case .gone: drop(client)
    case .waits(let some): if some { client.deadline = time + limits.answer }
    case .done:
      guard client.keepsAlive else { return client.linger(until: time + 1) }
      client.since = time
      client.deadline = time + (client.input.isEmpty ? limits.idle : limits.request)
      // a request that came with the last one is served when it is this client's turn again
      client.isReady = !client.input.isEmpty
    }
  }

  private func answer(_ client: Client, _ time: Double) {
    switch HTTPRequestParser.parse(client.input) {
    case .incomplete:
      guard !client.isTimed, !client.input.isEmpty else { return }
      client.isTimed = true
      client.deadline = min(client.deadline, time + limits.request)
    case .refused(let status):
      client.begin(HTTPResponse(status).bytes(keepsAlive: false), keepsAlive: false)
      client.deadline = time + limits.answer
    case .request(let request, let length):
      client.input.removeFirst(length)
      client.isTimed = false
      let isRead = request.method == "GET" || request.method == "HEAD"
      let response = isRead ? handler(request) : HTTPResponse(.methodNotAllowed)
      let keepsAlive = request.keepsAlive && isRead
      client.begin(
        response.bytes(keepsAlive: keepsAlive, withBody: request.method != "HEAD"),
        keepsAlive: keepsAlive)
      client.deadline = time + limits.answer
    }
  }
}

/// One connection.
private final class Client {
  let descriptor: Int32
  /// When it was made or last began to wait.
  var since: Double
  var deadline: Double
  var input: [UInt8] = []
  /// Whether bytes are there that have not been looked at.
  var isReady = false
  /// Whether the deadline is that of a request that has begun.
  var isTimed = false
  private(set) var keepsAlive = true
  /// Everything is said; what still comes is thrown away, so that the last answer is not lost with it.
  private(set) var isLingering = false
  private var output = Data()
  private var sent = 0

  init(_ descriptor: Int32, since: Double, deadline: Double) {
    (self.descriptor, self.since, self.deadline) = (descriptor, since, deadline)
  }

  var isAnswering: Bool { !output.isEmpty }

  func begin(_ answer: Data, keepsAlive: Bool) {
    output = answer
    sent = 0
    self.keepsAlive = keepsAlive
  }

  /// Takes what has come, up to one head; false if the other side has gone.
  func receive() -> Bool {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = recv(descriptor, &buffer, buffer.count, 0)
    if count > 0 {
      input += buffer[..<count]
      return true
    }
    return count < 0 && (errno == EAGAIN || errno == EINTR)
  }

  enum Progress {
    case done
    case waits(some: Bool)
    case gone
  }

  func send() -> Progress {
    var some = false
    while sent < output.count {
      let count = output.withUnsafeBytes {
        Sockets.send(descriptor, UnsafeRawBufferPointer(rebasing: $0[sent...]))
      }
      if count <= 0 {
        return errno == EAGAIN || errno == EINTR ? .waits(some: some) : .gone
      }
      some = true
      sent += count
    }
    output = Data()
    return .done
  }

  func linger(until deadline: Double) {
    shutdown(descriptor, Int32(SHUT_WR))
    isLingering = true
    input = []
    self.deadline = deadline
  }

  /// Throws away what has come; false if the other side has gone.
  func discard() -> Bool {
    let isOpen = receive()
    input = []
    return isOpen
  }

  func close() { Foundation.close(descriptor) }

}
