import Foundation

/// A running Visdom server, which takes plain POSTs of JSON.
public struct VisdomServer: Sendable, Equatable {
  /// A name or a numeric address, an IPv6 address without brackets.
  let host: String
  let port: Int

  /// Reads an address such as `http://localhost:8097`; nil if it is none. A missing port is
  /// Visdom's, 8097.
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

  /// Host and port as an address has them, an IPv6 address in brackets.
  var authority: String { (host.contains(":") ? "[\(host)]" : host) + ":\(port)" }

  /// The server did not do what was asked of it.
  struct Failed: Error, CustomStringConvertible {
    let description: String
  }
}
