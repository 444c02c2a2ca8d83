import Foundation

/// The files of the page, from `Resources`. SwiftPM embeds them in the program.
enum PageFiles {
  struct File: Sendable {
    let type: String
    let body: Data

    init(_ type: String, _ bytes: [UInt8]) {
      self.type = "\(type); charset=utf-8"
      body = Data(bytes)
    }
  }

  /// By path.
  static let all: [String: File] = [
    "/": File("text/html", PackageResources.page_html),
    "/page.css": File("text/css", PackageResources.page_css),
    "/page.js": File("text/javascript", PackageResources.page_js),
    "/curves.js": File("text/javascript", PackageResources.curves_js),
    "/maps.js": File("text/javascript", PackageResources.maps_js),
    "/favicon.svg": File("image/svg+xml", PackageResources.favicon_svg),
  ]
}
