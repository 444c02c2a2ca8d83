import Foundation
import MemoryInspection
import MemoryTraining

/// What is known of a run, kept for those who look at it. Any thread may ask.
///
/// The training only ever takes this object's lock, which is held for moments; the examples are
/// computed and written as JSON elsewhere.
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

  /// Tells this server from others that had, or will have, its port: their examples are numbered
  /// from 1 too.
  private let server = String(UInt64.random(in: 0 ... .max), radix: 36)
  private let lock = NSLock()
  // All guarded by the lock.
  private var about: About
  private var history = MetricsHistory()
  private var state = "starting"
  /// The newest last.
  private var examples: [Example] = []
  private var lastMetrics: (question: [Int], time: Double, answer: Data)?
  /// Answers about accesses that were given, the last ones last.
  private var accesses: [(id: Int, row: Int, answer: Data)] = []
  private var lastQuestion = -Double.infinity
  private var nextExample = -Double.infinity
  private var isMaking = false
  /// Answers about accesses that had to be made.
  private(set) var accessesMade = 0

  /// Examples that are kept: the newest, and those that somebody holds.
  static let kept = 4
  /// Bytes of their tables, beyond which only the newest is kept.
  static let keptBytes = 1 << 27
  /// Answers about accesses that are kept, and their bytes at most.
  static let keptAnswers = 64
  static let keptAnswerBytes = 1 << 24

  private struct Example {
    let id: Int
    let json: Data
    let snapshot: ExampleSnapshot
    var lastQuestion: Double

    var size: Int { 4 * (snapshot.memory?.tables.values.reduce(0) { $0 + $1.count } ?? 0) }
  }

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

  /// Adds a point; says whether an example should be made now, in which case nobody else is asked
  /// until `finish` was called.
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

  /// Takes an example; nil if there is none to show. The next one is due after a pause in keeping
  /// with what this one took.
  ///
  /// - Parameter seconds: of a processor that it took to make, all of them on the calling thread.
  func finish(_ made: ExampleSnapshot?, seconds: Double) {
    let (id, isLogit) = lock.withLock { ((examples.last?.id ?? 0) + 1, about.isLogit) }
    let start = BackgroundThread.processorTime
    let json = made.map { PageJSON.example($0, id: id, isLogit: isLogit) }
    let written = BackgroundThread.processorTime - start
    let end = Self.now
    lock.withLock {
      if let made, let json {
        let new = Example(id: id, json: json, snapshot: made, lastQuestion: end)
        while examples.count >= Self.kept
          || examples.reduce(new.size, { $0 + $1.size }) > Self.keptBytes,
          let least = examples.indices.min(by: {
            examples[$0].lastQuestion < examples[$1].lastQuestion
          })
        {
          examples.remove(at: least)
        }
        examples.append(new)
        accesses.removeAll { answer in !examples.contains { $0.id == answer.id } }
      }
      nextExample = end + max(Self.pause, (seconds + written) / Self.share)
      isMaking = false
    }
  }

  // MARK: For the page

  /// - Parameter held: number of an example that is to be kept for who asks; 0: none.
  func status(held: Int = 0) -> Data {
    let now = Self.now
    return lock.withLock {
      lastQuestion = now
      if let place = examples.firstIndex(where: { $0.id == held }) {
        examples[place].lastQuestion = now
      }
      return Data(
        """
        {"server":"\(server)","title":\(PageJSON.text(about.title)),"task":\(PageJSON.text(about.task)),\
        "network":\(PageJSON.text(about.network)),"iterations":\(about.iterations),\
        "length_unit":\(PageJSON.text(about.lengthUnit)),\
        "state":\(PageJSON.text(state)),"points":\(history.count),\
        "iteration":\(history.last?.iteration ?? 0),"example":\(examples.last?.id ?? 0)}
        """.utf8)
    }
  }

  /// The same question within half a second gets the same answer, which many clients then share.
  func metrics(from: Int, to: Int, points: Int) -> Data {
    let (now, question) = (Self.now, [from, to, points])
    if let known = lock.withLock({ lastMetrics }), known.question == question,
      now - known.time < 0.5
    {
      return known.answer
    }
    // taken under the lock, which costs a series; written as text without it
    let series = lock.withLock { history.series(from: from, to: to, points: points) }
    let answer = PageJSON.metrics(series)
    lock.withLock { lastMetrics = (question, now, answer) }
    return answer
  }

  /// The newest example.
  func exampleJSON() -> Data? { lock.withLock { examples.last?.json } }

  /// What a memory held after an access. The same question gets the same answer, made once, as long
  /// as it is among the last ones.
  ///
  /// - Parameter id: of an example; 0: the newest.
  /// - Returns: nil: there is no such example, or no such access in it.
  func accessJSON(_ row: Int, id: Int = 0) -> Data? {
    let (found, known) = lock.withLock {
      let found = id == 0 ? examples.last : examples.first { $0.id == id }
      return (found, accesses.first { $0.id == found?.id && $0.row == row }?.answer)
    }
    if let known { return known }
    guard let found, let memory = found.snapshot.memory, 0..<memory.rows ~= row else { return nil }
    let answer = PageJSON.access(memory, row, id: found.id)
    lock.withLock {
      accessesMade += 1
      accesses.append((found.id, row, answer))
      while accesses.count > Self.keptAnswers
        || accesses.reduce(0, { $0 + $1.answer.count }) > Self.keptAnswerBytes
      {
        accesses.removeFirst()
      }
    }
    return answer
  }
}
