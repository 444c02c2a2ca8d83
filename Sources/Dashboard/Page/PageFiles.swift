import Foundation

/// The page, in the program itself: a binary that is moved somewhere else has it still.
enum PageFiles {
  struct File: Sendable {
    let type: String
    let body: Data

    init(_ type: String, _ text: String) {
      self.type = "\(type); charset=utf-8"
      body = Data(text.utf8)
    }
  }

  /// By path.
  static let all: [String: File] = [
    "/": File("text/html", html),
    "/page.css": File("text/css", css),
    "/page.js": File("text/javascript", pageScript),
    "/curves.js": File("text/javascript", curvesScript),
    "/maps.js": File("text/javascript", mapsScript),
    "/favicon.svg": File("image/svg+xml", icon),
  ]

  private static let icon = """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 4"><path fill="#440154" d="M0 0h4v4H0z"/>\
    <path fill="#21918c" d="M0 0h1v1H0zM1 1h1v1H1z"/><path fill="#fde725" d="M2 2h1v1H2zM3 3h1v1H3z"/></svg>
    """
}
