import Foundation

/// Which path gives what.
struct DashboardRoutes: Sendable {
  let monitor: RunMonitor
  /// Names under which a browser may call the server; nil: any, since another address than the loopback's was asked for.
  let hosts: Set<String>?

  /// - Parameter address: at which the server listens.
  static func hosts(address: String) -> Set<String>? {
    address == "127.0.0.1" || address == "::1" ? ["127.0.0.1", "localhost", "[::1]"] : nil
  }

  func answer(_ request: HTTPRequest) -> HTTPResponse {
    // a page of another site whose name leads to this machine must not read along
    if let hosts, !hosts.contains(Self.name(request.host)) { return HTTPResponse(.misdirected) }
    if let file = PageFiles.all[request.path] {
      return HTTPResponse(type: file.type, body: file.body)
    }
    switch request.path {
    case "/api/status": return json(monitor.status())
    case "/api/metrics":
      guard let from = number("from", request, 0), let to = number("to", request, .max),
        let points = number("points", request, 1000), 1...5000 ~= points
      else { return HTTPResponse(.badRequest) }
      return json(monitor.metrics(from: from, to: to, points: points))
    case "/api/example": return json(monitor.exampleJSON())
    case "/api/access":
      guard let row = number("row", request, nil) else { return HTTPResponse(.badRequest) }
      return json(monitor.accessJSON(row))
    default: return HTTPResponse(.notFound)
    }
  }

  private func json(_ data: Data?) -> HTTPResponse {
    data.map { HTTPResponse(type: "application/json", body: $0) } ?? HTTPResponse(.notFound)
  }

  /// A whole number of the query, from 0; the default if it is not there, nil if it is none.
  private func number(_ name: String, _ request: HTTPRequest, _ standard: Int?) -> Int? {
    guard let text = request.query[name] else { return standard }
    guard text.utf8.allSatisfy({ 48...57 ~= $0 }), text.utf8.count < 19 else { return nil }
    return Int(text)
  }

  /// A host without its port.
  private static func name(_ host: String) -> String {
    if host.hasPrefix("[") {
      return host.firstIndex(of: "]").map { String(host[...$0]) } ?? host
    }
    return String(host.prefix { $0 != ":" })
  }
}
