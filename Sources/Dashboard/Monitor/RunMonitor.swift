import Foundation
import MemoryInspection

/// What is known of a run, kept for those who look at it. Any thread may ask.
///
/// The training only ever takes this object's lock, which is held for moments; the examples are computed and written as JSON elsewhere.
final class RunMonitor: @unchecked Sendable {
  /// What a run is, in words for the page's head.
  struct About: Sendable {
    var title = ""
    var task = ""
    var network = ""
    var iterations = 0
    var isLogit = false
    var lengthUnit = ""
  }

  /// Seconds after the last question during which somebody is taken to be looking.
  static let attention = 10.0
  /// Seconds between two examples at the least.
  static let pause = 2.0
  /// Share of a processor that making examples may take.
  static let share = 0.005

  private let lock = NSLock()
  // All guarded by the lock.
  private var about: About
  private var history = MetricsHistory()
  private var state = "starting"
  private var example: (id: Int, json: Data, snapshot: ExampleSnapshot)?
  private var lastQuestion = -Double.infinity
  private var nextExample = -Double.infinity
  private var isMaking = false

  init(_ about: About) { self.about = about }

  static var now: Double { ProcessInfo.processInfo.systemUptime }

  // MARK: From the run

  func set(about: About) { lock.withLock { self.about = about } }

  func set(state: String) { lock.withLock { self.state = state } }

  func add(_ points: [MetricsPoint], isFromStart: Bool) {
    lock.withLock {
      if isFromStart { history.removeAll() }
      for point in points { history.append(point) }
    }
  }

  /// Adds a point; says whether an example should be made now, in which case nobody else is asked until `finish` was called.
  func addAndAsk(_ point: MetricsPoint) -> Bool {
    let now = Self.now
    return lock.withLock {
      history.append(point)
      return wantsExample(now)
    }
  }

  /// Whether an example should be made now; see `addAndAsk`.
  func ask() -> Bool {
    let now = Self.now
    return lock.withLock { wantsExample(now) }
  }

  private func wantsExample(_ now: Double) -> Bool {
    guard !isMaking, now >= nextExample, now - lastQuestion < Self.attention else { return false }
    isMaking = true
    return true
  }

  /// Takes an example that took so long to make; nil if there is none to show. The next one is due after a pause in keeping with that.
  func finish(_ made: ExampleSnapshot?, seconds: Double) {
    let (id, isLogit) = lock.withLock { ((example?.id ?? 0) + 1, about.isLogit) }
    let start = Self.now
    let json = made.map { PageJSON.example($0, id: id, isLogit: isLogit) }
    let end = Self.now
    lock.withLock {
      if let made, let json { example = (id, json, made) }
      nextExample = end + max(Self.pause, (seconds + end - start) / Self.share)
      isMaking = false
    }
  }

  // MARK: For the page

  func status() -> Data {
    let now = Self.now
    return lock.withLock {
      lastQuestion = now
      return Data(
        """
        {"title":\(PageJSON.text(about.title)),"task":\(PageJSON.text(about.task)),\
        "network":\(PageJSON.text(about.network)),"iterations":\(about.iterations),\
        "length_unit":\(PageJSON.text(about.lengthUnit)),\
        "state":\(PageJSON.text(state)),"points":\(history.count),\
        "iteration":\(history.last?.iteration ?? 0),"example":\(example?.id ?? 0)}
        """.utf8)
    }
  }

  func metrics(from: Int, to: Int, points: Int) -> Data {
    // taken under the lock, which costs a series; written as text without it
    let series = lock.withLock { history.series(from: from, to: to, points: points) }
    return PageJSON.metrics(series)
  }

  func exampleJSON() -> Data? { lock.withLock { example?.json } }

  /// nil: there is no such access.
  func accessJSON(_ row: Int) -> Data? {
    let found = lock.withLock { example.map { ($0.id, $0.snapshot.memory) } }
    guard let (id, memory) = found, let memory, 0..<memory.rows ~= row else { return nil }
    return PageJSON.access(memory, row, id: id)
  }
}
