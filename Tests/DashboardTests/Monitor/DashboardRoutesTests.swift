#if Dashboard
  import Foundation
  import NIOHTTP1
  import TestSupport
  import Testing

  @testable import Dashboard

  /// Which path gives what.
  @Suite struct DashboardRoutesTests {
    private func request(_ target: String, host: String = "127.0.0.1:8097") throws -> PageRequest {
      try PageRequest(
        HTTPRequestHead(version: .http1_1, method: .GET, uri: target, headers: ["Host": host]))
    }

    @Test func onlyKnownPathsAndHostsAreAnswered() throws {
      let routes = DashboardRoutes(
        monitor: RunMonitor(.init()), hosts: DashboardRoutes.hosts(address: "127.0.0.1"))
      func status(_ target: String, host: String = "127.0.0.1:8097") throws -> UInt {
        routes.answer(try request(target, host: host)).status.code
      }
      for path in ["/", "/page.css", "/page.js", "/curves.js", "/maps.js", "/api/status"] {
        #expect(try status(path) == 200, "\(path)")
      }
      for path in [
        "/x", "/../etc/passwd", "//", "/api", "/page.js/", "/api/example", "/api/access?row=0",
      ] {
        #expect(try status(path) == 404, "\(path)")
      }
      for query in ["points=0", "points=2001", "from=-1", "to=x", "from=99999999999999999999"] {
        #expect(try status("/api/metrics?\(query)") == 400, "\(query)")
      }
      #expect(try status("/api/access") == 400)
      #expect(try status("/", host: "localhost:1") == 200 && status("/", host: "[::1]:8097") == 200)
      for host in ["evil.example", "127.0.0.1.evil.example", "localhost.evil", ""] {
        #expect(try status("/", host: host) == 421, "\(host)")
      }
      let open = DashboardRoutes(
        monitor: RunMonitor(.init()), hosts: DashboardRoutes.hosts(address: "0.0.0.0"))
      #expect(try open.answer(request("/", host: "machine")).status == .ok)
    }
  }
#endif
