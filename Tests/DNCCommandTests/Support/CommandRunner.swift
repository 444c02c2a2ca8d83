import Foundation
import TestSupport
import Testing

/// Runs the `dnc` that was built beside the tests, in a folder of its own.
struct CommandRunner {
  /// There is no `dnc` beside the tests.
  struct NotBuilt: Error {}

  /// A process that did not end.
  struct Hung: Error {
    let arguments: [String]
  }

  struct Result {
    let code: Int32
    let output: String
    let errors: String
  }

  let temporary: TemporaryFolder
  var folder: URL { temporary.url }

  init() throws { temporary = try TemporaryFolder() }

  /// The executable: in the folder of the test bundle, or of one of the folders around it (on Apple
  /// platforms a bundle is a folder).
  static let executable: URL? = {
    let starts = [Bundle.main.executableURL, URL(fileURLWithPath: CommandLine.arguments[0])]
    for start in starts.compactMap({ $0 }) + Bundle.allBundles.map(\.bundleURL) {
      var place = start.resolvingSymlinksInPath()
      for _ in 0..<5 {
        place.deleteLastPathComponent()
        let candidate = place.appendingPathComponent("dnc")
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: candidate.path, isDirectory: &isFolder),
          !isFolder.boolValue
        {
          return candidate
        }
      }
    }
    return nil
  }()

  /// A path in the runner's folder.
  func file(_ name: String) -> URL { folder.appendingPathComponent(name) }

  /// Splits at spaces.
  static func words(_ line: String) -> [String] { line.split(separator: " ").map(String.init) }

  /// Runs to the end.
  func run(_ line: String, environment: [String: String] = [:]) throws -> Result {
    try start(line, environment: environment).finish()
  }

  /// The same with words that may have spaces.
  func run(words: [String]) throws -> Result { try start(words: words).finish() }

  /// Starts in the background.
  func start(
    _ line: String, environment: [String: String] = [:], output: FileHandle? = nil
  ) throws -> Job {
    try start(words: Self.words(line), environment: environment, output: output)
  }

  private func start(
    words: [String], environment: [String: String] = [:], output: FileHandle? = nil
  ) throws -> Job {
    let process = Process()
    guard let executable = Self.executable else {
      throw NotBuilt()
    }
    process.executableURL = executable
    process.arguments = words
    process.currentDirectoryURL = folder
    let name = UUID().uuidString
    let places = ["out", "err"].map {
      FileManager.default.temporaryDirectory.appendingPathComponent("\(name).\($0)")
    }
    for place in places { try Data().write(to: place) }
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try output ?? FileHandle(forWritingTo: places[0])
    process.standardError = try FileHandle(forWritingTo: places[1])
    try process.run()
    return Job(process: process, places: places)
  }

  /// A process and the files its output goes to.
  final class Job {
    let process: Process
    private let places: [URL]

    init(process: Process, places: [URL]) {
      self.process = process
      self.places = places
    }

    deinit {
      if process.isRunning { kill(process.processIdentifier, SIGKILL) }
      for place in places { try? FileManager.default.removeItem(at: place) }
    }

    /// Waits for the end; a process that hangs is killed rather than waited for without end.
    func finish() throws -> Result {
      let limit = ContinuousClock.now + .seconds(60)
      wait { ContinuousClock.now > limit }
      if process.isRunning {
        killAtOnce()
        throw Hung(arguments: process.arguments ?? [])
      }
      process.waitUntilExit()
      let texts = try places.map { try String(contentsOf: $0, encoding: .utf8) }
      return Result(code: process.terminationStatus, output: texts[0], errors: texts[1])
    }

    /// What the process has printed so far.
    var output: String { (try? String(contentsOf: places[0], encoding: .utf8)) ?? "" }

    func killAtOnce() {
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
    }

    /// Waits until a condition holds or the process ends.
    func wait(until condition: () -> Bool) {
      while process.isRunning && !condition() { usleep(500) }
    }
  }

  // What is in a run folder.

  func metricsLines(_ run: String) -> [String] {
    let text = try? String(contentsOf: file("\(run)/metrics.jsonl"), encoding: .utf8)
    return (text ?? "").split(separator: "\n").map(String.init)
  }

  /// The metrics without the speed, which is the only thing that differs between equal runs.
  func metrics(_ run: String) throws -> [[String: Double]] {
    try metricsLines(run).map { line in
      var object = try #require(
        try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Double])
      #expect((object.removeValue(forKey: "items_per_second") ?? 0) > 0)
      return object
    }
  }

  func latestCheckpoint(_ run: String) throws -> Data {
    try Data(contentsOf: file("\(run)/latest.safetensors"))
  }

  var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() }
  }
}
