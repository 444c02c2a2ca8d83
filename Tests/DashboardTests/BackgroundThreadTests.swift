import Foundation
import Testing

@testable import Dashboard

@Suite struct BackgroundThreadTests {
  /// A thread has its name before anything else is done in it, or its time would count as
  /// another's.
  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/proc/thread-self/comm")))
  func threadsAreNamedFromWithin() {
    let names = Names()
    let count = 200
    for _ in 0..<count {
      BackgroundThread.start("dashboard example") {
        names.add((try? String(contentsOfFile: "/proc/thread-self/comm", encoding: .utf8)) ?? "")
      }
    }
    let end = Date(timeIntervalSinceNow: 30)
    while names.all.count < count, Date() < end { Thread.sleep(forTimeInterval: 0.01) }
    #expect(names.all.filter { $0 == "dashboard examp\n" }.count == count)
  }

  private final class Names: @unchecked Sendable {
    private let lock = NSLock()
    private var names: [String] = []

    var all: [String] { lock.withLock { names } }
    func add(_ name: String) { lock.withLock { names.append(name) } }
  }
}
