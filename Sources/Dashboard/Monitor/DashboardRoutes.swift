#if Dashboard
  import Foundation

  /// Which path gives what.
  struct DashboardRoutes: Sendable {
    let monitor: RunMonitor
    /// Names under which a browser may call the server; nil: any, since another address than the
    /// loopback's was asked for.
    let hosts: Set<String>?

    /// - Parameter address: at which the server listens.
    static func hosts(address: String) -> Set<String>? {
      address == "127.0.0.1" || address == "::1" ? ["127.0.0.1", "localhost", "[::1]"] : nil
    }

    func answer(_ request: PageRequest) -> PageResponse {
      // a page of another site whose name leads to this machine must not read along
      if let hosts, !hosts.contains(Self.name(request.host)) {
        return PageResponse(.misdirectedRequest)
      }
      if let file = PageFiles.all[request.path] {
        return PageResponse(type: file.type, body: file.body)
      }
      switch request.path {
      case "/api/status":
        guard let held = number("held", request, 0) else { return PageResponse(.badRequest) }
        return json(monitor.status(held: held))
      case "/api/metrics":
        guard let from = number("from", request, 0), let to = number("to", request, .max),
          let points = number("points", request, 1000), 1...2000 ~= points
        else { return PageResponse(.badRequest) }
        return json(monitor.metrics(from: from, to: to, points: points))
      case "/api/example": return json(monitor.exampleJSON())
      case "/api/access":
        guard let row = number("row", request, nil), let id = number("id", request, 0) else {
          return PageResponse(.badRequest)
        }
        return json(monitor.accessJSON(row, id: id))
      default: return PageResponse(.notFound)
      }
    }

    private func json(_ data: Data?) -> PageResponse {
      data.map { PageResponse(type: "application/json", body: $0) } ?? PageResponse(.notFound)
    }

    /// A whole number of the query, from 0; the default if it is not there, nil if it is none.
    private func number(_ name: String, _ request: PageRequest, _ standard: Int?) -> Int? {
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
#endif
