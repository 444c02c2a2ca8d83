/// The head of a request, as much of it as a server that only shows pages needs.
struct HTTPRequest: Equatable {
  var method: String
  /// Without the query.
  var path: String
  /// The query's names and values, as they stand there.
  var query: [String: String]
  /// The header `Host`, in lower case.
  var host: String
  var keepsAlive: Bool
}

/// Reads heads of requests (RFC 9112), and refuses what is none with the status that fits.
struct HTTPRequestParser {
  /// Bytes of a head at the most.
  static let limit = 8192
  /// Bytes of a request line at the most.
  static let lineLimit = 2048

  enum Result: Equatable {
    /// More bytes are needed.
    case incomplete
    /// A request, and how many bytes it took.
    case request(HTTPRequest, length: Int)
    /// A status with which the connection ends.
    case refused(HTTPStatus)
  }

  /// Looks at the bytes that have come so far.
  ///
  /// - Complexity: O(number of bytes).
  static func parse(_ bytes: [UInt8]) -> Result {
    guard let end = endOfHead(bytes) else {
      let line = bytes.firstIndex(of: 10) ?? bytes.count
      if line > lineLimit { return .refused(.uriTooLong) }
      if let first = bytes.first, !isToken(first) { return .refused(.badRequest) }
      return bytes.count > limit ? .refused(.headTooLarge) : .incomplete
    }
    guard end.length <= limit else { return .refused(.headTooLarge) }
    var lines = bytes[..<end.head].split(separator: 10, omittingEmptySubsequences: false)
    for i in lines.indices where lines[i].last == 13 { lines[i] = lines[i].dropLast() }
    guard let first = lines.first, first.count <= lineLimit else { return .refused(.uriTooLong) }
    let words = first.split(separator: 32, omittingEmptySubsequences: false)
    guard words.count == 3, !words[0].isEmpty, words[0].allSatisfy(isToken),
      words[1].allSatisfy({ $0 > 32 && $0 < 127 })
    else { return .refused(.badRequest) }
    let version = String(decoding: words[2], as: UTF8.self)
    guard version == "HTTP/1.1" || version == "HTTP/1.0" else {
      return .refused(version.hasPrefix("HTTP/") ? .versionNotSupported : .badRequest)
    }
    var request = HTTPRequest(
      method: String(decoding: words[0], as: UTF8.self), path: "", query: [:], host: "",
      keepsAlive: version == "HTTP/1.1")
    guard readTarget(words[1], into: &request) else { return .refused(.badRequest) }
    if let status = readFields(lines.dropFirst(), into: &request, isOld: version == "HTTP/1.0") {
      return .refused(status)
    }
    return .request(request, length: end.length)
  }

  /// The header fields; returns the status of what is wrong with them.
  private static func readFields(
    _ lines: ArraySlice<ArraySlice<UInt8>>, into request: inout HTTPRequest, isOld: Bool
  ) -> HTTPStatus? {
    var (hosts, closes) = (0, false)
    for line in lines {
      guard let colon = line.firstIndex(of: 58), colon > line.startIndex,
        line[..<colon].allSatisfy(isToken),
        line[colon...].allSatisfy({ $0 == 9 || ($0 >= 32 && $0 != 127) })
      else { return .badRequest }
      let trimmed = trim(String(decoding: line[(colon + 1)...], as: UTF8.self).lowercased())
      switch String(decoding: line[..<colon], as: UTF8.self).lowercased() {
      case "host":
        hosts += 1
        request.host = trimmed
      case "connection":
        let options = trimmed.split(separator: ",").map(trim)
        if options.contains("close") { closes = true }
        if options.contains("keep-alive") { request.keepsAlive = true }
      case "content-length":
        // nothing that is served here takes a body
        guard let length = Int(trimmed), length >= 0 else { return .badRequest }
        if length > 0 { return .contentTooLarge }
      case "transfer-encoding": return .contentTooLarge
      default: break
      }
    }
    if closes { request.keepsAlive = false }
    return hosts == 1 || (hosts == 0 && isOld) ? nil : .badRequest
  }

  private static func trim(_ text: some StringProtocol) -> String {
    let start = text.drop { $0 == " " || $0 == "\t" }
    return String(start.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
  }

  private static func readTarget(_ word: ArraySlice<UInt8>, into request: inout HTTPRequest) -> Bool
  {
    guard word.first == 47 else { return false }
    let parts = String(decoding: word, as: UTF8.self)
      .split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    request.path = String(parts[0])
    for pair in parts.count > 1 ? parts[1].split(separator: "&") : [] {
      let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      request.query[String(sides[0])] = sides.count > 1 ? String(sides[1]) : ""
    }
    return true
  }

  /// Where the head ends: an empty line, with or without carriage returns.
  private static func endOfHead(_ bytes: [UInt8]) -> (head: Int, length: Int)? {
    var position = 0
    while let line = bytes[position...].firstIndex(of: 10) {
      if line + 1 < bytes.count, bytes[line + 1] == 10 { return (line, line + 2) }
      if line + 2 < bytes.count, bytes[line + 1] == 13, bytes[line + 2] == 10 {
        return (line, line + 3)
      }
      position = line + 1
    }
    return nil
  }

  /// Characters of methods and field names.
  private static func isToken(_ byte: UInt8) -> Bool {
    switch byte {
    case 48...57, 65...90, 97...122: true
    default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
  }
}
